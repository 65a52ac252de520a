"""Backup and restore: everything the platform knows, in one archive, on either database.

An archive holds each table as JSON Lines, the stored files, and a manifest with the size and the
digest of each. It shows one moment, also while people are at work, and is the same whenever and on
whichever database the same things are stored. It follows the tables of the database, not those of
this version, so it can be made before an upgrade and restored at the schema that it was made at.
An archive is believed in nothing: it is read as input from outside, and taken whole or not at all.
"""

from consult.interfaces.backup.archive import read_archive
from consult.interfaces.backup.errors import BackupError
from consult.interfaces.backup.restoring import Restored, restore
from consult.interfaces.backup.writing import backup

__all__ = ["BackupError", "Restored", "backup", "read_archive", "restore"]

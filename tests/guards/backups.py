"""Backups: what is damaged or made to harm is refused, and nothing is half restored."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "An archive that was changed on its way is refused",
        within="_check_seal",
        old="if seal_of(file, length).encode() != end[len(SEAL) :]:",
        new="if False:",
        tests=("backup/test_hostile.py::test_whatever_is_cut_flipped_or_added_is_found",),
    ),
    Guard(
        "An entry of an archive has a name that leads nowhere",
        within="_check_entries",
        old="if name != entry.filename or not _NAME.fullmatch(name):",
        new="if False:",
        tests=("test_an_entry_with_a_hostile_name_is_refused",),
    ),
    Guard(
        "What an archive says of an entry is compared with what is in it",
        within="chunks",
        old="if size != wanted.size or digest.hexdigest() != wanted.sha256:",
        new="if False:",
        tests=("test_a_lie_of_the_manifest_is_found",),
    ),
    Guard(
        "A backup is put into an empty database only",
        within="_used",
        old="if connection.scalar(select(select(table).exists())):",
        new="if False:",
        tests=("test_one_row_of_anything_is_in_use",),
    ),
    Guard(
        "A record that does not verify is restored only knowingly",
        within="_verify",
        old="if not verdict.sound and not unsound:",
        new="if False:",
        tests=("test_a_record_that_is_not_sound_is_taken_only_knowingly",),
    ),
    Guard(
        "A backup with a stored file that is missing or changed is not made",
        within="_add_files",
        old="    if faults:\n        _refuse_faults(faults, connection, tables)\n",
        new="",
        tests=("test_a_missing_and_a_changed_file_are_named_and_no_archive_is_left",),
    ),
    Guard(
        "A storage that does not answer makes no file a lost one",
        within="_fault_of",
        old="    except StorageError:\n        raise  # that says nothing of this file\n",
        new="",
        tests=("test_a_storage_that_is_away_makes_no_file_a_lost_one",),
    ),
    Guard(
        "A restore into object storage first says what it will write",
        within="ObjectStaging.fill",
        old='self.storage.write(LISTED, "\\n".join([self._mark, *keys]).encode())',
        new="pass",
        tests=(
            "backup/test_object_storage.py::test_killed_in_the_middle_it_leaves_nothing_or_all",
        ),
    ),
    Guard(
        "A restore that another one took over from does not commit",
        within="ObjectStaging.promote",
        old="self._read()[:1] != [self._mark] or ",
        new="",
        tests=("test_another_restore_that_took_over_is_left_alone",),
    ),
    Guard(
        "A backup is written over no other file",
        within="put_whole",
        old="if target.exists() and not zipfile.is_zipfile(target):",
        new="if False:",
        tests=("test_what_is_no_backup_is_not_written_over",),
    ),
    Guard(
        "An upgrade does not begin while the site is at work",
        within="_is_open",
        old="        except sqlite3.OperationalError:\n            return True\n",
        new="        except sqlite3.OperationalError:\n            return False\n",
        tests=("test_while_the_site_or_a_worker_is_at_work_it_does_not_begin",),
    ),
    Guard(
        "The demonstration is not served to the public",
        within="is_public",
        old='return "." in host and not host.endswith(_LOCAL_NAMES)',
        new="return False",
        tests=("test_the_demonstration_is_not_served_to_the_public",),
    ),
)

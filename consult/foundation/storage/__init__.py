"""Storage: where bytes lie that are no rows, in a folder or in object storage that speaks S3.

A setting names each place, and both kinds are asked in one way. What lies there arrives whole or
not at all. Who must not be overtaken by another process writes with `swap`.
"""

from flask import Flask

from consult.foundation.core.error_pages import answer_as
from consult.foundation.storage.refusals import out_of_reach
from consult.foundation.storage.storage import StorageError


def init_app(app: Flask) -> None:
    """Say on a page that a storage is away, where nothing nearer says what that means there."""
    answer_as(app, StorageError, out_of_reach())

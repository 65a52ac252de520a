"""Folders of this machine: whether they can be written to, or can be made."""

import os
from pathlib import Path


def nearest(folder: Path) -> Path:
    """Return a folder itself, or the first above it that is there."""
    found = folder.absolute()
    while not found.exists() and found != found.parent:
        found = found.parent
    return found


def is_writable(folder: Path) -> bool:
    """Whether a folder can be written to, or can be made."""
    found = nearest(folder)
    return found.is_dir() and os.access(found, os.W_OK | os.X_OK)

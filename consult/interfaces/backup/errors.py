"""The refusal of a backup or a restore."""

MOST_NAMED = 20


class BackupError(RuntimeError):
    """The archive cannot be made or restored; the sentence says why, and what would help."""


def together(heading: str, faults: list[str], help_: str) -> BackupError:
    """Make one refusal of several faults, naming at most the first twenty."""
    named = faults[:MOST_NAMED]
    if more := len(faults) - len(named):
        named.append(f"and {more} more")
    return BackupError("\n".join([heading, *(f"- {fault}" for fault in named), help_]))

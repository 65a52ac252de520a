"""What stands on the first sheet of a workbook: what the file is, and what it leaves out."""

from flask_babel import gettext as _

from consult.foundation.core.templating import exact_moment
from consult.interfaces.exchange.exporting.lines import Export, totals


def reading_guide(export: Export) -> list[tuple[str, str]]:
    """Return the lines of the first sheet, in the language that is being written in."""
    round_ = export.round
    facts = [
        (_("Round"), export.title),
        (_("Address"), export.address),
        (_("Source"), round_.source or export.origin),
        (_("Exported on"), exact_moment(export.made_at)),
        (_("Licence"), export.granted),
    ]
    texts = [*_what_is_in_it(export), *_how_it_is_written()]
    counts = [(name, str(number)) for name, number in counted(export)]
    return [*(fact for fact in facts if fact[1]), *texts, *counts]


def _what_is_in_it(export: Export) -> list[tuple[str, str]]:
    if export.complete:
        return [
            (_("In this file"), _("All that was handed in, with who said it, and every position.")),
            (_("Not in this file"), _("Drafts, and the decisions of moderators.")),
            (_("Keep it safe"), _("This file names people. It is not for publication.")),
        ]
    return [
        (
            _("In this file"),
            _("The published proposals, the published comments on them, and the public answers."),
        ),
        (
            _("Not in this file"),
            _(
                "What was hidden, returned or withdrawn, still waits or is not for publication; "
                "who said something, and who took which position. Decisions of moderators are in "
                "the export as JSON Lines."
            ),
        ),
    ]


def _how_it_is_written() -> list[tuple[str, str]]:
    return [
        (_("Columns"), _("The sheet “Data dictionary” says what each column holds.")),
        (
            _("Cells"),
            _(
                "Texts stand as they were typed. None of them runs as a formula. A text that is "
                "too long for a cell is cut, and says so."
            ),
        ),
    ]


def counted(export: Export) -> list[tuple[str, int]]:
    """Return how many contributions the round received and what became of them, with names."""
    names = {
        "received": _("Proposals received"),
        "published": _("Proposals published"),
        "pending": _("Proposals that wait for a moderator"),
        "returned": _("Proposals returned to their authors"),
        "hidden": _("Proposals hidden by a moderator"),
        "withdrawn": _("Proposals withdrawn by their authors"),
        "not_for_publication": _("Proposals read, not published at their authors' wish"),
        "late": _("Proposals received late"),
        "comments": _("Comments published"),
        "comments_pending": _("Comments that wait for a moderator"),
        "comments_not_for_publication": _("Comments read, not published at their authors' wish"),
        "comments_late": _("Comments received late"),
    }
    numbers = totals(export)
    return [(said, numbers[name]) for name, said in names.items()]

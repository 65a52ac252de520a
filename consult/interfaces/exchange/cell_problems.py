"""How an error of a sheet is shown: its cell, what its column is, what is wrong, what helps."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence
from consult.interfaces.exchange.format.problems import Problem
from consult.interfaces.exchange.labels import COLUMN_FIELDS
from consult.interfaces.exchange.reading.columns import ColumnField
from consult.interfaces.exchange.reading.sheet_cells import letter_of
from consult.interfaces.exchange.reading.spreadsheet import ColumnChoices


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with a cell; without a cell, with a row or the file as a whole."""

    cell: str
    label: Sentence
    text: Sentence
    help: Sentence


_FIELDS = {one.value: one for one in ColumnField}
_OF_LINES = {"id": ColumnField.REFERENCE}
"""Which column fills a key of a line, where it is called otherwise."""


def cell_problem(problem: Problem, columns: ColumnChoices) -> CellProblem:
    """Return a problem as a page shows it."""
    row = problem.place.line
    if not row:
        is_round = problem.field == "id"
        help_ = _l("Choose another title for the round.") if is_round else problem.help
        label = _l("Title of the round") if is_round else _l("The whole file")
        return CellProblem("", label, _as_sentence(problem.text), help_)
    field = _OF_LINES.get(problem.field) or _FIELDS.get(problem.field)
    column = columns.column_of(field) if field else None
    if field is None or column is None:
        row_said = _l("Row %(row)s", row=row)
        return CellProblem("", row_said, _as_sentence(problem.text), problem.help)
    cell = f"{letter_of(column)}{row}"
    return CellProblem(cell, COLUMN_FIELDS[field], _as_sentence(problem.text), problem.help)


def _as_sentence(text: Sentence) -> str:
    """Begin with a capital: on the command line it goes on behind the name of a field."""
    said = str(text)
    return said[:1].upper() + said[1:]

"""Forms of bringing a spreadsheet: the file, and what its columns are."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, RadioField, SelectField
from wtforms.validators import StopValidation

from consult.consultation.plans.models import Plan
from consult.foundation.core.days import DayField
from consult.foundation.core.errors import Sentence
from consult.foundation.core.forms import choices, form_with, line, show_errors
from consult.foundation.core.languages import LANGUAGE_NAMES, LANGUAGES
from consult.foundation.core.numbers import key_of_row
from consult.interfaces.exchange.format.schema import SOURCE_LIMIT, TITLE_LIMIT
from consult.interfaces.exchange.labels import COLUMN_FIELDS
from consult.interfaces.exchange.reading.columns import PROSE, ColumnField
from consult.interfaces.exchange.reading.sheet_cells import SheetRow, letter_of
from consult.interfaces.exchange.reading.spreadsheet import ColumnChoices, SheetRound
from consult.interfaces.exchange.reading.upload_choices import UploadChoices
from consult.interfaces.exchange.services import HEADINGS_WITHIN, Preview

COLUMN = "column_"
"""How the names of the fields of columns begin."""
_SHOWN = 60
_KNOWN, _UNKNOWN = "known", "unknown"


class SheetForm(FlaskForm):
    """A spreadsheet to bring."""

    file = FileField(
        _l("Spreadsheet"),
        description=_l("XLSX, ODS or CSV; at most 10 MB, 10,000 rows and 100 columns."),
        render_kw={"accept": ".xlsx,.ods,.csv,.tsv,.txt"},
    )

    def validate_file(self, field: Field) -> None:
        """Ask for a file."""
        if not (field.data and getattr(field.data, "filename", "")):
            raise StopValidation(_l("Choose a file."))


class ColumnsForm(FlaskForm):
    """What the columns of a sheet are, and the round that it becomes; columns are added to it."""

    preview: Preview

    shown_sheet = HiddenField()
    """Which sheet the columns below are of: where another is chosen, they are shown first."""
    sheet = SelectField(_l("Sheet"), coerce=key_of_row)
    heading_row = SelectField(_l("Row with the headings"), coerce=key_of_row)
    title = line(
        _l("Title of the round"),
        TITLE_LIMIT,
        description=_l("It also makes the address of the round."),
    )
    source = line(
        _l("Where the proposals come from"),
        SOURCE_LIMIT,
        description=_l("For example: workshop in Zwolle, 12 March 2026. It stands on the page."),
    )
    language = SelectField(
        _l("Language of the proposals"),
        description=_l("Of rows that have no language of their own."),
    )
    dates = RadioField(
        _l("When they were collected"),
        choices=choices(
            [(_KNOWN, _l("From a day until a day")), (_UNKNOWN, _l("That is not known"))]
        ),
    )
    opens_on = DayField(_l("First day"))
    closes_on = DayField(_l("Last day"))
    names = RadioField(
        _l("Names of persons"),
        choices=choices(
            [
                ("alias", _l("Replace each by an alias")),
                ("names", _l("Keep them; the people agreed to that")),
            ]
        ),
        description=_l("Names of organisations are always kept."),
    )
    themes = RadioField(
        _l("A theme that the plan does not have"),
        choices=choices([("refuse", _l("Is an error")), ("make", _l("Is added to the plan"))]),
    )
    readers = RadioField(
        _l("Who reads the round once it is imported"),
        choices=choices(
            [
                ("draft", _l("The people who work on the plan, until you announce it")),
                ("everyone", _l("Everyone, at once")),
            ]
        ),
    )
    keep_as = line(
        _l("Keep what the columns are, under a name"),
        80,
        required=False,
        description=_l("It is offered for the next file with the same headings."),
    )

    def columns(self) -> list[Field]:
        """Return the fields of the columns, in their order."""
        return [self[f"{COLUMN}{at}"] for at in range(self.preview.width)]

    def _assigned(self) -> dict[int, ColumnField]:
        return {
            at: ColumnField(field.data) for at, field in enumerate(self.columns()) if field.data
        }

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Check the fields, and what they are together: all errors at once."""
        valid = bool(super().validate(extra_validators))
        if any(field.errors for field in self.columns()):
            return False
        return show_errors(self, {**self._column_errors(), **self._day_errors()}) and valid

    def _column_errors(self) -> dict[str, Sentence]:
        errors: dict[str, Sentence] = {}
        first: dict[ColumnField, int] = {}
        for at, name in self._assigned().items():
            there = first.setdefault(name, at)
            if there != at:
                errors[f"{COLUMN}{at}"] = _l(
                    "“%(field)s” is column %(other)s already. Choose it for one of the two.",
                    field=COLUMN_FIELDS[name],
                    other=letter_of(there),
                )
        if ColumnField.TITLE not in first:
            errors[f"{COLUMN}0"] = _l("Say which column holds the title.")
        elif not first.keys() & set(PROSE):
            errors[f"{COLUMN}0"] = _l(
                "Say which column holds the text of the proposal: its text, problem or action."
            )
        return errors

    def _day_errors(self) -> dict[str, Sentence]:
        if self.dates.data != _KNOWN:
            return {}
        errors: dict[str, Sentence] = {
            name: _l(
                "Fill in “%(field)s”, or choose that it is not known.", field=self[name].label.text
            )
            for name in ("opens_on", "closes_on")
            if self[name].data is None and not self[name].errors
        }
        first, last = self.opens_on.data, self.closes_on.data
        if first and last and last < first:
            errors["closes_on"] = _l("The last day is before the first.")
        elif last and last >= self.today:
            errors["closes_on"] = _l(
                "Choose a day before today: what is imported was collected already."
            )
        return errors

    today: date

    def chosen(self) -> UploadChoices:
        """Read what was chosen, once it is right."""
        is_known = self.dates.data == _KNOWN
        return UploadChoices(
            ColumnChoices(self.sheet.data, self.heading_row.data, self._assigned()),
            SheetRound(
                title=self.title.data,
                language=self.language.data,
                source=self.source.data,
                days=(self.opens_on.day, self.closes_on.day) if is_known else None,
                keeps_names=self.names.data == "names",
                makes_themes=self.themes.data == "make",
            ),
            self.readers.data == "everyone",
        )


DEFAULTS = {"dates": _UNKNOWN, "names": "alias", "themes": "refuse", "readers": "draft"}
"""What is chosen as long as nobody chose: nothing is made public, and nobody is named."""


def columns_form(
    plan: Plan, preview: Preview, today: date, typed: Mapping[str, str] | None = None
) -> ColumnsForm:
    """Make the form of a sheet; `typed` fills it, else what is posted does."""
    fields = {
        f"{COLUMN}{at}": SelectField(
            _l("Column %(letter)s", letter=letter_of(at)),
            choices=choices([("", _l("Leave out")), *COLUMN_FIELDS.items()]),
            coerce=str,
        )
        for at in range(preview.width)
    }
    made = form_with(ColumnsForm, {**fields, "preview": preview, "today": today})
    form = made() if typed is None else made(formdata=MultiDict(typed), meta={"csrf": False})
    form.sheet.choices = choices(
        (at, one.name or _l("The sheet")) for at, one in enumerate(preview.sheets)
    )
    form.heading_row.choices = choices(
        [
            (0, _l("The sheet has no headings")),
            *((row.number, _row_in_words(row)) for row in preview.rows[:HEADINGS_WITHIN]),
        ]
    )
    languages = dict.fromkeys([*plan.languages, *LANGUAGES])
    form.language.choices = choices((code, LANGUAGE_NAMES.get(code, code)) for code in languages)
    return form


def _row_in_words(row: SheetRow) -> Sentence:
    cells = [one.text.strip() for one in row.cells if not one.is_empty]
    said = " | ".join(cells)
    return _l(
        "Row %(number)s: %(cells)s",
        number=row.number,
        cells=said if len(said) <= _SHOWN else said[: _SHOWN - 1] + "…",
    )

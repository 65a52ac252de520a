"""What the columns of a spreadsheet can be called."""

from flask_babel import lazy_gettext as _l

from consult.interfaces.exchange.reading.columns import ColumnField

COLUMN_FIELDS = {
    ColumnField.TITLE: _l("Title"),
    ColumnField.BODY: _l("Text"),
    ColumnField.PROBLEM: _l("Problem"),
    ColumnField.ACTION: _l("Action"),
    ColumnField.RESULT: _l("Result"),
    ColumnField.OPENNESS: _l("Contribution to openness"),
    ColumnField.THEME: _l("Theme"),
    ColumnField.AUTHOR: _l("Name of the author"),
    ColumnField.ORGANISATION: _l("Organisation"),
    ColumnField.SECTOR: _l("Sector of the organisation"),
    ColumnField.CREATED_AT: _l("Date of handing in"),
    ColumnField.REFERENCE: _l("Number or code at the source"),
    ColumnField.URL: _l("Web address at the source"),
    ColumnField.LANGUAGE: _l("Language"),
    ColumnField.STATUS: _l("Status"),
    ColumnField.SUPPORT: _l("Number of people in favour (likes)"),
    ColumnField.NEUTRAL: _l("Number of people who are neutral"),
    ColumnField.OBJECT: _l("Number of people against"),
    ColumnField.ORIGIN: _l("New or existing"),
    ColumnField.POSSIBLE_HOLDER: _l("Possible holder"),
    ColumnField.PERIOD: _l("Period"),
    ColumnField.AMOUNT: _l("Amount in euros"),
    ColumnField.SCOPE: _l("Area"),
    ColumnField.SOURCE: _l("How it was received"),
    ColumnField.SOURCE_NOTE: _l("Which meeting, letter or e-mail"),
    ColumnField.SOURCE_DATE: _l("Date of that meeting, letter or e-mail"),
}
LABELS = (COLUMN_FIELDS,)

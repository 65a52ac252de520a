"""The columns of an export as tables, and what each holds: the data dictionary.

CSV, the sheets of XLSX and ODS, and docs/import-format.md all take them from here, under one name
each where they mean the same. New ones come after those that were there: a program may go by place.
"""

import enum
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class TableName(enum.StrEnum):
    """The tables of an export, by the names of their sheets, which are no words of a language."""

    PROPOSALS = "Proposals"
    COMMENTS = "Comments"
    ANSWERS = "Answers"
    POSITIONS = "Positions"
    PARTICIPANTS = "Participants"


PUBLIC_TABLES = (TableName.PROPOSALS, TableName.COMMENTS, TableName.ANSWERS)
"""Those of every export, and of CSV; the others stand in a complete one."""
_P, _C, _A, _V, _W = TableName
_BOTH = (_P, _C)


@dataclass(frozen=True)
class Column:
    """A column: its name, the tables in which it stands, and what it holds there."""

    name: str
    tables: tuple[TableName, ...]
    holds: LazyString


COLUMNS = (
    Column(
        "kind",
        (_C,),
        _l(
            "What it is: proposal (in CSV, which has one table for both), "
            "reaction, question, suggestion or dissent"
        ),
    ),
    Column("id", (*_BOTH, _V, _W), _l("The id that its source gave it, or a random one")),
    Column("number", (_P,), _l("The number of the proposal in the round")),
    Column("proposal", (_C, _A, _V), _l("The id of the proposal that it is about")),
    Column("parent", (_C,), _l("The id of the comment that it answers")),
    Column("author", _BOTH, _l("The id of the participant; only in a complete export")),
    Column("organisation", (_P,), _l("The name of the organisation that it speaks for")),
    Column("theme", (_P,), _l("The theme: its id at the source, or its address")),
    Column("language", _BOTH, _l("The language of the text, such as nl or en")),
    Column(
        "status",
        _BOTH,
        _l(
            "published; in a complete export also pending, returned, hidden, withdrawn, late or "
            "not_for_publication"
        ),
    ),
    Column(
        "created_at", (*_BOTH, _V), _l("When it was handed in: ISO 8601, with its distance to UTC")
    ),
    Column("title", (_P,), _l("The title")),
    Column(
        "body",
        _BOTH,
        _l("The text; of a proposal all that was filled in, with an empty line between"),
    ),
    Column("comments", (_P,), _l("How many published comments it has")),
    Column("support", (_P,), _l("How many people support it")),
    Column("neutral", (_P,), _l("How many people are neutral about it")),
    Column("object", (_P,), _l("How many people object to it")),
    Column("pass", (_P,), _l("How many people gave no opinion")),
    Column(
        "outcome",
        (_P, _A),
        _l(
            "What becomes of it: adopted, adopted_in_part, not_adopted, already_policy or "
            "out_of_scope; empty as long as there is no public answer"
        ),
    ),
    Column("reference", (_P,), _l("The code that its source gave it")),
    Column("url", _BOTH, _l("Where it stands at its source")),
    Column("scope", (_P,), _l("The area that it is about, such as a district")),
    Column(
        "author_role",
        _BOTH,
        _l("Who handed it in: participant, organisation, government or meeting"),
    ),
    Column(
        "links", (_P,), _l("Addresses that belong to it, one on each line, with a title behind it")
    ),
    Column(
        "counted_support",
        (_P,),
        _l("How many of those who support it were counted by its source, without saying who"),
    ),
    Column("counted_neutral", (_P,), _l("The same of those who are neutral")),
    Column("counted_object", (_P,), _l("The same of those who object")),
    Column("published_at", (_P,), _l("When it was published, if that was later")),
    Column("source", (_P,), _l("How it came in: platform, meeting, letter, email or import")),
    Column("source_note", (_P,), _l("Which meeting, letter or e-mail")),
    Column("source_date", (_P,), _l("The day of that meeting, letter or e-mail")),
    Column(
        "alignment",
        (_C,),
        _l("What it thinks of the proposal, if its source asks: in_favour, neutral or against"),
    ),
    Column("likes", (_C,), _l("How many people its source counted who like it")),
    Column("dislikes", (_C,), _l("How many people its source counted who dislike it")),
    Column("answer", (_A,), _l("The reason that the public answer gives")),
    Column("answer_language", (_A,), _l("The language of the answer")),
    Column(
        "answer_translations",
        (_A,),
        _l("The answer in other languages, each after the code of its language"),
    ),
    Column("answer_author", (_A,), _l("Who gave the answer, where its source says so")),
    Column("answered_at", (_A,), _l("When the answer was given")),
    Column("participant", (_V,), _l("The id of the participant who took the position")),
    Column(
        "position",
        (_V,),
        _l("support, neutral, object or pass; the latest of a participant counts"),
    ),
    Column("reason", (_V,), _l("Why, if the participant said so")),
    Column("name", (_W,), _l("The name; none for an alias, which is made again")),
    Column("organisation", (_W,), _l("The organisation that the participant belongs to")),
    Column(
        "sector",
        (_V, _W),
        _l(
            "The sector of that organisation, or for which a position counts: civil_society, "
            "government, business or knowledge"
        ),
    ),
    Column("continues", (_P,), _l("The id of the proposal of this round that it continues")),
)


def columns_of(*tables: TableName) -> list[Column]:
    """Return the columns of one table, or of several as one, each name once."""
    found = {c.name: c for c in reversed(COLUMNS) if set(tables).intersection(c.tables)}
    return list(reversed(found.values()))


CSV_HEADER = tuple(column.name for column in columns_of(*PUBLIC_TABLES))

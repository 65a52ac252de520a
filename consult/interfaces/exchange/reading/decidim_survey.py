"""The first reading of a Decidim export: which table is which, and what stands in them."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from consult.interfaces.exchange.format.problems import ImportNote, LinePlace, Problem
from consult.interfaces.exchange.reading.csv_rows import CsvRow, records, rows
from consult.interfaces.exchange.reading.decidim_cells import (
    Cells,
    cell,
    in_languages,
    items,
    time_of,
    unknown_among,
)

PROPOSAL, COMMENT = "Decidim::Proposals::Proposal", "Decidim::Comments::Comment"
COMPONENT = ("component/id", "feature/id")

# Every column that a release of Decidim is known to write; a beginning ends in a slash.
KNOWN_OF_PROPOSALS = (
    "id", "author/", "category/", "scope/", "taxonomies/", "participatory_space/", "component/id",
    "feature/id", "title", "title/", "body", "body/", "address", "latitude", "longitude", "state",
    "state_published_at", "reference", "answer", "answer/", "answered_at", "votes", "supports",
    "endorsements", "endorsements/", "likes/", "comments", "attachments", "followers",
    "follows_count", "created_at", "published_at", "updated_at", "created_in_meeting",
    "coauthorships_count", "cost", "cost_report", "cost_report/", "execution_period",
    "execution_period/", "url", "meeting_urls", "related_proposals", "is_amend",
    "original_proposal/", "withdrawn", "withdrawn_at",
)  # fmt: skip
KNOWN_OF_COMMENTS = (
    "id", "created_at", "body", "locale", "author/", "alignment", "depth", "user_group/",
    "commentable_id", "commentable_type", "root_commentable_url",
)  # fmt: skip
COMMENT_COLUMNS = ("id", "created_at", "body", "commentable_id", "commentable_type")

_IN_ADDRESS = re.compile(r"/f/([0-9]+)/proposals/([0-9]+)(?:[?#]|$)")


@dataclass
class DecidimTables:
    """The tables of an export: one of proposals, and one of comments if there is one."""

    proposals: Path
    comments: Path | None = None


@dataclass
class DecidimSurvey:
    """What the first reading found."""

    component: str = ""
    proposals: dict[str, str] = field(default_factory=dict)
    """The ids of the proposals of the component, each with the first time that it tells."""
    people: dict[str, str] = field(default_factory=dict)
    """The names of the participants, by their ids in Decidim; "" where it does not tell."""
    groups: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    """Which comment each comment answers, of those on the proposals; "" for none."""
    roots: dict[str, str] = field(default_factory=dict)
    """Which proposal each of them is on."""
    themes: dict[str, dict[str, str]] = field(default_factory=dict)
    languages: Counter[str] = field(default_factory=Counter)
    space: str = ""
    times: list[str] = field(default_factory=list)


def header_of(path: Path) -> list[str]:
    """Return the header of a table, or nothing where it has none."""
    first = next(iter(islice(records(path), 1)), None)
    return [] if first is None or isinstance(first, Problem) else first[1]


def tables_in(path: Path) -> DecidimTables | None:
    """Return the tables of a Decidim export: a folder, or the file of proposals; None for none."""
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    headers = {file: header_of(file) for file in files if file.suffix.lower() == ".csv"}
    proposals = [file for file, header in headers.items() if _holds_proposals(header)]
    if not proposals:
        return None
    comments = [file for file, header in headers.items() if "commentable_type" in header]
    named = [file for file in comments if "proposal" in file.stem]
    return DecidimTables(proposals[0], next(iter(named or comments), None))


def _holds_proposals(header: list[str]) -> bool:
    has_title = any(one == "title" or one.startswith("title/") for one in header)
    return has_title and "id" in header and bool({*COMPONENT} & {*header})


def components_of(path: Path) -> Counter[str]:
    """Count the proposals of each component in a table."""
    return Counter(
        cell(row.values, *COMPONENT) for row in rows(path, ("id",)) if isinstance(row, CsvRow)
    )


def survey_proposals(path: Path, seen: DecidimSurvey) -> Iterator[Problem | ImportNote]:
    """Read the proposals of the component into `seen`, and say which columns are not known."""
    for row in _rows_and_notes(path, ("id",), KNOWN_OF_PROPOSALS):
        if not isinstance(row, CsvRow):
            yield row
        elif cell(row.values, *COMPONENT) == seen.component:
            _look_at_proposal(row.values, seen)


def _rows_and_notes(
    path: Path, needed: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[CsvRow | Problem | ImportNote]:
    """Read a table, and tell before its first row which of its columns are not known."""
    first = True
    for row in rows(path, needed):
        if first and isinstance(row, CsvRow):
            first = False
            if names := unknown_among(row.values, known):
                text = f"the columns {', '.join(names)} are not known here, and are passed over."
                yield ImportNote(LinePlace(str(path), 1), text)
        yield row


def _look_at_proposal(cells: Cells, seen: DecidimSurvey) -> None:
    times = [time_of(cell(cells, name)) for name in ("created_at", "published_at", "answered_at")]
    known = [at for at in times if at]
    seen.proposals[cell(cells, "id")] = next(iter(known), "")
    seen.times += known
    seen.space = seen.space or cell(cells, "participatory_space/url")
    seen.languages.update(in_languages(cells, "title").keys() - {""})
    for id_, title in themes_of(cells).items():
        seen.themes.setdefault(id_, title)
    for id_, name in authors_of(cells):
        seen.people[id_] = seen.people.get(id_) or name


def themes_of(cells: Cells) -> dict[str, dict[str, str]]:
    """Return the category of a proposal, or since release 0.30 its taxonomies, by their ids."""
    found = {}
    if id_ := cell(cells, "category/id"):
        found[f"category-{id_}"] = in_languages(cells, "category/name")
    for id_ in items(cell(cells, "taxonomies/ids")):
        found[f"taxonomy-{id_}"] = in_languages(cells, f"taxonomies/{id_}")
    return {id_: title for id_, title in found.items() if title}


def authors_of(cells: Cells) -> list[tuple[str, str]]:
    """Return the people who wrote a proposal, (id, name) each: nobody for a meeting or an office.

    Names are told apart only where there are as many as ids: a name may hold a comma.
    """
    ids, urls = items(cell(cells, "author/id")), items(cell(cells, "author/url"))
    names = items(cell(cells, "author/name"))
    if not ids or any("/profiles/" not in url for url in urls):
        return []
    one_each = names if len(names) == len(ids) else [cell(cells, "author/name")] * (len(ids) == 1)
    return [(id_, one_each[at] if one_each else "") for at, id_ in enumerate(ids)]


def survey_comments(path: Path, seen: DecidimSurvey) -> Iterator[Problem | ImportNote]:
    """Read the comments on the proposals into `seen`, and say which columns are not known."""
    elsewhere = 0
    for row in _rows_and_notes(path, COMMENT_COLUMNS, KNOWN_OF_COMMENTS):
        if not isinstance(row, CsvRow):
            yield row
        elif not _look_at_comment(row.values, seen):
            elsewhere += 1
    if elsewhere:
        text = f"{elsewhere} comments are not on these proposals, and are passed over."
        yield ImportNote(LinePlace(str(path)), text)


def _look_at_comment(cells: Cells, seen: DecidimSurvey) -> bool:
    if proposal_of(cells, seen) is None:
        return False
    is_answer = cell(cells, "commentable_type") == COMMENT
    seen.parents[cell(cells, "id")] = cell(cells, "commentable_id") if is_answer else ""
    if at := time_of(cell(cells, "created_at")):
        seen.times.append(at)
    if locale := cell(cells, "locale"):
        seen.languages[locale] += 1
    if group := cell(cells, "user_group/id"):
        named = in_languages(cells, "user_group/name")
        seen.groups[group] = seen.groups.get(group) or next(iter(named.values()), "")
    elif author := cell(cells, "author/id"):
        seen.people[author] = seen.people.get(author) or cell(cells, "author/name")
    return True


def proposal_of(cells: Cells, seen: DecidimSurvey) -> str | None:
    """Return the proposal of the component that a comment is on, None for another thing.

    The ids of proposals and comments overlap: what a comment answers directly is told by its type,
    and an answer to a comment names its proposal in its address alone.
    """
    kind, id_ = cell(cells, "commentable_type"), cell(cells, "commentable_id")
    if kind == COMMENT:
        found = _IN_ADDRESS.search(urlsplit(cell(cells, "root_commentable_url")).path)
        id_ = found[2] if found else seen.roots.get(id_, "")
    elif kind != PROPOSAL:
        return None
    if id_ not in seen.proposals:
        return None
    seen.roots[cell(cells, "id")] = id_
    return id_

"""Reading the open data of Decidim as a round: its tables of proposals and of comments.

A table may hold the proposals of several components; a round is one of them. The tables are read
twice: first to find who took part, which themes there are and from when to when, then to give each
row as a line. What a row does not say, its line does not say either.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from consult.foundation.analysis.language import language_of
from consult.interfaces.exchange.format.lines import Line
from consult.interfaces.exchange.format.names import slug_for
from consult.interfaces.exchange.format.problems import ImportNote, LinePlace, Problem
from consult.interfaces.exchange.format.schema import (
    LONGEST_TITLE,
    NEWEST,
    TITLE_LIMIT,
    build,
)
from consult.interfaces.exchange.reading.csv_rows import CsvRow, rows
from consult.interfaces.exchange.reading.decidim_cells import (
    Cells,
    cell,
    in_languages,
    items,
    number_of,
    prose_of,
    time_of,
)
from consult.interfaces.exchange.reading.decidim_survey import (
    COMMENT_COLUMNS,
    COMPONENT,
    DecidimSurvey,
    DecidimTables,
    authors_of,
    components_of,
    survey_comments,
    survey_proposals,
    themes_of,
)
from consult.interfaces.exchange.reading.polis import title_of

Reading = Line | Problem | ImportNote

_OUTCOMES = {"accepted": "adopted", "rejected": "not_adopted"}
_NO_ANSWER = frozenset({"", "not_answered", "withdrawn"})
_ALIGNMENTS = {"1": 1, "-1": -1}


def read_decidim(tables: DecidimTables, component: str | None = None) -> Iterator[Reading]:
    """Read the tables of a Decidim export as the lines of a round.

    `component` is the one to take; it must be named where the table holds several. Gives what is
    wrong and what to know first, then the round, its participants and themes, and each row.
    """
    seen = DecidimSurvey()
    wrong = _choose(tables.proposals, component, seen)
    if wrong is not None:
        yield wrong
        return
    yield from survey_proposals(tables.proposals, seen)
    if tables.comments is not None:
        yield from survey_comments(tables.comments, seen)
    if not seen.times:
        text = "no proposal with a time could be read, so there is no round."
        yield Problem(LinePlace(str(tables.proposals)), text, "Give a whole export.")
        return
    language = _language(tables, seen)
    yield from _round(tables.proposals, seen, language)
    yield from _people_and_themes(tables.proposals, seen, language)
    yield from _proposals(tables.proposals, seen, language)
    if tables.comments is not None:
        yield from _comments(tables.comments, seen, language)


def _choose(path: Path, wanted: str | None, seen: DecidimSurvey) -> Problem | None:
    """Choose the component to read, or say what there is to choose from."""
    counts = components_of(path)
    if wanted is None and len(counts) > 1:
        there = ", ".join(f"{one} ({number} proposals)" for one, number in counts.most_common(20))
        text = f"the table holds the components {there}; a round is one of them."
        return Problem(LinePlace(str(path)), text, "Name it: --component NUMBER.")
    if wanted is not None and wanted not in counts:
        there = ", ".join(sorted(counts)[:20]) or "none"
        text = f"the table has no component {wanted}."
        return Problem(LinePlace(str(path)), text, f"It has: {there}.")
    seen.component = wanted if wanted is not None else next(iter(counts), "")
    return None


def _language(tables: DecidimTables, seen: DecidimSurvey) -> str:
    """Return the language of a round: the one most texts say they are in, else as they read."""
    if seen.languages:
        return seen.languages.most_common(1)[0][0]
    found = rows(tables.proposals, ("id",))
    return language_of(
        prose_of(cell(row.values, "body"))
        for row in found
        if isinstance(row, CsvRow) and cell(row.values, *COMPONENT) == seen.component
    )


def _made(given: dict[str, object], place: LinePlace) -> Iterator[Reading]:
    found = build({name: one for name, one in given.items() if one not in ("", {}, [])}, place)
    if isinstance(found, list):
        yield from found
    else:
        yield found


def _round(path: Path, seen: DecidimSurvey, language: str) -> Iterator[Reading]:
    times = sorted(seen.times)
    space = seen.space.partition("?")[0]
    name = space.rstrip("/").rpartition("/")[2] or urlsplit(space).hostname or path.stem
    title = f"{name} ({seen.component})" if seen.component else name
    yield from _made(
        {
            "type": "round",
            "version": NEWEST,
            "id": slug_for(f"{name}-{seen.component}" if seen.component else name),
            "title": title_of(title, TITLE_LIMIT - 1),
            "kind": "proposals",
            "language": language,
            "opens_at": times[0],
            # A round closes after it opens, also one of a single proposal.
            "closes_at": times[-1] if times[-1] > times[0] else _a_second_later(times[0]),
            "source": f"Decidim {urlsplit(space).hostname or ''}".strip(),
            "url": space,
        },
        LinePlace(str(path), 1),
    )


def _a_second_later(at: str) -> str:
    return (datetime.fromisoformat(at) + timedelta(seconds=1)).isoformat()


def _people_and_themes(path: Path, seen: DecidimSurvey, language: str) -> Iterator[Reading]:
    place = LinePlace(str(path), 1)
    for id_ in sorted(seen.people, key=_by_number):
        yield from _made({"type": "participant", "id": id_, "name": seen.people[id_]}, place)
    for id_ in sorted(seen.groups, key=_by_number):
        organisation = seen.groups[id_]
        yield from _made(
            {"type": "participant", "id": f"group-{id_}", "organisation": organisation}, place
        )
    for id_ in sorted(seen.themes):
        title = {code or language: text for code, text in seen.themes[id_].items()}
        yield from _made({"type": "theme", "id": id_, "title": title}, place)


def _by_number(id_: str) -> tuple[int, str]:
    return (number_of(id_) or 0, id_)


def _proposals(path: Path, seen: DecidimSurvey, language: str) -> Iterator[Reading]:
    unclear: Counter[str] = Counter()
    more_authors = 0
    for row in rows(path, ("id",)):
        if isinstance(row, Problem) or cell(row.values, *COMPONENT) != seen.component:
            continue  # told by the first reading
        yield from _made(_proposal(row.values, language), row.place)
        more_authors += len(authors_of(row.values)) > 1
        answer = _answer(row.values, language)
        if answer is not None and answer.get("outcome"):
            yield from _made(answer, row.place)
        elif answer is not None:
            unclear[cell(row.values, "state")] += 1
    if unclear:
        states = ", ".join(f"{state or '(none)'}: {number}" for state, number in unclear.items())
        text = f"answers without an outcome are not taken over, by their state ({states})."
        yield ImportNote(LinePlace(str(path)), text)
    if more_authors:
        text = f"{more_authors} proposals have several authors; the first of each is taken over."
        yield ImportNote(LinePlace(str(path)), text)


def _proposal(cells: Cells, language: str) -> dict[str, object]:
    titles, bodies = in_languages(cells, "title"), in_languages(cells, "body")
    own = next(iter(titles or bodies), "")
    body = prose_of(bodies.get(own) or next(iter(bodies.values()), ""))
    id_ = cell(cells, "id")
    began = time_of(cell(cells, "created_at")) or time_of(cell(cells, "published_at"))
    themes = themes_of(cells)
    votes = number_of(cell(cells, "votes", "supports"))
    return {
        "type": "proposal",
        "id": id_,
        "reference": cell(cells, "reference"),
        "url": cell(cells, "url"),
        **_who(cells),
        "language": own if own and own != language else "",
        # Before release 0.24.2 a file lost the texts in languages that its first row was not in.
        "title": title_of(titles.get(own, ""), LONGEST_TITLE - 1) or title_of(body) or id_,
        "body": body,
        "theme": next(iter(themes), ""),
        "scope": _scope(cells, themes, language),
        "links": _links(cells),
        "totals": {} if votes is None else {"support": votes},
        "created_at": began or cell(cells, "created_at", "published_at"),
        "published_at": time_of(cell(cells, "published_at")) or "",
        "status": "withdrawn" if _is_withdrawn(cells) else "",
    }


def _is_withdrawn(cells: Cells) -> bool:
    return cell(cells, "state") == "withdrawn" or cell(cells, "withdrawn") == "true"


def _who(cells: Cells) -> dict[str, object]:
    """Return who wrote a proposal: a person, a meeting, or the government itself.

    The address of an author tells which; the id of a meeting or an office may be that of a person.
    """
    url = cell(cells, "author/url")
    if "/meetings/" in url or cell(cells, "created_in_meeting") == "true":
        note = cell(cells, "author/name") if "/meetings/" in url else ""
        people = authors_of(cells)
        author = people[0][0] if people else ""
        return {
            "author": author,
            "author_role": "meeting",
            "source": "meeting",
            "source_note": note,
        }
    if people := authors_of(cells):
        return {"author": people[0][0], "author_role": "participant"}
    is_office = url and not urlsplit(url).path.strip("/")
    return {"author_role": "government"} if is_office else {}


def _scope(cells: Cells, themes: dict[str, dict[str, str]], language: str) -> str:
    """Return the area: the scope, or since release 0.30 the taxonomies after the first."""
    scopes = in_languages(cells, "scope/name")
    if scopes:
        return scopes.get(language) or next(iter(scopes.values()))
    others = list(themes.values())[1:]
    return " · ".join(one.get(language) or next(iter(one.values())) for one in others)[:200]


def _links(cells: Cells) -> list[dict[str, str]]:
    urls = [*items(cell(cells, "meeting_urls")), *items(cell(cells, "related_proposals"))]
    links = [{"url": url} for url in dict.fromkeys(urls)]
    if url := cell(cells, "original_proposal/url"):
        title = next(iter(in_languages(cells, "original_proposal/title").values()), "")
        links.append({"url": url, **({"title": title} if title else {})})
    return links


def _answer(cells: Cells, language: str) -> dict[str, object] | None:
    """Return the answer to a proposal; without an outcome where its state tells none."""
    texts, state = in_languages(cells, "answer"), cell(cells, "state")
    if not texts and state in _NO_ANSWER | {"evaluating"}:
        return None
    reasons = {code: prose_of(text) for code, text in texts.items()}
    code = language if language in texts else next(iter(texts), "")
    return {
        "type": "response",
        "subject": {"type": "proposal", "id": cell(cells, "id")},
        "outcome": _OUTCOMES.get(state, ""),
        "reason": reasons if len(reasons) > 1 else reasons.get(code, ""),
        "language": code if code and code != language else "",
        "created_at": time_of(cell(cells, "answered_at")) or "",
    }


def _comments(path: Path, seen: DecidimSurvey, language: str) -> Iterator[Reading]:
    orphans = 0
    for row in rows(path, COMMENT_COLUMNS):
        if isinstance(row, Problem) or cell(row.values, "id") not in seen.parents:
            continue  # told by the first reading
        parent = seen.parents[cell(row.values, "id")]
        if parent and parent not in seen.parents:
            orphans += 1
            parent = ""
        yield from _made(_comment(row.values, parent, seen, language), row.place)
    if orphans:
        text = f"{orphans} answers are to comments that are not in the file; they stand alone."
        yield ImportNote(LinePlace(str(path)), text)


def _comment(cells: Cells, parent: str, seen: DecidimSurvey, language: str) -> dict[str, object]:
    group, locale = cell(cells, "user_group/id"), cell(cells, "locale")
    id_ = cell(cells, "id")
    return {
        "type": "comment",
        "id": id_,
        "proposal": seen.roots[id_],
        "parent": parent,
        "author": f"group-{group}" if group else cell(cells, "author/id"),
        "author_role": "organisation" if group else "participant",
        "language": locale if locale and locale != language else "",
        # Where nobody chose, Decidim writes 0.
        "alignment": _ALIGNMENTS.get(cell(cells, "alignment"), ""),
        "body": cell(cells, "body").strip(),
        "created_at": time_of(cell(cells, "created_at")) or cell(cells, "created_at"),
    }

"""Small files in the interchange format and as a Polis export, made for the tests."""

import json
from pathlib import Path
from typing import Any

ROUND: dict[str, Any] = {
    "type": "round",
    "id": "ronde-1",
    "title": "Voorbeeldronde (verzonnen)",
    "kind": "proposals",
    "language": "nl",
    "opens_at": "2026-01-05T09:00:00+01:00",
    "closes_at": "2026-02-05T17:00:00+01:00",
    "source": "made for a test",
}
PARTICIPANT: dict[str, Any] = {"type": "participant", "id": "u1", "name": "Pia"}
PROPOSAL: dict[str, Any] = {
    "type": "proposal",
    "id": "p1",
    "author": "u1",
    "title": "Publiceer agenda's",
    "body": "Zet elke agenda op één plek.\nMet bijlagen.",
    "created_at": "2026-01-06T10:00:00+01:00",
}
COMMENT: dict[str, Any] = {
    "type": "comment",
    "id": "c1",
    "proposal": "p1",
    "author": "u1",
    "body": "Goed idee.",
    "created_at": "2026-01-07T10:00:00+01:00",
}
POSITION: dict[str, Any] = {
    "type": "position",
    "proposal": "p1",
    "participant": "u1",
    "value": 1,
    "created_at": "2026-01-08T10:00:00+01:00",
}
DECISION: dict[str, Any] = {
    "type": "decision",
    "subject": {"type": "proposal", "id": "p1"},
    "verb": "publish",
}
RESPONSE: dict[str, Any] = {
    "type": "response",
    "proposal": "p1",
    "outcome": "adopted",
    "reason": "Het staat in actiepunt 2.",
}
WHOLE = (ROUND, PARTICIPANT, PROPOSAL, COMMENT, POSITION, DECISION, RESPONSE)

VERSION_2: tuple[dict[str, Any], ...] = (
    {
        **ROUND,
        "version": 2,
        "id": "ronde-2",
        "title": {"nl": "Ronde met alles (verzonnen)", "en": "Round with everything"},
        "url": "https://voorbeeld.example/rondes/2",
        "introduction": "Wat wilt u **weten**?",
        "questions": {"nl": "Wat mist u?", "en": "What do you miss?"},
        "moderation": "post",
        "answered_at": "2026-03-01T09:00:00+01:00",
    },
    PARTICIPANT,
    {"type": "theme", "id": "17", "title": "Groen in de wijk"},
    {
        **PROPOSAL,
        "reference": "CITY-PROP-2026-01-17",
        "url": "https://voorbeeld.example/voorstellen/17",
        "author_role": "meeting",
        "title": "Een boom in elke straat, " + "en nog een, " * 20,
        "fields": {"problem": "Het is heet.", "origin": "existing"},
        "theme": "17",
        "scope": "Noord",
        "links": [
            {"url": "https://voorbeeld.example/bijeenkomst/3", "title": "De bijeenkomst"},
            {"url": "https://voorbeeld.example/plan.pdf"},
        ],
        "totals": {"support": 120, "neutral": 0, "object": 7},
        "published_at": "2026-01-08T12:00:00+01:00",
        "status": "published",
        "source": "meeting",
        "source_note": "Wijkbijeenkomst Noord",
        "source_date": "2026-01-05",
    },
    {
        "type": "proposal",
        "id": "p2",
        "title": "Alleen een titel",
        "continues": "p1",
        "created_at": "2026-01-06T11:00:00+01:00",
    },
    {
        **COMMENT,
        "url": "https://voorbeeld.example/reacties/1",
        "author_role": "government",
        "language": "en",
        "kind": "reaction",
        "alignment": -1,
        "likes": 12,
        "dislikes": 0,
    },
    {**POSITION, "created_at": None},
    DECISION,
    {
        "type": "response",
        "subject": {"type": "proposal", "id": "p1"},
        "outcome": "adopted",
        "reason": "Het staat in actiepunt 2.",
        "language": "nl",
        "author": "Dienst Groen",
        "created_at": "2026-02-20T10:00:00+01:00",
    },
    {
        "type": "response",
        "subject": {"type": "proposal", "id": "p2"},
        "outcome": "adopted",
    },
)
"""Everything that version 2 of the format brings, at least once."""


def write_jsonl(path: Path, *objects: dict[str, Any] | str) -> Path:
    """Write a file of objects; a text is written as it is."""
    lines = (o if isinstance(o, str) else json.dumps(o, ensure_ascii=False) for o in objects)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


COMMENTS = """\
timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body
1600000002000,Sun Sep 13 12:26:42 WIB 2020,1,7,0,1,-1,"A second statement, with a comma"
1600000001000,Sun Sep 13 12:26:41 WIB 2020,0,2,2,1,1,The first statement
1600000003000,Sun Sep 13 12:26:43 WIB 2020,2,2,0,0,0,A third one that waits
"""
VOTES = """\
timestamp,datetime,comment-id,voter-id,vote
1600000010000,x,0,2,1
1600000011000,x,0,3,-1
1600000012000,x,0,3,1
1600000013000,x,1,2,-1
1600000014000,x,1,3,0
"""
MATRIX = """\
participant,xid,group-id,n-comments,n-votes,n-agree,n-disagree,0,1
2,,0,1,2,1,1,1,-1
3,,,0,2,1,0,1,0
"""
SUMMARY = """\
topic,What should be open?
url,https://example.org/talk
comments,2
conversation-description,"Two
lines"
"""


def write_polis(folder: Path, **changed: str) -> Path:
    """Write a small Polis export; `changed` replaces a table by its name (comments=...)."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"comments": COMMENTS, "votes": VOTES, "matrix": MATRIX, "summary": SUMMARY}
    names = {"matrix": "participants-votes"}
    for name, text in {**tables, **changed}.items():
        (folder / f"{names.get(name, name)}.csv").write_text(text, encoding="utf-8")
    return folder

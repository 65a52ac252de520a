"""Prose: Markdown as a small tree of plain values that every kind of document can write out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, takewhile
from urllib.parse import urlsplit

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.token import Token

from consult.foundation.core.markdown import parse
from consult.foundation.core.markdown_bounds import TooElaborate
from consult.interfaces.publishing.documents.letters import clean_prose, clean_words

_DEEPEST = 5
"""Quotations and lists within each other that a page has room for; deeper ones lose their frame."""
_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True)
class Span:
    """Words that look and lead alike; a line break is a span of its own, one line end."""

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    href: str | None = None
    language: str | None = None


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    spans: Spans
    kind: str = "paragraph"


@dataclass(frozen=True)
class Heading:
    """A heading that the writer of the text made; it stands one level below its section's."""

    spans: Spans
    kind: str = "heading"


@dataclass(frozen=True)
class Code:
    """Lines to be shown as they were typed."""

    text: str
    kind: str = "code"


@dataclass(frozen=True)
class Quote:
    """A quotation."""

    blocks: "tuple[Block, ...]"
    kind: str = "quote"


@dataclass(frozen=True)
class Items:
    """A list; numbered where `start` is a number."""

    items: "tuple[tuple[Block, ...], ...]"
    start: int | None = None
    kind: str = "list"


@dataclass(frozen=True)
class Table:
    """A table with one row of headers; every row is as long as that one."""

    header: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]
    kind: str = "table"


Block = Paragraph | Heading | Code | Quote | Items | Table


def safe_address(address: str | None) -> str | None:
    """Return an address that a document may link to (http, https, mailto), else nothing."""
    try:
        wanted = normalizeLink(clean_words(address or "").strip())
        parts = urlsplit(wanted)
    except ValueError:
        return None
    named = parts.path if parts.scheme == "mailto" else parts.netloc
    return wanted if parts.scheme in _SCHEMES and named and "%" not in parts.netloc else None


def parse_prose(source: str) -> tuple[Block, ...]:
    """Read a text as the pages do (core.markdown).

    A text that passes a bound (core/markdown_bounds) stands as it was typed.
    """
    text = clean_prose(source)
    try:
        tokens = parse(text)
    except TooElaborate:
        return (Code(text),)
    return tuple(_within(_blocks(iter(tokens)), _DEEPEST))


def spoken_in(language: str | None, block: Block) -> Block:
    """Return a block whose words are said to be in a language."""

    def told(spans: Spans) -> Spans:
        return tuple(replace(span, language=language) for span in spans)

    match block:
        case Paragraph() | Heading():
            return replace(block, spans=told(block.spans))
        case Quote():
            return Quote(tuple(spoken_in(language, one) for one in block.blocks))
        case Items():
            items = tuple(tuple(spoken_in(language, one) for one in item) for item in block.items)
            return replace(block, items=items)
        case Table():
            rows = tuple(tuple(told(cell) for cell in row) for row in block.rows)
            return Table(tuple(told(cell) for cell in block.header), rows)
        case Code():
            return block


def _within(blocks: tuple[Block, ...], room: int) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Quote):
            inside = tuple(_within(block.blocks, room - 1))
            yield from (Quote(inside),) if room > 0 else inside
        elif isinstance(block, Items):
            items = tuple(tuple(_within(item, room - 1)) for item in block.items)
            yield from (replace(block, items=items),) if room > 0 else chain(*items)
        else:
            yield block


def _blocks(tokens: Iterator[Token]) -> tuple[Block, ...]:
    """Read up to the end of the container that was opened last, or of the text."""
    found = (_block(token, tokens) for token in takewhile(lambda t: t.nesting >= 0, tokens))
    return tuple(block for block in found if block is not None)


def _block(token: Token, tokens: Iterator[Token]) -> Block | None:
    if token.type in {"paragraph_open", "heading_open"}:
        inside = next(tokens)
        next(tokens)
        text = _paragraph(inside)
        return Heading(text.spans) if text and token.type == "heading_open" else text
    if token.type == "fence":
        return Code(token.content.rstrip("\n").expandtabs(4))
    reader = _CONTAINERS.get(token.type)
    return reader(token, tokens) if reader else None


def _paragraph(token: Token) -> Paragraph | None:
    spans = read_spans(token.children or ())
    return Paragraph(spans) if spans else None


def _quote(_: Token, tokens: Iterator[Token]) -> Block:
    return Quote(_blocks(tokens))


def _items(token: Token, tokens: Iterator[Token]) -> Block:
    items = tuple(_blocks(tokens) for _ in takewhile(lambda t: t.nesting > 0, tokens))
    ordered = token.type == "ordered_list_open"
    return Items(items, int(token.attrGet("start") or 1) if ordered else None)


def _table(_: Token, tokens: Iterator[Token]) -> Block:
    rows: list[list[Spans]] = []
    for token in takewhile(lambda t: t.type != "table_close", tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(read_spans(token.children or ()))
    header, *body = (tuple(row) for row in rows)
    return Table(header, tuple(body))


_CONTAINERS: dict[str, Callable[[Token, Iterator[Token]], Block]] = {
    "blockquote_open": _quote,
    "bullet_list_open": _items,
    "ordered_list_open": _items,
    "table_open": _table,
}


def read_spans(tokens: Sequence[Token]) -> Spans:
    """Read the words of one paragraph with their emphasis and links; nothing where it is blank."""
    spans: list[Span] = []
    style = Span("")
    depth = {"strong": 0, "em": 0}
    for token in tokens:
        kind = token.type.rpartition("_")[0]
        if kind in depth:
            depth[kind] += token.nesting
            style = replace(style, strong=depth["strong"] > 0, emphasis=depth["em"] > 0)
        elif kind == "link":
            href = safe_address(str(token.attrGet("href") or "")) if token.nesting > 0 else None
            style = replace(style, href=href)
        else:
            _join(spans, replace(style, text=_words(token), code=token.type == "code_inline"))
    return tuple(spans) if any(span.text.strip() for span in spans) else ()


def _words(token: Token) -> str:
    return "\n" if token.type in {"hardbreak", "softbreak"} else clean_words(token.content)


def _join(spans: list[Span], span: Span) -> None:
    """Add words to the ones before where they look and lead alike."""
    if spans and "\n" not in (span.text, spans[-1].text):
        last = spans[-1]
        if replace(last, text=span.text) == span:
            spans[-1] = replace(last, text=last.text + span.text)
            return
    if span.text:
        spans.append(span)

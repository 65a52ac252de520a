"""How people's text is read: CommonMark without what surprises who never heard of Markdown.

There is one reader. Pages, excerpts and documents each write out the tokens that it gives. What it
does otherwise than CommonMark (https://spec.commonmark.org) is listed in decision 0023.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, fence, heading, list_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, linkify
from markdown_it.token import Token

from consult.foundation.core.markdown_bounds import bounded, parse_within

# Lines that end otherwise than with a line feed: Windows, old Macs, word processors.
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028]")
# A dot, a dash or the sign of a symbol font (U+F0B7) that a word processor puts before an item.
_BULLET = re.compile(r"^([ \t\u00a0]*)(?:[•◦▪●‣⁃·\uf0b7][ \t\u00a0]*|–[ \t\u00a0]+)(?=\S)")  # noqa: RUF001
_BLANK_START = re.compile(r"^[ \t\u00a0]+")
_FENCE = re.compile(r"^ {0,3}(`{3,})")
# What begins as a list, a quotation, a heading or code and is none: "2023. Een goed jaar",
# "> 18 jaar" and ">= 3", a "#" alone, a row of "~~~~".
_NO_MARK = re.compile(r"\d{4,9}[.)]|>=|> ?\d+(?:[.,]\d+)*[ \t]*[%\w]|#+[ \t]*$|~", re.MULTILINE)
_YEAR = re.compile(r"\d{4,9}[.)]")

# Signs that are no marks: within a word (foto`s, 5*3, _snake_case_) and of a network address.
_AS_TYPED = re.compile(
    r"(?<=[^\W_])[*`](?=[^\W_])"
    r"|(?<![^\W_])_+[^\W_]+(?:_+[^\W_]+)+_*(?!\w)"
    r"|\\\\(?=\w)"
)


class _Addresses(LinkifyIt):
    """Finds https://…, www.… and name@host; `einde.De` is a missing space, not a host.

    It looks for them between blanks. Looking takes the square of a length, so what is longer than
    any address, or begins one over and over, is left as it is.
    """

    def match(self, text: str) -> list[Match] | None:
        found: list[Match] = []
        for run in _RUN.finditer(text):
            if _may_be_address(run[0]):
                found += map(partial(_moved, by=run.start()), super().match(run[0]) or ())
        return [m for m in found if m.schema or m.raw.lower().startswith("www.")] or None

    def test(self, text: str) -> bool:
        # Whoever asks calls `match` next, so this only tells where there is nothing to find.
        return _BEGINS.search(text) is not None

    def match_at_start(self, text: str) -> Match | None:
        run = _RUN.match(text)
        return super().match_at_start(run[0]) if run and _may_be_address(run[0]) else None


_RUN = re.compile(r"\S+")
_BEGINS = re.compile(r"://|www\.|@|mailto:", re.IGNORECASE)
_LONGEST_ADDRESS = 2_000
"""Signs; the longest that people paste hold a few hundred."""
_MOST_BEGINNINGS = 12


def _may_be_address(run: str) -> bool:
    if len(run) > _LONGEST_ADDRESS:
        return False
    return 0 < len(_BEGINS.findall(run)) <= _MOST_BEGINNINGS


def _moved(match: Match, by: int) -> Match:
    match.index += by
    match.last_index += by
    return match


def _addresses() -> LinkifyIt:
    finder = _Addresses()
    for needless in ("//", "ftp:"):
        finder.add(needless, None)
    return finder


def addresses_in(text: str) -> list[tuple[int, int, str]]:
    """Return (start, end, address to link to) of each address that a plain text holds, in order."""
    found = _reader.linkify.match(text) if _reader.linkify else None
    return [(m.index, m.last_index, _reader.normalizeLink(m.url)) for m in found or ()]


def parse(source: str) -> list[Token]:
    """Read a text; the tokens are those of markdown-it. TooElaborate where it passes a bound."""
    return parse_within(_reader, source)


def render(tokens: Sequence[Token]) -> str:
    """Write tokens as HTML, which is not clean yet."""
    return str(_reader.renderer.render(tokens, _reader.options, {}))


def _plain_lines(state: StateCore) -> None:
    """Make one kind of line end and one kind of bullet, except between code fences."""
    text = _LINE_ENDS.sub("\n", state.src).replace("\u2029", "\n\n")
    lines, fence = [], ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        elif not fence:
            line = _BULLET.sub(r"\1- ", line)  # noqa: PLW2901  (a bullet first, then its blanks)
            line = _BLANK_START.sub(_blanks, line)  # noqa: PLW2901
        lines.append(line)
    state.src = "\n".join(lines)


def _blanks(start: re.Match[str]) -> str:
    return start[0].replace("\u00a0", " ")


def _unless_no_mark(rule: Callable[..., bool]) -> Callable[..., bool]:
    def read(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        place = state.bMarks[start] + state.tShift[start]
        return not _NO_MARK.match(state.src, place) and rule(state, start, end, silent)

    return read


def _year_ends_list(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Whether a list ends before this line, as it begins with a year; asked in passing only."""
    place = state.bMarks[start] + state.tShift[start]
    return silent and bool(_YEAR.match(state.src, place))


def _address(state: StateInline, silent: bool) -> bool:
    """Find an address as the library does, and count how far it looks for it."""
    if state.src[state.pos] == ":":
        state.env["steps"] -= (len(state.pending) + state.posMax - state.pos) // _SIGNS_A_STEP
    return linkify(state, silent)


_SIGNS_A_STEP = 200


def _as_typed(state: StateInline, silent: bool) -> bool:
    found = _AS_TYPED.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.pending += found[0]
    state.pos = found.end()
    return True


def _numbers_as_typed(state: StateCore) -> None:
    """Begin a new list where the numbers jump, so that every item keeps the number it was given.

    Numbers that are all the same are the writer's way to have them counted.
    """
    read: list[Token] = []
    open_lists: list[Token] = []
    for token in state.tokens:
        if token.type in {"ordered_list_open", "bullet_list_open"}:
            token.meta["next"] = token.meta["first"] = None
            open_lists.append(token)
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            open_lists.pop()
        elif token.type == "list_item_open" and open_lists[-1].type == "ordered_list_open":
            open_lists[-1] = _counted(token, open_lists[-1], read)
        read.append(token)
    state.tokens = read


def _counted(item: Token, within: Token, read: list[Token]) -> Token:
    number, expected = int(item.info), within.meta["next"]
    same = number == within.meta["first"]
    if expected is not None and number != expected and not same:
        close = Token("ordered_list_close", "ol", -1, level=within.level, block=True)
        opening = Token("ordered_list_open", "ol", 1, level=within.level, block=True)
        opening.attrSet("start", str(number))
        opening.meta = {"first": number, "next": number + 1}
        read += [close, opening]
        return opening
    if within.meta["first"] is None:
        within.meta["first"] = number
        if number != 1:
            within.attrSet("start", str(number))
    within.meta["next"] = (number if expected is None else expected) + 1
    return within


def _pictures_as_links(state: StateCore) -> None:
    """Make of a picture, which no page shows, a link to it with its words."""
    for token in state.tokens:
        if any(child.type == "image" for child in token.children or ()):
            token.children = list(_without_pictures(token.children or ()))


def _without_pictures(tokens: Sequence[Token]) -> Iterator[Token]:
    links = 0
    for token in tokens:
        links += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type != "image":
            yield token
            continue
        address = str(token.attrs["src"])
        words = "".join(child.content for child in token.children or ())
        text = Token("text", "", 0, content=words or address)
        around = Token("link_open", "a", 1, attrs={"href": address}), Token("link_close", "a", -1)
        yield from (text,) if links else (around[0], text, around[1])


def _made() -> MarkdownIt:
    options: dict[str, object] = {
        "html": False,
        "linkify": True,
        "breaks": True,
    }
    reader = MarkdownIt("commonmark", options).enable(["table", "linkify"])
    # Pasted indentation is no code, a row of dashes below a line makes no heading of it, and
    # "[1]: https://…" stays to be read.
    reader.disable(["code", "lheading", "reference"])
    reader.linkify = _addresses()
    reader.core.ruler.after("normalize", "plain_lines", _plain_lines)
    reader.core.ruler.push("numbers_as_typed", _numbers_as_typed)
    reader.core.ruler.push("pictures_as_links", _pictures_as_links)
    for name, rule, ends in (
        ("fence", fence, ["paragraph", "blockquote", "list"]),
        ("blockquote", blockquote, ["paragraph", "blockquote", "list"]),
        ("list", list_block, ["paragraph", "blockquote"]),
        ("heading", heading, ["paragraph", "blockquote"]),
    ):
        reader.block.ruler.at(name, _unless_no_mark(rule), {"alt": ends})
    reader.block.ruler.push("year", _year_ends_list, {"alt": ["list"]})
    reader.inline.ruler.at("linkify", _address)
    reader.inline.ruler.before("escape", "as_typed", _as_typed)
    return reader


_reader = bounded(_made())

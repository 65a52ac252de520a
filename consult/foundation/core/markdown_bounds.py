"""Bounds on what a Markdown text may become, and on the work of reading it.

Thirty-six thousand signs of table rows with one cell each become fifteen million, and some texts
that stay small take the square of their length to read. A reader of Markdown that is bounded
counts its steps and stops; every bound grows with the text, so an honest long text stays within.
"""

from collections.abc import Iterable
from itertools import chain

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType, StateBase
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LONGEST = 200_000
"""Signs of a text that are read as Markdown at all."""
DEEPEST = 16
"""Levels of quotations and lists within each other; a list and its item are two."""


class TooElaborate(Exception):  # noqa: N818
    """A text would become much more than it is, or take too long to read as Markdown."""


def _most_steps(length: int) -> int:
    """How often a rule may be tried; prose takes about one step for 15 signs."""
    return 3_000 + length


def _most_pieces(length: int) -> int:
    """How many tokens: a cell of a table takes four, a link three."""
    return 1_000 + length


def _most_signs(length: int) -> int:
    """How many signs of HTML: an empty cell of a table is one sign, and ten in HTML."""
    return 4_000 + 10 * length


def bounded(parser: MarkdownIt) -> MarkdownIt:
    """Let a parser count its steps (see `parse_within`), and return it."""
    parser.options["maxNesting"] = DEEPEST + 4
    # Tried before every other rule, also where a line is looked at only to see whether it ends
    # what went before.
    ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list", "table"]}
    parser.block.ruler.before(parser.block.ruler.get_all_rules()[0], "steps", _step, ends)
    parser.inline.ruler.before(parser.inline.ruler.get_all_rules()[0], "steps", _step)
    return parser


def _step(state: StateBase, *_where: object) -> bool:
    state.env["steps"] -= 1
    if state.env["steps"] < 0:
        raise TooElaborate
    return False


class _Pieces(list[Token]):
    """Tokens that are counted as they come: a row of a table makes as many as its header has."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def append(self, token: Token) -> None:
        """Add a token; TooElaborate where it is one too many."""
        if len(self) >= self.most:
            raise TooElaborate
        super().append(token)


def parse_within(parser: MarkdownIt, source: str) -> list[Token]:
    """Read a text with a parser that is `bounded`; TooElaborate where it passes a bound."""
    length = len(source)
    if length > LONGEST:
        raise TooElaborate
    state = StateCore(source, parser, {"steps": _most_steps(length)})
    state.tokens = _Pieces(_most_pieces(length))
    parser.core.process(state)
    tokens = state.tokens
    within = list(chain.from_iterable(token.children or () for token in tokens))
    if len(tokens) + len(within) > _most_pieces(length):
        raise TooElaborate
    # Deeper than the parser reads, a text would be lost without a word.
    if any(token.level > DEEPEST for token in tokens):
        raise TooElaborate
    if sum(map(_signs, chain(tokens, within))) > _most_signs(length):
        raise TooElaborate
    return tokens


def _signs(token: Token) -> int:
    """Return about how many signs of HTML a token becomes: one address may stand in many links."""
    attributes: Iterable[object] = token.attrs.values()
    said = 0 if token.type == "inline" else len(token.content)
    return said + 2 * len(token.tag) + sum(len(str(value)) for value in attributes)

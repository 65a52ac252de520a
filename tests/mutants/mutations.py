"""The changes there are to choose from, and the choice that a seed makes."""

import ast
import difflib
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import parso
from cosmic_ray.ast import ast_nodes
from cosmic_ray.mutating import mutate_code
from parso.tree import NodeOrLeaf

from tests.copies import ROOT
from tests.mutants.operators import OPERATORS, ReturnNothing
from tests.mutants.places import modules

SEED = 5
COUNT = 300
_NAMED = ("funcdef", "classdef")
_NOTHING_TO_FIND = ("decorator", "import_name", "import_from", "annassign", "tfpdef")
"""What is no behaviour of its own: decorators, imports, and the types of names and parameters."""
_NOTHING_HERE = ("log.", "logger.", "warnings.", "lock_rows(")
"""Steps that nobody can notice in these runs: logs, and locks that only PostgreSQL takes."""


@dataclass(frozen=True)
class Mutant:
    """One change of the product."""

    module: str
    """The module, by its path in the repository."""
    function: str
    """The function, class or method it stands in, by its names; nothing at the level of modules."""
    operator: str
    occurrence: int
    """The how-many-eth possible change of this operator in the module."""
    nth: int
    """The same, among those that look alike in this function."""
    statement: str
    """The statement that is changed, or the head of it."""
    first: int
    """Its first line."""
    last: int
    body: tuple[int, int]
    """The lines of the function, or of the whole module outside one."""
    digest: str
    """The digest of these lines: of what the change is part of."""
    early: bool
    """Whether it runs when the module is imported, before every test."""

    @cached_property
    def id(self) -> str:
        """What it is called; stays the same as long as its statement does."""
        said = (self.module, self.function, self.operator, str(self.nth), self.statement)
        return hashlib.sha256("\0".join(said).encode()).hexdigest()[:8]

    @property
    def before(self) -> str:
        """The whole module as it is."""
        return (ROOT / self.module).read_text(encoding="utf-8")

    @property
    def after(self) -> str:
        """The whole module, changed."""
        changed = mutate_code(self.before, OPERATORS[self.operator](), self.occurrence)
        if changed is None:
            raise LookupError(f"{self.id}: there is nothing to change")
        return str(changed)

    @cached_property
    def is_python(self) -> bool:
        """Whether the change is Python, and another program than before."""
        try:
            return ast.dump(ast.parse(self.after)) != ast.dump(ast.parse(self.before))
        except SyntaxError:
            return False

    @property
    def diff(self) -> str:
        """What is changed, with some lines around it."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), "as it is", self.id, lineterm=""
        )
        return "\n".join(lines)


def chosen(seed: int = SEED) -> list[Mutant]:
    """Yield one change of each statement that can be changed, in the order of the seed.

    The order is that of digests: a change somewhere else moves nothing here.
    """
    by_statement: dict[tuple[str, int, int], Mutant] = {}
    for module in modules():
        for mutant in mutants_of(module, (ROOT / module).read_text(encoding="utf-8")):
            where = (module, mutant.first, mutant.last)
            if where not in by_statement or _draw(seed, mutant) < _draw(seed, by_statement[where]):
                by_statement[where] = mutant
    return sorted(by_statement.values(), key=lambda one: _draw(seed, one)[1])


def _draw(seed: int, mutant: Mutant) -> tuple[bool, bytes]:
    """Return what the least is chosen by; returning nothing is for what allows nothing else."""
    drawn = hashlib.sha256(f"{seed} {mutant.id}".encode()).digest()
    return mutant.operator == ReturnNothing.__name__, drawn


def mutants_of(module: str, source: str) -> Iterator[Mutant]:
    """Yield every change of a module."""
    tree = parso.parse(source)
    nodes, lines = list(ast_nodes(tree)), source.splitlines()
    alike: Counter[tuple[str, str, str]] = Counter()
    for name, operator in OPERATORS.items():
        made, occurrence = operator(), -1
        for node in nodes:
            for begin, _ in made.mutation_positions(node):
                occurrence += 1
                place = _place(tree.get_leaf_for_position(begin))
                if place is None:
                    continue
                within, function, (first, last), body, early = place
                statement = "\n".join(lines[first - 1 : last]).strip()
                seen = (function, name, statement)
                yield Mutant(
                    module, function, name, occurrence, alike[seen], statement, first, last, body,
                    _digest(within), early,
                )  # fmt: skip
                alike[seen] += 1


def _digest(node: NodeOrLeaf) -> str:
    return hashlib.sha256(node.get_code(include_prefix=False).encode()).hexdigest()[:16]


Lines = tuple[int, int]
_Place = tuple[NodeOrLeaf, str, Lines, Lines, bool]


def _place(node: NodeOrLeaf) -> _Place | None:
    """Find the function and statement a node stands in; nothing if it is no behaviour."""
    statement: Lines | None = None
    within: NodeOrLeaf | None = None
    names: list[str] = []
    early = True
    child, parent = node, node.parent
    if node.type in _NOTHING_TO_FIND:
        return None
    while parent is not None:
        if (
            child.type in _NOTHING_TO_FIND
            or _is_what_is_given(child, parent)
            or _is_not_noticed(child)
        ):
            return None
        if parent.type == "funcdef" and child.type in {"suite", "simple_stmt"}:
            early = False
        if statement is None:
            statement = _statement(child, parent)
        if child.type in _NAMED:
            within = within or child
            names.append(child.name.value)  # type: ignore[attr-defined]
        child, parent = parent, parent.parent
    within = within or child
    span = statement or (node.start_pos[0], node.end_pos[0])
    body = (within.start_pos[0], within.end_pos[0])
    return within, ".".join(reversed(names)), span, body, early


def _is_what_is_given(child: NodeOrLeaf, parent: NodeOrLeaf) -> bool:
    """Whether a node is the type that a function gives back."""
    if parent.type != "funcdef":
        return False
    before = child.get_previous_sibling()
    return before is not None and before.get_code(include_prefix=False) == "->"


def _is_not_noticed(child: NodeOrLeaf) -> bool:
    is_step = child.type == "simple_stmt"
    return is_step and child.get_code(include_prefix=False).startswith(_NOTHING_HERE)


def _statement(child: NodeOrLeaf, parent: NodeOrLeaf) -> Lines | None:
    """Return the lines of the statement that ends here: a simple one, or the head of a compound."""
    if child.type == "simple_stmt":
        return child.start_pos[0], _end(child)
    is_compound = parent.type.endswith("_stmt") and parent.type in {
        "if_stmt", "while_stmt", "for_stmt", "with_stmt", "try_stmt",
    }  # fmt: skip
    if is_compound and child.type != "suite":
        before = child.get_previous_sibling()
        return (before or child).start_pos[0], child.end_pos[0]
    if child.type == "parameters":
        return child.start_pos[0], child.end_pos[0]
    return None


def _end(node: NodeOrLeaf) -> int:
    """Return the last line of a simple statement, whose new line belongs to it."""
    line, column = node.end_pos
    return line - 1 if column == 0 else line

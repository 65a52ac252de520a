"""The changes that are made: those of cosmic-ray that mean something here, and our own.

Ours are of the same kind (`cosmic_ray.operators.operator.Operator`), for what a general library
does not know: a condition of a query, the order of a list, a step of a service.
"""

from collections.abc import Iterator, Sequence

import parso
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.operators.provider import OperatorProvider
from parso.python.tree import ExprStmt, ReturnStmt
from parso.tree import BaseNode, NodeOrLeaf

Position = tuple[tuple[int, int], tuple[int, int]]
_FROM_THE_LIBRARY = (
    "ReplaceComparisonOperator_Eq_NotEq", "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceComparisonOperator_Lt_LtE", "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_Gt_GtE", "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_Lt_GtE", "ReplaceComparisonOperator_GtE_Lt",
    "ReplaceComparisonOperator_Gt_LtE", "ReplaceComparisonOperator_LtE_Gt",
    "ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBinaryOperator_Mul_FloorDiv", "ReplaceBinaryOperator_FloorDiv_Mul",
    "ReplaceBinaryOperator_BitAnd_BitOr", "ReplaceBinaryOperator_BitOr_BitAnd",
    "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_Invert",
    "ReplaceUnaryOperator_Delete_USub", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "NumberReplacer", "ZeroIterationForLoop",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak",
)  # fmt: skip


class _Ours(Operator):
    """An operator that knows for each node the nodes that may stand in its place."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        for _ in self.instead(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        """Return what stands there now; the space before it stays."""
        code = list(self.instead(node))[index]
        prefix = node.get_first_leaf().prefix
        instead: NodeOrLeaf = parso.parse(f"{prefix}{code}")
        return instead

    def instead(self, node: NodeOrLeaf) -> Iterator[str]:
        """Return the code of each change of this node."""
        raise NotImplementedError


def _bare(node: NodeOrLeaf) -> str:
    return str(node.get_code(include_prefix=False))


def _calls(node: NodeOrLeaf) -> Iterator[tuple[int, str, Sequence[NodeOrLeaf]]]:
    """Return the method calls in a chain: where each begins, its name and what is given to it."""
    if node.type not in {"atom_expr", "power"} or not isinstance(node, BaseNode):
        return
    for at, (one, after) in enumerate(zip(node.children, node.children[1:], strict=False)):
        if one.type != "trailer" or after.type != "trailer" or _bare(after)[0] != "(":
            continue
        if _bare(one).startswith("."):
            yield at, _bare(one)[1:], _arguments(after)


def _arguments(trailer: NodeOrLeaf) -> list[NodeOrLeaf]:
    assert isinstance(trailer, BaseNode)
    inside = trailer.children[1:-1]
    if inside and inside[0].type == "arglist" and isinstance(inside[0], BaseNode):
        inside = inside[0].children
    return [one for one in inside if _bare(one) != ","]


def _chain(node: NodeOrLeaf, at: int, between: str) -> str:
    """Write a chain with something else in place of the call that begins there."""
    assert isinstance(node, BaseNode)
    head = "".join(one.get_code() for one in node.children[:at]).strip()
    return f"{head}{between}{''.join(one.get_code() for one in node.children[at + 2 :])}"


class DropClause(_Ours):
    """Leave a clause of a query away, or one of the conditions in it."""

    CLAUSES = frozenset(
        ("where", "filter", "filter_by", "order_by", "limit", "distinct", "group_by", "having")
    )

    def instead(self, node: NodeOrLeaf) -> Iterator[str]:
        for at, name, given in _calls(node):
            if name not in self.CLAUSES:
                continue
            yield _chain(node, at, "")
            if len(given) > 1:
                for one in given:
                    kept = ", ".join(_bare(other) for other in given if other is not one)
                    yield _chain(node, at, f".{name}({kept})")

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (
            Example("select(A).where(x)", "select(A)"),
            Example("select(A).where(x, y).limit(3)", "select(A).where(y).limit(3)", 1),
        )


class ChangeOrder(_Ours):
    """Turn an order of a query round, or let it go by the id."""

    def instead(self, node: NodeOrLeaf) -> Iterator[str]:
        for at, name, given in _calls(node):
            if name != "order_by":
                continue
            for one in given:
                for other in self._others(_bare(one)):
                    put = ", ".join(other if each is one else _bare(each) for each in given)
                    yield _chain(node, at, f".order_by({put})")

    @staticmethod
    def _others(column: str) -> Iterator[str]:
        if column.startswith("*"):
            return
        if column.endswith(".desc()"):
            yield column.removesuffix(".desc()")
        else:
            yield f"{column.removesuffix('.asc()')}.desc()"
        model, _, name = column.removesuffix(".desc()").removesuffix(".asc()").partition(".")
        if model.isidentifier() and model[0].isupper() and name.isidentifier() and name != "id":
            yield f"{model}.id"

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (
            Example("q.order_by(A.x)", "q.order_by(A.x.desc())"),
            Example("q.order_by(A.x)", "q.order_by(A.id)", 1),
            Example("q.order_by(A.x, A.id.desc())", "q.order_by(A.x, A.id)", 2),
        )


class DoNotSort(_Ours):
    """Leave a list in the order it came."""

    def instead(self, node: NodeOrLeaf) -> Iterator[str]:
        if node.type in {"atom_expr", "power"} and isinstance(node, BaseNode):
            first, after = node.children[:2]
            if _bare(first) == "sorted" and _bare(after)[0] == "(":
                yield _chain(node, 0, f"list({_bare(_arguments(after)[0])})")

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example("sorted(a, key=b)", "list(a)"),)


class DropCondition(_Ours):
    """Leave one of several conditions away, also the condition of a comprehension."""

    def instead(self, node: NodeOrLeaf) -> Iterator[str]:
        if node.type in {"and_test", "or_test"} and isinstance(node, BaseNode):
            word = f" {_bare(node.children[1])} "
            for one in node.children[::2]:
                yield word.join(_bare(each) for each in node.children[::2] if each is not one)
        if isinstance(node, BaseNode) and node.children[-1].type == "comp_if":
            yield "".join(one.get_code() for one in node.children[:-1]).strip()

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (
            Example("a and b", "b"),
            Example("a and b and c", "a and c", 1),
            Example("[a for a in b if c]", "[a for a in b]"),
        )


class TurnCondition(_Ours):
    """Do what is done under a condition exactly where it is not met."""

    def instead(self, node: NodeOrLeaf) -> Iterator[str]:
        if self._is_condition(node):
            yield f"not ({_bare(node)})"

    @staticmethod
    def _is_condition(node: NodeOrLeaf) -> bool:
        before, parent = node.get_previous_sibling(), node.parent
        if before is None or parent is None or node.type in {"not_test", "comparison"}:
            return False  # those have operators of their own
        named = {"if_stmt": ("if", "elif"), "while_stmt": ("while",), "comp_if": ("if",),
                 "test": ("if",)}  # fmt: skip
        return parent.type in named and _bare(before) in named[parent.type]

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (
            Example("if a and b: c", "if not (a and b): c"),
            Example("a if b else c", "a if not (b) else c"),
        )


class TurnMembership(_Ours):
    """Ask whether something is in a collection the other way round."""

    def instead(self, node: NodeOrLeaf) -> Iterator[str]:
        if node.type == "comparison" and isinstance(node, BaseNode):
            left, sign, right = node.children[:3]
            turned = {"in": "not in", "not in": "in"}.get(" ".join(_bare(sign).split()))
            if turned and len(node.children) == 3:
                yield f"{_bare(left)} {turned} {_bare(right)}"

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example("a in b", "a not in b"), Example("a not in b", "a in b"))


class DropStep(_Ours):
    """Do not do something: a call for what it does, or the setting of an attribute."""

    def instead(self, node: NodeOrLeaf) -> Iterator[str]:
        if node.type == "atom_expr" and isinstance(node.parent, BaseNode):
            if node.parent.type == "simple_stmt" and _bare(node).endswith(")"):
                yield "pass"
        elif isinstance(node, ExprStmt) and node.children[0].type == "atom_expr":
            yield "pass"

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example("record(a)\n", "pass\n"), Example("a.b = c\n", "pass\n"))


class ReturnNothing(_Ours):
    """Return nothing."""

    def instead(self, node: NodeOrLeaf) -> Iterator[str]:
        if isinstance(node, ReturnStmt) and _bare(node.children[1]) not in {"None", "False"}:
            yield "return None"

    @classmethod
    def examples(cls) -> Sequence[Example]:
        return (Example("def a():\n  return b", "def a():\n  return None"),)


OURS: dict[str, type[_Ours]] = {
    one.__name__: one
    for one in (
        DropClause, ChangeOrder, DoNotSort, DropCondition, TurnCondition, TurnMembership, DropStep,
        ReturnNothing,
    )
}  # fmt: skip
OPERATORS: dict[str, type[Operator]] = {
    **{name: OperatorProvider()[name] for name in _FROM_THE_LIBRARY},
    **OURS,
}

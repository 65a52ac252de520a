"""Templates compiled once for each language, with their texts in it.

A text without a number in it is the same in every answer of a language, so it is looked up when its
template is compiled and stands in the code as it is written. What is left to look up at each answer
are the plurals (`ngettext`) and the labels of enums.
"""

from collections.abc import MutableMapping
from gettext import NullTranslations
from typing import Any

from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from consult.foundation.core.catalogues import catalogue
from consult.foundation.core.languages import reader_language

_GETTEXT = ("_", "gettext")


class TranslatedEnvironment(Environment):
    """The templates of the application; whoever asks for one gets it in the reader's language."""

    language = ""
    """The language that templates are compiled in; the environment that hands them out has none."""
    _translated: dict[str, "TranslatedEnvironment"]

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002  (as Jinja calls it)
    ) -> Template:
        """Return a template, in the language that is being written in now."""
        if self.language:
            return super().get_template(name, parent, globals)
        return self.in_language(reader_language()).get_template(name, parent, globals)

    def in_language(self, language: str) -> "TranslatedEnvironment":
        """Return the environment whose templates speak a language."""
        known = vars(self).setdefault("_translated", {})
        if language not in known:
            made = self.overlay()
            made.language = language
            made.globals = {**self.globals, "locale": language}
            known[language] = made
        found: TranslatedEnvironment = known[language]
        return found

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template knows: no template of ours knows more than the others.

        A plain dictionary: each import of macros compares its names with those of the page, which
        takes a hundred times as long in a chain of mappings.
        """
        return super().make_globals(d) if d else self.globals

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        """Put the texts of the language in the code (a hook that Jinja leaves for this)."""
        if self.language:
            escapes = self.autoescape
            kind = Markup if (escapes(name) if callable(escapes) else escapes) else str
            _Texts(catalogue(self.language), kind).visit(source)
        return super()._generate(source, name, filename, defer_init)


class _Texts(NodeTransformer):
    """Writes the texts of one language in the place of the calls that would look them up."""

    def __init__(self, texts: NullTranslations, kind: type[str]) -> None:
        self.texts = texts
        self.kind = kind
        """What a text of this template is: markup, where values put into it are to be escaped."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  (the name of the class)
        """Replace `_("Search")`; and `_("until %(day)s", day=...)`, whose values come later."""
        self.generic_visit(node)
        said = node.args[0] if len(node.args) == 1 else None
        if (
            not isinstance(node.node, nodes.Name)
            or node.node.name not in _GETTEXT
            or not isinstance(said, nodes.Const)
            or node.dyn_args
            or node.dyn_kwargs
        ):
            return node
        text = self.kind(self.texts.gettext(said.value))
        if not node.kwargs:
            return nodes.Const(text % {}, lineno=node.lineno)
        values = [
            nodes.Pair(nodes.Const(one.key), one.value, lineno=node.lineno) for one in node.kwargs
        ]
        return nodes.Mod(
            nodes.Const(text), nodes.Dict(values, lineno=node.lineno), lineno=node.lineno
        )

"""What a field of a form can be made with, and what the library gives it besides."""

from collections.abc import Callable, Sequence
from typing import TypedDict

from wtforms.form import BaseForm
from wtforms.i18n import DefaultTranslations
from wtforms.meta import DefaultMeta

from consult.foundation.core.errors import Sentence


class FieldArguments(TypedDict, total=False):
    """The keywords that every class of fields passes on."""

    filters: Sequence[Callable[[str | None], str | None]]
    description: Sentence
    id: str
    name: str
    render_kw: dict[str, str]
    _form: BaseForm
    _prefix: str
    _translations: DefaultTranslations
    _meta: DefaultMeta

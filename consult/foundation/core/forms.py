"""Form fields that the whole house shares: tidy lines, prose, and texts in several languages."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from typing import Protocol, TypeVar

import wtforms
from babel.support import Translations
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import (
    BooleanField,
    Field,
    FileField,
    HiddenField,
    MultipleFileField,
    PasswordField,
    RadioField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.i18n import messages_path
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from consult.foundation.core.errors import InvalidInput, SentBefore, Sentence
from consult.foundation.core.languages import LANGUAGE_NAMES
from consult.foundation.core.numbers import key_of_row, plain_number
from consult.foundation.core.text import clean_line, clean_text, is_too_elaborate
from consult.foundation.core.visible import says_nothing

SomeForm = TypeVar("SomeForm", bound=FlaskForm)
LONGEST_PROSE = 20_000


@cache
def texts_of_library(language: str) -> NullTranslations:
    """Return what the library of forms says in a language."""
    return Translations.load(messages_path(), [language], domain="wtforms")


class Choice(wtforms.SelectChoice):  # type: ignore[name-defined]  # the stubs are behind
    """An option of a pick list: its value and its label."""


def _tidy_line(value: str | None) -> str | None:
    return clean_line(value) if value else value


def _tidy_text(value: str | None) -> str | None:
    return clean_text(value) if value else value


class Filled(InputRequired):
    """Something must be there that says something: blank and invisible signs are nothing."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Refuse a field in which there is nothing to read, whatever was sent; by its name."""
        del form
        sent = field.raw_data[0] if field.raw_data else None
        if not sent or (isinstance(sent, str) and says_nothing(sent)):
            field.errors = []
            raise StopValidation(fill_in(field.label.text))


def fill_in(label: Sentence) -> Sentence:
    """Return the sentence that asks for what a field with this label should hold."""
    return _l("Fill in “%(field)s”.", field=label)


class AtMost(Length):
    """At most so many characters."""

    def __init__(self, longest: int) -> None:
        super().__init__(max=longest, message=_l("At most %(most)s characters.", most=longest))


class NotTooElaborate:
    """A Markdown text that can be shown as such (core/markdown_bounds)."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        """Refuse the text; the sentence says what would help."""
        del form
        if field.data and not field.errors and is_too_elaborate(field.data):
            raise ValidationError(
                _l("This text holds more table cells, links or lists within lists than we can show."
                   " Make it simpler, or spread it over several texts.")
            )  # fmt: skip


def line(
    label: Sentence,
    longest: int = 200,
    *,
    required: bool = True,
    description: Sentence = "",
    render_kw: dict[str, str] | None = None,
) -> Field:
    """Make a field for one line of text."""
    return StringField(
        label,
        filters=[_tidy_line],
        validators=[Filled() if required else Optional(), AtMost(longest)],
        description=description,
        render_kw=render_kw,
    )


def prose(
    label: Sentence,
    longest: int = LONGEST_PROSE,
    *,
    required: bool = True,
    description: Sentence = "",
    render_kw: dict[str, str] | None = None,
) -> Field:
    """Make a field for a longer text, in Markdown."""
    return TextAreaField(
        label,
        filters=[_tidy_text],
        validators=[Filled() if required else Optional(), AtMost(longest), NotTooElaborate()],
        description=description,
        render_kw=render_kw,
    )


def choices(pairs: Iterable[tuple[object, Sentence]]) -> list[Choice]:
    """Make the options of a pick list from (value, label) pairs."""
    return [Choice(value, label) for value, label in pairs]


def pick_or_none(label: Sentence, options: Iterable[tuple[object, Sentence]]) -> Field:
    """Make a list to pick one of, or none: what was sent as blanks is none.

    `Optional` alone calls a blank empty, and lets it through as what was picked.
    """
    return RadioField(
        label,
        choices=choices(options),
        filters=[lambda picked: (picked or "").strip() or None],
        validators=[Optional()],
    )


def stale_check() -> Field:
    """Make the hidden field that carries the version of the text that is being changed."""
    return HiddenField(default="")


def localized(
    kind: Callable[..., Field],
    label: Sentence,
    languages: Sequence[str],
    name: str,
    *,
    required: bool = True,
    everywhere: bool = False,
    longest: int | None = None,
) -> dict[str, Field]:
    """Make one field per language, named `<name>_<language>`.

    `required` asks for the first language only, with `everywhere` for each of them.
    """
    bound = {} if longest is None else {"longest": longest}
    return {
        f"{name}_{code}": kind(
            _l("%(label)s (%(language)s)", label=label, language=LANGUAGE_NAMES.get(code, code)),
            required=required and (everywhere or place == 0),
            render_kw={"lang": code},
            **bound,
        )
        for place, code in enumerate(languages)
    }


def form_with(base: type[SomeForm], fields: Mapping[str, object]) -> type[SomeForm]:
    """Make a form class with more fields, for what depends on a plan's languages or themes.

    The name of a field is its key; what is no field is an attribute of the class.
    """
    made: type[SomeForm] = type(base.__name__, (base,), dict(fields))
    return made


class Versioned(Protocol):
    """A form of something that exists: it carries the version that was opened."""

    @property
    def version(self) -> Field:
        """The hidden field of `stale_check`."""


def version_of(form: Versioned) -> int:
    """Return the version of the text that a form was opened with; 0 if it carries none."""
    return plain_number(form.version.data) or 0


def localized_data(form: FlaskForm, name: str, languages: Sequence[str]) -> dict[str, str]:
    """Read the texts of a localized field; a language without a text is left out."""
    texts = {code: form[f"{name}_{code}"].data or "" for code in languages}
    return {code: text for code, text in texts.items() if text}


def fill_localized(form: FlaskForm, name: str, texts: Mapping[str, str] | None) -> None:
    """Show the stored texts in a localized field."""
    for code, text in (texts or {}).items():
        if f"{name}_{code}" in form:
            form[f"{name}_{code}"].data = text


@contextmanager
def errors_on(form: FlaskForm) -> Iterator[None]:
    """Put what a service refuses on the form, so that the page shows it with what was typed.

    The form has errors afterwards if the service refused: look at `form.errors`.
    """
    try:
        yield
    except SentBefore as refusal:
        first = Markup(' <a class="nl-link" href="{}">{}</a>').format(
            refusal.leads_to, _("To what is stored")
        )
        form.form_errors = [*form.form_errors, escape(str(refusal)) + first]
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        if not refusal.errors:
            form.form_errors = [*form.form_errors, str(refusal)]


def show_errors(form: FlaskForm, errors: Mapping[str, Sentence]) -> bool:
    """Put errors beside the fields they are about; tells whether there were none.

    A form that checks what its service would refuse as well shows all errors together.
    """
    for name, sentence in errors.items():
        if name in form:
            form[name].errors = [*form[name].errors, sentence]
        else:
            form.form_errors = [*form.form_errors, f"{label_of(name) or name}: {sentence}"]
    return not errors


@dataclass
class _Known:
    """What the forms say of a field: its class, its label, and those of what one can choose."""

    kind: type[Field]
    label: Sentence
    options: dict[str, Sentence]


def label_of(name: str) -> Sentence | None:
    """Return the label of the field of that name; None if it is hidden, a secret or a file.

    An error page has the posted form and not its class: the first form that has the name counts.
    A name that no form knows is its own label.
    """
    known = _known_fields()
    bare, _, code = name.rpartition("_")
    if name not in known and code in LANGUAGE_NAMES:
        found = known.get(bare)
        return f"{found.label if found else bare} ({LANGUAGE_NAMES[code]})"
    if name not in known:
        return name
    one = known[name]
    return None if issubclass(one.kind, _NEVER_SHOWN) else one.label


def said_in(name: str, value: str) -> Sentence:
    """Return what was filled in as the page showed it: an option by its label, a tick as "Yes".

    What was chosen from a list that was made for one page (its themes, say) is given as it was
    sent; empty, if that is none of the rows in it.
    """
    one = _known_fields().get(name)
    return one.options.get(value, value) if one else value


_NEVER_SHOWN = (HiddenField, PasswordField, FileField, MultipleFileField, SubmitField)


@cache
def _known_fields() -> dict[str, _Known]:
    """Gather the fields of every form, by name; the first form that has one says its label.

    The first by the name of its module, whatever was imported first.
    """
    found: dict[str, _Known] = {}
    forms = [FlaskForm]
    for form in forms:
        forms += form.__subclasses__()
    for form in sorted(forms, key=lambda one: (one.__module__, one.__qualname__)):
        for name, field in vars(form).items():
            if isinstance(field, UnboundField):
                label = field.args[0] if field.args else field.kwargs.get("label", name)
                one = found.setdefault(name, _Known(field.field_class, label, {}))
                one.options.update(_options_of(field))
    return found


def _options_of(field: "UnboundField[Field]") -> dict[str, Sentence]:
    """Return the labels of what can be chosen in a field, as far as every page offers the same."""
    if issubclass(field.field_class, BooleanField):
        return {"y": _l("Yes")}
    none_of_them = {"0": ""} if field.kwargs.get("coerce") is key_of_row else {}
    offered = field.kwargs.get("choices")
    listed = offered if isinstance(offered, list) else []
    found = {str(one.value): one.label for one in listed if isinstance(one, Choice)}
    return {**none_of_them, **found}

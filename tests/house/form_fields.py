"""The forms of a page as a browser fills them in: their fields, and what stands in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

PLAIN = {
    "email": "nieuw@consult.example",
    "date": "2026-12-24",
    "time": "10:30",
    "datetime-local": "2026-11-20T10:30",
    "number": "3",
    "password": "een-lang-wachtwoord",
    "url": "https://consult.example/",
}
NUMERIC = "12"
TEXT = "Een gewone tekst."


@dataclass
class Field:
    """A field: its name, and what a person would fill in."""

    name: str
    value: str
    is_file: bool = False


@dataclass
class FormOnPage:
    """A form that is posted: where to, and its fields in their order."""

    action: str
    fields: list[Field] = field(default_factory=list)

    @property
    def filled(self) -> dict[str, list[str]]:
        """What is sent when every field holds what a person would fill in."""
        sent: dict[str, list[str]] = {}
        for one in self.fields:
            if not one.is_file:
                sent.setdefault(one.name, []).append(one.value)
        return sent


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[FormOnPage] = []
        self.form: FormOnPage | None = None
        self.area: Field | None = None
        self.select: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = None
            if said.get("method", "get").lower() == "post":
                self.form = FormOnPage(said.get("action") or self.address)
                self.found.append(self.form)
        elif self.form is not None and "disabled" not in said:
            self._control(tag, said)

    def _control(self, tag: str, said: dict[str, str]) -> None:
        if tag == "option" and self.select is not None:
            value = said.get("value", "")
            if "selected" in said or not self.select.value:
                self.select.value = value
        elif not said.get("name"):
            return
        elif tag == "textarea":
            self.area = self._add(said["name"], "")
        elif tag == "select":
            self.select = self._add(said["name"], "")
        elif tag in {"input", "button"}:
            self._input(said)

    def _input(self, said: dict[str, str]) -> None:
        kind, value = said.get("type", "text"), said.get("value", "")
        if kind in {"radio", "checkbox"}:
            known = self.form is not None and any(
                one.name == said["name"] for one in self.form.fields
            )
            if "checked" in said or kind == "checkbox" or not known:
                self._add(said["name"], value or "y")
        elif kind == "file":
            self._add(said["name"], "", is_file=True)
        elif kind in {"hidden", "submit"}:
            self._add(said["name"], value)
        elif not value and said.get("inputmode") in {"numeric", "decimal"}:
            self._add(said["name"], NUMERIC)
        else:
            self._add(said["name"], value or PLAIN.get(kind, TEXT))

    def _add(self, name: str, value: str, *, is_file: bool = False) -> Field:
        made = Field(name, value, is_file)
        if self.form is not None:
            self.form.fields.append(made)
        return made

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.area is not None:
            self.area.value = self.area.value.strip() or TEXT
            self.area = None
        elif tag == "select":
            self.select = None


def forms_on(page: str, address: str) -> list[FormOnPage]:
    """Return the forms of a page that are posted; one without an action posts to the page."""
    reader = _Forms(address)
    reader.feed(page)
    return reader.found

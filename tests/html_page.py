"""A page as a browser reads it: where it leads, its anchors, and what it says of itself."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

WHERE = {"a": "href", "link": "href", "img": "src", "script": "src", "use": "href"}


@dataclass(frozen=True)
class Link:
    """Something on a page that has an address: a link, a picture, a form."""

    tag: str
    to: str
    rel: str = ""
    method: str = "get"
    lang: str = ""
    """The language of what it leads to, where the page says so."""


@dataclass
class Read:
    """The links of a page, the names of its places, its title, its first headings and its meta."""

    links: list[Link] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    title: str = ""
    headings: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)

    def named(self, rel: str) -> list[str]:
        """Return where the links of a kind (`next`, `first`) lead."""
        return [one.to for one in self.links if one.rel == rel]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read = Read()
        self.within = ""

    def handle_data(self, data: str) -> None:
        if self.within == "title":
            self.read.title += data
        elif self.within == "h1":
            self.read.headings[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self.within:
            self.within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "h1":
            self.read.headings.append("")
        if tag == "h1" or (tag == "title" and not self.read.title):  # a drawing has titles too
            self.within = tag
        if tag == "meta" and "content" in said:
            self.read.meta[said.get("name") or said.get("property", "")] = said["content"]
        if "id" in said:
            self.read.ids.append(said["id"])
        if tag == "form" and "action" in said:
            method = said.get("method", "get").lower()
            self.read.links.append(Link(tag, said["action"], method=method))
        elif tag in WHERE and WHERE[tag] in said:
            self.read.links.append(
                Link(tag, said[WHERE[tag]], said.get("rel", ""), lang=said.get("hreflang", ""))
            )
        if tag in {"button", "input"} and "formaction" in said:
            self.read.links.append(Link(tag, said["formaction"], method="post"))


def read_page(text: str) -> Read:
    """Read the links and the anchors of a page."""
    reader = _Reader()
    reader.feed(text)
    return reader.read

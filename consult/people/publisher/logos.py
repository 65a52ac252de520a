"""A logo: a picture that can do nothing but be looked at.

An SVG is a document that may hold scripts, links and whole pages (SVG 2, chapters 15 and 16). It is
read element by element: what draws is kept, what a program for drawing noted for itself is left
out, and what acts or fetches is refused by name. What is stored is what was read, written anew.
"""

import re
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from lxml import etree

from consult.foundation.core.errors import InvalidInput, Sentence

LARGEST = 200 * 1024
PIXELS = (16, 4000)
"""The least and the most pixels of each side of a PNG."""
SVG, PNG = "image/svg+xml", "image/png"
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SVG_SPACE, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_XML_SPACE = "http://www.w3.org/XML/1998/namespace"
_DRAWS = frozenset({
    "svg", "g", "defs", "symbol", "use", "title", "desc", "style", "path", "rect", "circle",
    "ellipse", "line", "polyline", "polygon", "text", "tspan", "linearGradient", "radialGradient",
    "stop", "clipPath", "mask", "pattern", "switch", "marker", "view",
})  # fmt: skip
_NOTES = frozenset({"metadata"})
"""Elements of SVG in which programs keep notes: left out."""
_FETCHES = re.compile(
    r"url\(\s*['\"]?(?!\s*['\"]?#)|@import|image-set|expression\s*\(|javascript:|\\", re.IGNORECASE
)
"""What in a style may fetch something; a backslash can write all of it in another way."""
_HELP: Sentence = _l("Save the picture as a plain SVG without scripts or links, or as a PNG.")


@dataclass(frozen=True)
class Logo:
    """A picture that was checked: its bytes, and what kind it is."""

    content: bytes
    media_type: str

    @property
    def name(self) -> str:
        """The name under which it is kept."""
        return "logo.svg" if self.media_type == SVG else "logo.png"


def checked_logo(content: bytes) -> Logo:
    """Return what was sent as a logo; its kind is decided by its bytes.

    Raises InvalidInput, with a sentence, for what is no SVG or PNG, too large, or does more than be
    looked at.
    """
    if not content:
        raise InvalidInput(_l("The file is empty: there is nothing in it."))
    if len(content) > LARGEST:
        raise InvalidInput(
            _l("The logo is too large: a logo is at most 200 kB."),
            _l("Make it smaller; it is shown 48 pixels high."),
        )
    if content.startswith(_PNG_SIGNATURE):
        return _png(content)
    return Logo(_clean_svg(content), SVG)


def _png(content: bytes) -> Logo:
    """Check the head of a PNG (ISO/IEC 15948, 11.2.2): its first chunk says how large it is."""
    header = content[8:24]
    width, height = (int.from_bytes(header[at : at + 4]) for at in (8, 12))
    least, most = PIXELS
    if header[4:8] != b"IHDR" or not all(least <= side <= most for side in (width, height)):
        raise InvalidInput(
            _l(
                "This PNG cannot be used: each side of a logo has %(least)s to %(most)s pixels.",
                least=least,
                most=most,
            )
        )
    return Logo(content, PNG)


def _clean_svg(content: bytes) -> bytes:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise InvalidInput(_l("This is no SVG and no PNG."), _HELP) from None
    if etree.QName(root).namespace != _SVG_SPACE or etree.QName(root).localname != "svg":
        raise InvalidInput(_l("This is no SVG and no PNG."), _HELP)
    if root.get("viewBox") is None and (root.get("width") is None or root.get("height") is None):
        raise InvalidInput(
            _l("This SVG does not say how large it is: it has no viewBox, or width and height.")
        )
    _clean(root)
    etree.cleanup_namespaces(root)
    return bytes(etree.tostring(root, encoding="utf-8"))


def _clean(element: etree._Element) -> None:
    """Leave out of an element, and all below it, what draws nothing; refuse what acts."""
    for inner in list(element):
        if not isinstance(inner.tag, str):
            raise InvalidInput(_l("This SVG holds entities, which may stand for anything."), _HELP)
        name = etree.QName(inner)
        if name.namespace != _SVG_SPACE or name.localname in _NOTES:
            _take_out(inner)
            continue
        if name.localname not in _DRAWS:
            raise InvalidInput(
                _l("A logo only draws. This SVG holds “%(name)s”.", name=name.localname[:40]), _HELP
            )
        _clean(inner)
    for key, value in element.attrib.items():
        _check_attribute(element, str(key), str(value))
    if etree.QName(element).localname == "style" and _FETCHES.search(element.text or ""):
        raise InvalidInput(_l("This SVG fetches something from elsewhere in its styles."), _HELP)


def _check_attribute(element: etree._Element, key: str, value: str) -> None:
    name = etree.QName(key)
    if name.namespace not in {None, _XLINK, _XML_SPACE}:
        del element.attrib[key]
    elif name.localname.lower().startswith("on"):
        raise InvalidInput(
            _l("A logo only draws. This SVG holds “%(name)s”.", name=name.localname[:40]), _HELP
        )
    elif name.localname == "href" and not value.strip().startswith("#"):
        raise InvalidInput(_l("This SVG leads to something outside itself."), _HELP)
    elif _FETCHES.search(value):
        raise InvalidInput(_l("This SVG fetches something from elsewhere in its styles."), _HELP)


def _take_out(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        if element.tail and (before := element.getprevious()) is not None:
            before.tail = (before.tail or "") + element.tail
        parent.remove(element)

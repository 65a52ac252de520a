"""A logo draws and does nothing else, whatever is hidden in it."""

import struct
import zlib

import pytest

from consult.foundation.core.errors import InvalidInput
from consult.people.publisher.logos import LARGEST, PNG, SVG, checked_logo

pytestmark = pytest.mark.usefixtures("app")
HEAD = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"'
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inside: str, more: str = "") -> bytes:
    return f"<svg {HEAD} {more}>{inside}</svg>".encode()


def png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )


@pytest.mark.parametrize(
    "content",
    [
        svg("<script>alert(1)</script>"),
        svg('<g onload="alert(1)"/>'),
        svg('<path d="M0 0" ONCLICK="alert(1)"/>'),
        svg("", 'onload="alert(1)"'),
        svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>'),
        svg('<image href="https://elders.example/x.png"/>'),
        svg('<a href="https://elders.example"><path d="M0 0"/></a>'),
        svg('<use href="https://elders.example/x.svg#a"/>'),
        svg('<use xlink:href="data:image/svg+xml;base64,AAAA"/>', XLINK),
        svg('<use xlink:href="javascript:alert(1)"/>', XLINK),
        svg('<animate attributeName="href" to="javascript:alert(1)"/>'),
        svg("<style>@import 'https://elders.example/a.css';</style>"),
        svg("<style>a { background: url(https://elders.example/a) }</style>"),
        svg("<style>a { background: \\75rl(https://elders.example/a) }</style>"),
        svg('<path d="M0 0" style="fill: url( &quot;//elders.example/a&quot; )"/>'),
        svg('<path d="M0 0" fill="url(https://elders.example/a#b)"/>'),
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg %s><text>&a;</text></svg>' % HEAD.encode(),
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg %s><text>&a;</text></svg>'
        % HEAD.encode(),
        b"<svg viewBox='0 0 9 9'><path d='M0 0'/></svg>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
        b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
        b"GIF89a....",
        b"\x89PNG\r\n\x1a\n",
        png(8, 100),
        png(100, 4001),
        b"",
        b"x" * (LARGEST + 1),
    ],
)
def test_what_does_more_than_draw_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        checked_logo(content)


def test_what_draws_is_kept_and_what_a_program_noted_is_left_out() -> None:
    drawn = svg(
        '<!-- made by --><?note x?><metadata><rdf xmlns="urn:rdf"/></metadata>'
        '<tool:view xmlns:tool="urn:tool" tool:zoom="2"/>'
        "<defs><linearGradient id='a'><stop offset='0' stop-color='#fff'/></linearGradient></defs>"
        "<style>.b { fill: url(#a) }</style><path class='b' d='M0 0h9v9z' fill='url(\"#a\")'/>"
        "<use xlink:href='#a'/>",
        XLINK + ' xmlns:tool="urn:tool" tool:version="1"',
    )
    made = checked_logo(drawn)
    assert (made.media_type, made.name) == (SVG, "logo.svg")
    for kept in (b"linearGradient", b"url(#a)", b"M0 0h9v9z", b'href="#a"', b'viewBox="0 0 9 9"'):
        assert kept in made.content
    for gone in (b"made by", b"note", b"metadata", b"tool"):
        assert gone not in made.content
    assert checked_logo(made.content).content == made.content


def test_a_png_is_kept_as_it_is() -> None:
    made = checked_logo(png(300, 90))
    assert (made.media_type, made.name, made.content) == (PNG, "logo.png", png(300, 90))

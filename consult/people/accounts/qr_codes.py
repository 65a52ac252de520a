"""A QR code, as a drawing to stand in a page."""

import io

import qrcode
from markupsafe import Markup
from qrcode.image.svg import SvgPathImage


def drawing_of(text: str) -> Markup:
    """Return a text as a QR code in SVG."""
    with io.BytesIO() as file:
        qrcode.make(text, image_factory=SvgPathImage, border=2).save(file)
        drawn = file.getvalue().decode()
    return Markup(drawn[drawn.index("<svg") :])  # noqa: S704  (the library draws squares)

"""A publisher that is filled in: invented, and complete."""

from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.publisher import current
from consult.people.publisher.models import PublisherText
from consult.people.publisher.services import change_logo, change_publisher
from tests.world import NOON

NAME = {"nl": "Programmabureau Open Overleg", "en": "Open Dialogue Office"}
TEXT = {
    "name_nl": NAME["nl"], "name_en": NAME["en"], "email": "open@overleg.example",
    "phone": "070 123 45 67", "address": "Postbus 1\r\n2500 AA Den Haag",
    "about_nl": "Wij brengen mensen bij elkaar.", "about_en": "We bring people together.",
    "imprint_nl": "Verantwoordelijk: het bureau.", "imprint_en": "Responsible: the office.",
    "help_nl": "Bel ons op maandag.", "help_en": "Call us on Mondays.",
    "accent": "#1b5e7a", "band": "#12384a",
}  # fmt: skip
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
    b'<path d="M0 0h40v40H0z" fill="#1b5e7a"/></svg>'
)


def _both(name: str) -> dict[str, str]:
    return {code: TEXT[f"{name}_{code}"] for code in ("nl", "en")}


FILLED = PublisherText(
    name=NAME,
    email=TEXT["email"],
    phone=TEXT["phone"],
    address="Postbus 1\n2500 AA Den Haag",
    about=_both("about"),
    imprint=_both("imprint"),
    help=_both("help"),
    accent=TEXT["accent"],
    band=TEXT["band"],
)


def speak(*, logo: bool = False, fail: bool = False) -> None:
    """Let the platform say who speaks here; `fail` breaks the transaction off afterwards."""
    with unit_of_work():
        change_publisher(SYSTEM, FILLED, 0, NOON)
        if logo:
            change_logo(SYSTEM, SVG, NOON)
        current.current_publisher()  # whoever reads it now reads what is committed
        if fail:
            raise ZeroDivisionError

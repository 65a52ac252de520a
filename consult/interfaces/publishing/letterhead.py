"""Who publishes a document: read anew for each, since it is kept for as long as nothing changes."""

from consult.foundation.core.languages import pick
from consult.foundation.files.services import storage
from consult.interfaces.publishing.documents.content import Letterhead
from consult.people.publisher.current import ShownPublisher, read_publisher
from consult.people.publisher.queries import get_publisher


def letterhead(language: str, shown: ShownPublisher | None = None) -> Letterhead:
    """Return who publishes documents in a language, with the colours and the logo of the house.

    `shown` is who was read already.
    """
    shown = shown or read_publisher()
    colours = {
        name.removeprefix("--consult-").replace("-", "_"): value
        for name, value in shown.tokens.items()
    }
    wanted = ("accent", "band", "on_band_soft", "band_line")
    return Letterhead(
        name=pick(shown.name, language)[0],
        **{name: colours[name] for name in wanted if name in colours},
        logo=_logo(),
        logo_type=shown.logo_type,
    )


def _logo() -> bytes:
    publisher = get_publisher()
    if publisher is None or publisher.logo is None:
        return b""
    try:
        with storage().open(publisher.logo.storage_key).stream as stream:
            return stream.read()
    except OSError:
        return b""  # a document without a logo is better than none

"""The picture beside a link to this site where somebody shares it: made once, and kept."""

from hashlib import sha256

from flask_babel import gettext as _

from consult.foundation.files.cache import cache_file, cached_file
from consult.interfaces.publishing.document_cache import program_digest
from consult.interfaces.publishing.documents.card import render_card
from consult.interfaces.publishing.letterhead import letterhead
from consult.people.publisher.current import ShownPublisher


def social_card(shown: ShownPublisher, language: str) -> bytes:
    """Return the picture of a site as a PNG, in a language."""
    place = f"social-card-{language}"
    digest = sha256(f"{program_digest()}|{shown.look_digest}".encode()).hexdigest()
    if (kept := cached_file(place, digest)) is not None:
        return kept
    sentence = _("Here a government and its stakeholders make a plan together.")
    made = render_card(letterhead(language, shown), sentence, language)
    cache_file(place, digest, made)
    return made

"""LocalizedText of a file in the languages of the platform."""

from consult.interfaces.exchange.format.lines import LocalizedText


def by_language(said: LocalizedText | None, language: str) -> dict[str, str]:
    """Return a text by its language; one without a language is in that of the round."""
    if said is None:
        return {}
    return {language: said} if isinstance(said, str) else dict(said)

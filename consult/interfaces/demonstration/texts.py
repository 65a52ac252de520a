"""Texts of the demonstration, each in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Both:
    """A text in Dutch and in English."""

    nl: str
    en: str

    @property
    def texts(self) -> dict[str, str]:
        """The text as the tables keep it."""
        return {"nl": self.nl, "en": self.en}

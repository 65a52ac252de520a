"""What people agree to: the texts, in both languages, with a version and a day.

A text that changes gets the next version: people are then asked again (docs/decisions/0016). Its
digest stands with every consent, and a test holds that a version never says something else.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from consult.foundation.core.languages import reader_language
from consult.people.privacy.models import ConsentKind


@dataclass(frozen=True)
class ConsentText:
    """One version of what people agree to."""

    kind: ConsentKind
    version: int
    since: date
    required: bool
    label: dict[str, str]
    """The sentence beside the box."""
    text: dict[str, str]
    """What exactly is agreed to, a point a line."""

    @property
    def digest(self) -> str:
        """The SHA-256 of the text in all languages."""
        said = json.dumps([self.label, self.text], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def said(self) -> str:
        """The sentence beside the box, in the reader's language."""
        return self.label[reader_language()]

    @property
    def points(self) -> list[str]:
        """What exactly is agreed to, in the reader's language."""
        return self.text[reader_language()].splitlines()


TEXTS: dict[ConsentKind, ConsentText] = {
    ConsentKind.TAKING_PART: ConsentText(
        kind=ConsentKind.TAKING_PART,
        version=1,
        since=date(2026, 11, 25),
        required=True,
        label={
            "nl": "Ik ga akkoord met de voorwaarden om mee te doen.",
            "en": "I agree with the conditions for taking part.",
        },
        text={
            "nl": (
                "Je naam, je organisatie en je tekst worden openbaar als je inbreng is"
                " gepubliceerd. Een schuilnaam mag.\n"
                "Je e-mailadres wordt nooit openbaar.\n"
                "Wat je indient, hoort bij het plan. Als je je account sluit, blijft de tekst staan"
                " onder een neutrale naam.\n"
                "Je schrijft geen persoonlijke gegevens van anderen op."
            ),
            "en": (
                "Your name, your organisation and your text become public once your contribution is"
                " published. You may use an alias.\n"
                "Your e-mail address never becomes public.\n"
                "What you hand in belongs to the plan. If you close your account, the text stays"
                " under a neutral name.\n"
                "You do not write down personal details of other people."
            ),
        },
    ),
    ConsentKind.CONTACT_LATER: ConsentText(
        kind=ConsentKind.CONTACT_LATER,
        version=1,
        since=date(2026, 11, 25),
        required=False,
        label={
            "nl": "Jullie mogen mij later nog iets vragen over het plan.",
            "en": "You may ask me about the plan later on.",
        },
        text={
            "nl": (
                "Een organisator mag je mailen met een vraag over het plan, ook na de ronde.\n"
                "Je kunt dit altijd weer intrekken. Dan mailen we je er niet meer over."
            ),
            "en": (
                "An organiser may mail you with a question about the plan, also after the round.\n"
                "You can always withdraw this. Then we no longer mail you about it."
            ),
        },
    ),
}
"""What is agreed to now."""

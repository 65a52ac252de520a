"""The register of processing (AVG art. 30): what is done with personal data, and on what ground.

Shown on the public page about privacy; docs/privacy.md says more for a data protection officer.
"""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence

_TASK = _l("a task in the public interest (GDPR article 6, paragraph 1, point e)")
_DUTY = _l("a duty by law (GDPR article 6, paragraph 1, point c)")
_CONSENT = _l("your consent (GDPR article 6, paragraph 1, point a)")


@dataclass(frozen=True)
class Processing:
    """One thing that is done with personal data."""

    name: Sentence
    purpose: Sentence
    data: Sentence
    ground: Sentence
    who_sees: Sentence


REGISTER: tuple[Processing, ...] = (
    Processing(
        _l("Your account"),
        _l("To let you in, and nobody else in your name."),
        _l("Name or alias, e-mail address, password (scrambled), language, sign-ins."),
        _TASK,
        _l("Your name: everybody. The rest: you, and an administrator who helps you."),
    ),
    Processing(
        _l("What you hand in"),
        _l("To make a plan with what people say, and to answer everybody."),
        _l("Proposals, comments, positions, files, the organisation you speak for."),
        _TASK,
        _l("Drafts: you. After handing in: the team. After publication: everybody."),
    ),
    Processing(
        _l("Membership and mandates"),
        _l("To know who takes part in a body and who speaks for an organisation."),
        _l("Bodies, organisations, from when until when, how that is known."),
        _TASK,
        _l("The team, and the contact of the organisation."),
    ),
    Processing(
        _l("Moderation"),
        _l("To keep personal data and insults off public pages."),
        _l("The decision, its reason, the moment, which moderator; what people report, and who."),
        _TASK,
        _l("Decision and reason: everybody. The moderator: the team. A report: moderators."),
    ),
    Processing(
        _l("Mails, notices and what you follow"),
        _l("To tell you what becomes of your contribution, and of what you follow."),
        _l("E-mail address, text of the mail or notice, what you follow."),
        _TASK,
        _l("You."),
    ),
    Processing(
        _l("A question later on"),
        _l("To ask you about the plan after the round."),
        _l("That you agreed, to which text, and when."),
        _CONSENT,
        _l("You, and an organiser who asks you something."),
    ),
    Processing(
        _l("The public log"),
        _l("To let anybody check that nothing was lost or changed."),
        _l("Numbers, moments and seals. No name and no text."),
        _DUTY,
        _l("Everybody."),
    ),
    Processing(
        _l("Security and incidents"),
        _l("To keep out who guesses passwords, and to deal with leaks."),
        _l("Failed sign-ins (scrambled), suspensions, the log of incidents."),
        _DUTY,
        _l("An administrator."),
    ),
)

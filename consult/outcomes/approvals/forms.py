"""The forms of a version: freezing it, and leaving something out of it."""

from collections.abc import Sequence
from typing import Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField

from consult.consultation.moderation.labels import GROUNDS
from consult.consultation.moderation.models import Ground
from consult.foundation.core.forms import choices, line, prose
from consult.outcomes.approvals.omissions import TextField
from consult.outcomes.approvals.redaction import FOR_GOOD, VersionRedaction

LONGEST_REASON, LONGEST_WORDS = 1000, 500


class FreezeForm(FlaskForm):
    """The name of the version."""

    label = line(_l("Name of this version"), 120)


class RedactForm(FlaskForm):
    """Which words of which field, on which ground, and why."""

    pointer = SelectField(_l("Where"), default="")
    words = line(_l("Words to leave out"), LONGEST_WORDS, required=False)
    ground = RadioField(
        _l("Ground"),
        choices=choices((one.value, GROUNDS[one]) for one in Ground if one in FOR_GOOD),
        default=Ground.PERSONAL_DATA.value,
    )
    reason = prose(_l("Reason"), LONGEST_REASON)

    @classmethod
    def for_fields(cls, fields: Sequence[TextField]) -> Self:
        """Make the form for the texts of a version."""
        form = cls()
        everywhere = ("", _l("Everywhere where the words stand"))
        form.pointer.choices = choices([everywhere, *((one.pointer, one.label) for one in fields)])
        return form

    @property
    def wanted(self) -> VersionRedaction:
        """What was asked for."""
        return VersionRedaction(
            ground=Ground(self.ground.data),
            reason=self.reason.data or "",
            pointer=self.pointer.data or "",
            words=self.words.data or "",
        )

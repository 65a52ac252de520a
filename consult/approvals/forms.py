"""The form that freezes a version."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from consult.core.forms import line


class FreezeForm(FlaskForm):
    """The name of the version."""

    label = line(_l("Name of this version"), 120)

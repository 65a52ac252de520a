"""The badge on every view: `@public` or `@requires(Action.X)`. A test walks all routes."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask_babel import lazy_gettext as _l
from flask_login import current_user

from consult.foundation.core.errors import SignInNeeded
from consult.foundation.policy.actions import Action
from consult.foundation.policy.table import needs_sign_in

View = TypeVar("View", bound=Callable[..., object])
Inputs = ParamSpec("Inputs")
Answered = TypeVar("Answered")

PUBLIC = "public"


def public(view: View) -> View:
    """Mark a view that anyone may open; it shows nothing but what is public."""
    return _with_badge(view, PUBLIC)


def _with_badge(view: View, badge: str) -> View:
    vars(view)["badge"] = badge
    return view


def requires(
    action: Action,
) -> Callable[[Callable[Inputs, Answered]], Callable[Inputs, Answered]]:
    """Mark a view with its action; who must sign in first is sent to do so before it runs.

    The service (or the view, for reading) asks the table again with the subject at hand.
    """

    def wear(view: Callable[Inputs, Answered]) -> Callable[Inputs, Answered]:
        @wraps(view)
        def gate(*args: Inputs.args, **kwargs: Inputs.kwargs) -> Answered:
            if needs_sign_in(action) and not current_user.is_authenticated:
                raise SignInNeeded(_l("You need to sign in for this."))
            return view(*args, **kwargs)

        return _with_badge(gate, action)

    return wear


# The routes that libraries bring, by endpoint: who may call them. The pages of signing in are our
# own (accounts/views/entrance.py) and wear their badges there.
LIBRARY_ROUTES: dict[str, str] = {
    "static": PUBLIC,
}

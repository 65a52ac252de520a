"""The badge on every view: `@public` or `@requires(Action.X)`. A test walks all routes."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask_babel import lazy_gettext as _l
from flask_login import current_user

from consult.foundation.core.errors import SignInNeeded
from consult.foundation.policy.actions import Action
from consult.foundation.policy.table import needs_sign_in

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"


def public(view: View) -> View:
    """Mark a view that anyone may open; it shows nothing but what is public."""
    view.badge = PUBLIC  # type: ignore[attr-defined]
    return view


def requires(action: Action) -> Callable[[View], View]:
    """Mark a view with its action; who must sign in first is sent to do so before it runs.

    The service (or the view, for reading) asks the table again with the subject at hand.
    """

    def wear(view: View) -> View:
        @wraps(view)
        def gate(*args: Any, **kwargs: Any) -> Any:
            if needs_sign_in(action) and not current_user.is_authenticated:
                raise SignInNeeded(_l("You need to sign in for this."))
            return view(*args, **kwargs)

        gate.badge = action  # type: ignore[attr-defined]
        return cast("View", gate)

    return wear


# The routes that libraries bring, by endpoint: who may call them. The pages of signing in are our
# own (accounts/views/entrance.py) and wear their badges there.
LIBRARY_ROUTES: dict[str, str] = {
    "static": PUBLIC,
}

"""The pages of a plan's desk: `bp`, filled by the modules beside this one."""

from flask import Blueprint

bp = Blueprint("plans", __name__)

from consult.plans.views import frame, people, themes  # noqa: E402

__all__ = ["bp", "frame", "people", "themes"]

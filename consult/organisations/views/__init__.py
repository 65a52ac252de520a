"""The pages of bodies and organisations: `bp`, filled by the modules beside this one."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)

from consult.organisations.views import members, register  # noqa: E402

__all__ = ["bp", "members", "register"]

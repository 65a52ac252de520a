"""The blueprint of the pages of bodies and organisations, by concept in the files beside this."""

from flask import Blueprint

bp = Blueprint("organisations", __name__)

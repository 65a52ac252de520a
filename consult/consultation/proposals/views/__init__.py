"""The blueprint of the pages on which one does something with a proposal, by concept."""

from flask import Blueprint

bp = Blueprint("proposals", __name__)

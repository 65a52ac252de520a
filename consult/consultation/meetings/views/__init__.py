"""The blueprint of the pages of meetings, by concept in the files beside this."""

from flask import Blueprint

bp = Blueprint("meetings", __name__)

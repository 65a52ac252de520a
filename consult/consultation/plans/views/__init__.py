"""The blueprint of the pages of a plan's desk, by concept in the files beside this one."""

from flask import Blueprint

bp = Blueprint("plans", __name__)

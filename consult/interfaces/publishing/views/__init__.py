"""The blueprint of the public pages; its views stand by concept in the files beside this one."""

from flask import Blueprint

bp = Blueprint("publishing", __name__)
root = Blueprint("root", __name__)

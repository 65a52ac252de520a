"""Following: a person asks to hear of what happens to something, without taking part in it.

What can be followed (a plan, a theme, a round, a commitment, a proposal, a search) is registered by
the packages that know it: what it is called, where it stands and who may read it. Whoever may read
something may follow it, and nobody else sees that they do. A follow ends when its person stops it
or closes their account. What happens is told by broadcasts, on the topic `FOLLOWING`, to the people
that `followers_of` selects: each once, by the way they chose.
"""

from flask import Flask

from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.personal_data.closing import on_closing
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.personal_data.retention import register_rules
from consult.foundation.policy.questions import answer
from consult.lazy import lazy
from consult.people.following import answers, labels, personal, queries, searches
from consult.people.following.models import FollowedKind
from consult.people.following.subjects import followable


def init_app(app: Flask) -> None:
    """Register the pages of what is followed, what is kept of it, and what templates ask."""
    add_labels(*labels.LABELS)
    answer(answers.ANSWERS)
    followable(FollowedKind.SEARCH, searches.searches_to_follow)

    personal_data(*personal.PARTS)
    on_closing(personal.stop_all)
    register_rules(*personal.RULES)

    bring_pages(app, lazy("consult.people.following.views:init_pages"))
    app.jinja_env.globals.update(follows=queries.follows, follows_search=queries.follows_search)

"""The demonstration: the plan of the memo, and a cast that was invented around it.

What is said in it stands in `content/` as data, read and checked by `content.py`: a plan with its
bodies, three rounds (answered, open, to come), and the commitments made from the first. Every
person, every contribution and every answer is invented, and every file says so.
"""

from flask import Flask

from consult.lazy import lazy


def init_app(app: Flask) -> None:
    """Let the page of signing in name the cast, where this is a demonstration."""
    accounts = lazy("consult.interfaces.demonstration.build:accounts")

    @app.context_processor
    def _for_templates() -> dict[str, object]:
        return {"demonstration_accounts": accounts if app.config["DEMONSTRATION"] else None}

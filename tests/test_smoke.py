from flask import Flask

from tests.cast import person


def test_world(app: Flask) -> None:
    assert person("pia").standing.ids("body")
    assert person("ana").standing.has("plan", 1, "organiser")

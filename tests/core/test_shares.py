"""A percentage is told of twenty or more; of fewer, how many there are."""

import pytest
from flask import Flask

from consult.foundation.core.shares import share_of


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (6, 14, "of 14"),
        (0, 1, "of 1"),
        (19, 19, "of 19"),
        (20, 20, "(100%)"),
        (9, 21, "(43%)"),
        (0, 2000, "(0%)"),
        (0, 0, "of 0"),
    ],
)
def test_few_are_counted_and_many_measured(app: Flask, part: int, whole: int, said: str) -> None:
    with app.test_request_context("/en/"):
        assert share_of(part, whole) == said


def test_the_whole_is_named_in_the_language_of_the_reader(app: Flask) -> None:
    with app.test_request_context("/nl/"):
        assert [share_of(6, 14), share_of(6, 24)] == ["van 14", "(25%)"]

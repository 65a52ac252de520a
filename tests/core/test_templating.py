"""What templates write: sizes of files that no line breaks in two."""

from flask import Flask

from consult.foundation.core.templating import file_size


def test_a_size_and_its_unit_stay_together(app: Flask) -> None:
    with app.test_request_context("/nl/"):
        assert file_size(12_000) == "12\u00a0kB"
        assert file_size(1_363_149) == "1,3\u00a0MB"

"""What no text has is gone before anything reads the request."""

import io
from typing import Any

from flask import Flask, request

SENT = {"na\x00me": "a\x00b", "file": (io.BytesIO(b"a\x00b"), "x.txt")}


def test_fields_hold_no_nul_and_files_are_left_alone(app: Flask) -> None:
    with app.test_request_context("/nl/?q=a%00b&q=c", method="POST", data=SENT):
        assert request.args.getlist("q") == ["a\ufffdb", "c"]
        assert request.form.to_dict() == {"name": "ab"}
        assert request.files["file"].read() == b"a\x00b"


def test_a_nul_in_a_form_is_no_fault_of_ours(browse: Any) -> None:
    answer = browse("pia").post(
        "/nl/profile", data={"display_name": "Pia\x00 Jansen", "language": "n\x00l"}
    )
    assert answer.status_code == 303

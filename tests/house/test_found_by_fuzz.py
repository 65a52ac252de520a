"""What hostile values in forms once broke: each with its own small test."""

from typing import Any

import pytest

from consult.consultation.comments.models import ContributionState as State
from tests.factories import make_proposal


@pytest.mark.parametrize("name", ["ground", "ready"])
@pytest.mark.parametrize("picked", ["\u00a0", " ", "\t", "\u200b", "x"])
def test_a_blank_is_none_of_the_choices(browse: Any, name: str, picked: str) -> None:
    found = make_proposal("open", State.PUBLISHED)
    sent = {"reason": "Scheldt.", "ground": "offensive", name: picked}
    address = f"/nl/moderation/proposal/{found.public_id}/hide"
    assert browse("mo").post(address, data=sent).status_code == 422


@pytest.mark.parametrize("path", ["my-data/close", "security/verify"])
def test_a_password_without_end_is_refused_before_it_is_hashed(browse: Any, path: str) -> None:
    sent = {"password": "x" * 20_000, "sure": "y"}
    answer = browse("pia").post(f"/nl/{path}", data=sent)
    assert answer.status_code == 422
    assert "512" in answer.text


@pytest.mark.parametrize("sent", [{}, {"credential": "{}"}, {"question": "x"}])
def test_a_passkey_whose_question_was_not_sent_back_is_refused(
    browse: Any, sent: dict[str, str]
) -> None:
    answer = browse("sam").post("/nl/security/passkeys/new", data={"name": "Telefoon", **sent})
    assert answer.status_code == 422

"""What no browser answers about a passkey is no passkey, and no fault of ours."""

from typing import Any

import pytest

from consult.people.accounts.passkeys import credential_in, read_new, read_use
from tests.world import NOON

HOSTILE = [
    "", "null", "[]", "[" * 15_000, '{"id":' * 3_000, "9" * 5_000, '{"id": "\\ud800"}',
    '{"id": "a\\u0000b"}', '{"id": 1e400}', '{"id": ["a"]}', '{"id": "' + "a" * 30_000 + '"}',
    '{"id": "\u0661"}',
]  # fmt: skip


@pytest.mark.parametrize("answer", HOSTILE)
def test_a_hostile_answer_names_no_passkey(browse: Any, answer: str) -> None:
    assert credential_in(answer) == ""
    assert read_new("new", "no question", answer, NOON) is None
    assert read_use(None, "use", "no question", answer, NOON) is None
    sent = {"credential": answer, "question": answer}
    assert browse().post("/nl/passkey", data=sent).status_code < 500


def test_a_passkey_is_named_by_its_credential() -> None:
    assert credential_in('{"id": "eHh4eA", "type": "public-key"}') == "eHh4eA"

"""One reader of e-mail addresses."""

import pytest

from consult.foundation.core.mail_addresses import tidy_address


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Pia@Consult.Example", "pia@consult.example"),
        ("\u200bpia@consult.example\u00a0", "pia@consult.example"),
        ("\ufeff pia@consult.example\u200e\r\n", "pia@consult.example"),
        ("pia+plan@mail.consult.example", "pia+plan@mail.consult.example"),
        ("jos\u00e9@consult.example", "jos\u00e9@consult.example"),
    ],
)
def test_a_good_address_is_kept_in_small_letters(typed: str, kept: str) -> None:
    assert tidy_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "@", "a@b", "a@localhost", "a@", "@b.example", "a b@c.example", "a@b..example",
        "p\u200bia@consult.example", "a@b.example,c@d.example", "a@b.example\nBcc: c@d.example",
        "a@[127.0.0.1]", "a" * 65 + "@b.example", "a@" + "b" * 250 + ".example",
        "a@b.example" * 900,
        "Pia <pia@consult.example>", "mailto:pia@consult.example\x00",
    ],
)  # fmt: skip
def test_what_is_no_address_is_none(typed: str) -> None:
    assert tidy_address(typed) is None

import pytest

from consult.interfaces.exchange.format.names import alias_for, aliases, slug_for


@pytest.mark.parametrize(
    ("source", "slug"),
    [
        ("ronde-1", "ronde-1"),
        ("london.youth.policing", "london.youth.policing"),
        ("Ronde één!", "ronde-een"),
        ("..", "round"),
        ("a--b", "a-b"),
        ("日本", "riben"),
        ("План 1", "plan-1"),
        ("new", "round-new"),
        ("\u200b\u3164", "round"),
        ("x" * 90, "x" * 80),
    ],
)
def test_a_round_keeps_its_id_where_it_can(source: str, slug: str) -> None:
    assert slug_for(source) == slug
    assert slug_for(slug) == slug


def test_an_alias_is_stable_and_belongs_to_its_round() -> None:
    assert alias_for("42", "ronde-1") == alias_for("42", "ronde-1")
    assert alias_for("42", "ronde-1") != alias_for("42", "ronde-2")
    assert alias_for("42", "ronde-1") != alias_for("43", "ronde-1")
    assert len(alias_for("42", "ronde-1")) == len("Alias 7f3a-k2qx")


def test_aliases_of_a_large_round_are_all_different() -> None:
    given = aliases((str(n) for n in range(20_000)), "salt")
    assert len(set(given.values())) == 20_000
    assert given["7"] == alias_for("7", "salt")


def test_aliases_that_are_alike_become_longer_whatever_the_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("consult.interfaces.exchange.format.names.ALIAS_LENGTH", 1)
    ids = [str(n) for n in range(100)]
    given = aliases(ids, "salt")
    assert len(set(given.values())) == 100
    assert aliases(reversed(ids), "salt") == given

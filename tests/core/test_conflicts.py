"""A conflict page names every field by its label, never by its name in the form."""

import re
from pathlib import Path

import pytest
from flask import Flask

from consult.consultation.proposals.texts import ProposalText, prose_of
from consult.foundation.core.conflicts import refuse_stale
from consult.foundation.core.errors import Conflict
from consult.foundation.core.forms import label_of

CONSULT = Path(__file__).parents[2] / "consult"


def test_every_field_of_a_proposal_has_a_label(app: Flask) -> None:
    with app.test_request_context("/en/"):
        stored = ProposalText(as_typed={"amount": "veel"})
        with pytest.raises(Conflict) as refused:
            refuse_stale(1, 2, prose_of(ProposalText(amount_cents=100)), prose_of(stored))
        assert str(refused.value.labels["amount"]) == "What does it cost, in euros?"
        raw = [name for name, label in refused.value.labels.items() if str(label) in {name, ""}]
        assert raw == []


def test_a_field_that_no_form_labels_brings_its_label(app: Flask) -> None:
    """Some give no label: those are names of fields that a form knows."""
    bare = [
        name
        for path in CONSULT.rglob("*.py")
        if "-> Fields" in (source := path.read_text())
        for name in re.findall(r'\("(\w+)", "",', source)
    ]
    with app.test_request_context("/en/"):
        assert [name for name in bare if label_of(name) in {None, name}] == []

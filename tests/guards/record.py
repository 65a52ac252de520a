"""Guards of the record as outsiders see it: what is opened, sealed, cosigned, and what is kept."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "Nothing is opened of what the public may not read",
        within="_may",
        old="return can(_ANYBODY, action, subject, now)",
        new="return True",
        tests=("verification/test_opening.py::test_nothing_is_opened_of_what_waits",),
    ),
    Guard(
        "A round for its participants is opened to nobody",
        within="_may",
        old="return can(_ANYBODY, action, subject, now)",
        new="return getattr(subject, 'published_at', None) is not None",
        tests=("verification/test_opening.py::test_a_round_for_its_participants_stays_closed",),
    ),
    Guard(
        "An event is opened only where the public may know of every row that it names",
        within="opened_event",
        old="if any(rows.openness(name) is Openness.CLOSED for name in {subject, *named}):",
        new="if False:",
        tests=("verification/test_opening.py::test_nothing_is_opened_of_what_waits",),
    ),
    Guard(
        "Of a row whose text is not public nothing is opened",
        within="opened_event",
        old="        if rows.openness(row) is Openness.SHOWN\n",
        new="        if rows.openness(row) is not Openness.CLOSED\n",
        tests=("test_what_was_hidden_is_taken_back_but_not_that_it_was",),
    ),
    Guard(
        "Only what a row says now is opened",
        within="_opened_fields",
        old="        and field_digest(salt, value) == digests[name]\n",
        new="",
        tests=("test_a_text_from_before_it_was_changed_stays_closed",),
    ),
    Guard(
        "Only public columns are opened",
        within="PublicRows",
        old=' if field.rsplit(".", 1)[1] in table.public',
        new="",
        tests=("verification/test_opening.py::test_nobody_is_named",),
    ),
    Guard(
        "A comment is opened only with the proposal that it is about",
        within="PublicRows",
        old="return min(judged, openness_of(about, self.now)) if about else Openness.CLOSED",
        new="return judged",
        tests=("test_a_comment_goes_with_the_proposal_that_it_is_about",),
    ),
    Guard(
        "The work before something was published is not opened",
        within="opened_event",
        old="if event.verb in _ONCE_PUBLISHED and not rows.was_public(subject, event.at):",
        new="if False:",
        tests=("test_the_work_before_a_commitment_was_published_stays_closed",),
    ),
    Guard(
        "What was erased stays closed",
        within="opened_event",
        old="or detail.erased_at is not None:",
        new="or False:",
        tests=("verification/test_opening.py::test_an_erased_event_is_not_opened",),
    ),
    Guard(
        "A field that is left out of a version leaves its seal and loses its salt",
        within="leave_out",
        old="if at != change.pointer}",
        new="}",
        tests=(
            "approvals/test_sealing.py::test_what_is_left_out_stays_sealed_and_the_digest_holds",
        ),
    ),
    Guard(
        "What is not shown of a version is not opened in its proof",
        within="opened_text",
        old="if pointer not in left_out",
        new="if True",
        tests=("test_what_is_not_shown_for_another_reason_stays_sealed_too",),
    ),
    Guard(
        "A cosignature of nobody that the operator named is refused",
        within="take_cosignatures",
        old="if not signed:",
        new="if False:",
        tests=("verification/test_witnessing.py::test_anything_else_is_refused",),
    ),
    Guard(
        "A cosignature of another checkpoint is refused",
        within="take_cosignatures",
        old="if kept is None or kept.text != note.text:",
        new="if kept is None:",
        tests=("verification/test_witnessing.py::test_another_tree_of_the_same_size_is_refused",),
    ),
    Guard(
        "Figures are closed unless the operator opens them",
        within="figures",
        old='if not current_app.config["METRICS"]:',
        new="if False:",
        tests=("test_they_are_closed_unless_the_operator_opens_them",),
    ),
    Guard(
        "A key that somebody made meanwhile is not replaced",
        within="write_whole",
        old="            if replace:\n",
        new="            if True:\n",
        tests=("test_a_key_that_somebody_made_meanwhile_stays",),
    ),
)

"""Rounds that go in and out as files: what is refused, and what the public never gets."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "The public export of a round holds what is public only",
        within="public_proposal",
        old="return Proposal.state == PUBLISHED",
        new="return Proposal.state != DRAFT",
        tests=("exchange/test_exporting.py::test_the_public_export_holds_no_private_string",),
    ),
    Guard(
        "The public export of a round names nobody",
        within="proposals",
        old="author=row.writer if export.complete else None",
        new="author=row.writer",
        tests=("test_the_public_export_holds_no_private_string",),
    ),
    Guard(
        "In the public export no answer leads to a hidden comment",
        within="_comments",
        old="shown = true() if export.complete else parent.state == PUBLISHED",
        new="shown = true()",
        tests=("test_the_public_export_holds_no_private_string",),
    ),
    Guard(
        "Positions are public as counts only",
        within="positions",
        old="    if not export.complete:\n        return\n",
        new="",
        tests=("test_the_public_export_holds_no_private_string",),
    ),
    Guard(
        "A round that the public may not read is not exported",
        within="find_round",
        old="ensure(actor, Action.PLATFORM_ADMINISTER if complete else Action.ROUND_READ",
        new="if complete:\n        ensure(actor, Action.PLATFORM_ADMINISTER",
        tests=("test_a_round_that_the_public_may_not_read_is_not_exported",),
    ),
    Guard(
        "One bad line refuses the whole import",
        within="import_rounds",
        old="if staged.problem_count and not options.keep_going:",
        new="if False:",
        tests=("test_one_bad_line_refuses_all_and_leaves_everything_untouched",),
    ),
    Guard(
        "A theme that the plan lacks is refused",
        within="_unknown_theme",
        old="t.source = l.source AND t.name = l.theme",
        new="t.source = l.source",
        tests=("test_a_theme_that_the_plan_lacks_is_refused_by_name",),
    ),
    Guard(
        "The id of an import is not given again with other content",
        within="_changed",
        old="WHERE k.digest <> l.digest AND NOT l.bad",
        new="WHERE k.digest <> l.digest AND 0",
        tests=("exchange/test_importing.py::test_the_same_id_with_other_content_is_refused",),
    ),
    Guard(
        "What was imported before is known and not stored again",
        within="_compare",
        old="staged.know(source, known_lines(found))",
        new="pass",
        tests=("test_importing_again_changes_nothing",),
    ),
    Guard(
        "In a round that is not announced, as one being imported, nobody moderates",
        within="_at_hand",
        old="Round.plan_id.in_(plan_ids), Round.published_at.is_not(None), ",
        new="Round.plan_id.in_(plan_ids), ",
        tests=("test_a_round_that_was_not_announced_stands_in_no_queue",),
    ),
    Guard(
        "Names in an import become aliases",
        within="Participants._name",
        old="return line.name if line.name and self.to.names else self.aliases[line.id]",
        new="return line.name or self.aliases[line.id]",
        tests=("test_names_become_aliases_unless_kept",),
    ),
    Guard(
        "Answers in a circle are refused",
        within="_depth",
        old="OR l.depth IS NULL)",
        new=")",
        tests=("test_answers_in_a_circle_are_refused",),
    ),
    Guard(
        "A line of an import holds no sign that acts on a terminal or turns text around",
        within="text",
        old="if bad := _FORBIDDEN.search(found):",
        new="if bad := None:",
        tests=("test_a_bad_value_is_refused_with_field_and_help",),
    ),
)

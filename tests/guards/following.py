"""Following: rights asked, each change once, what others follow or report unknown."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "Nobody follows what they may not read",
        within="is_readable",
        old="subject.reading is None or can(actor, subject.reading, subject.row, now)",
        new="True",
        tests=("test_nobody_follows_what_they_may_not_read",),
    ),
    Guard(
        "A comment on what was hidden is told to no follower",
        within="may_read_discussion",
        old="and may_read_proposal(person_id, proposal_id, now)",
        new="",
        tests=("test_what_is_hidden_meanwhile_is_told_to_nobody",),
    ),
    Guard(
        "Who hears of a change in another way is not told again",
        within="_but",
        old="people.where(Follow.person_id.not_in([one for one in left_out if one is not None]))",
        new="people",
        tests=("test_who_is_told_in_another_way_is_not_told_again",),
    ),
    Guard(
        "What was read on the site is not mailed again",
        within="_is_wanted",
        old="if notice.read_at is not None and topic not in AT_A_DESK:",
        new="if False:",
        tests=("test_what_was_read_on_the_site_is_not_mailed_again",),
    ),
    Guard(
        "A notice about what one may not read any more says nothing of it",
        within="_shown",
        old='notice.line if readable else "",',
        new="notice.line,",
        tests=("test_what_is_hidden_meanwhile_is_told_to_nobody",),
    ),
    Guard(
        "A notice is its reader's alone",
        within="_own",
        old="select(Notice).where(Notice.id == notice_id, Notice.person_id == reader.actor_id)",
        new="select(Notice).where(Notice.id == notice_id)",
        tests=("test_a_notice_is_read_once_and_can_be_kept_as_new",),
    ),
    Guard(
        "A feed holds what everybody reads, whoever asks",
        within="_public_round",
        old="if not is_for_everyone(found):",
        new="if False:",
        tests=("test_what_not_everybody_reads_has_no_feed_for_anybody",),
    ),
    Guard(
        "The words that somebody follows are shown to nobody else",
        within="_SHOWN",
        old='_SHOWN = _ANY.replace(f", {FollowedKind.SEARCH}", "")',
        new="_SHOWN = _ANY",
        tests=("test_nobody_learns_which_words_others_follow",),
    ),
    Guard(
        "Who reported a text is known to nobody but who answers that",
        within="open_item",
        old="open_reports(found) if can(actor, Action.REPORTS_DISMISS, found, now) else []",
        new="open_reports(found)",
        tests=("test_a_moderator_does_not_answer_reports_about_their_own_text",),
    ),
    Guard(
        "A line about a report does not say the title of what was reported",
        within="settle_reports",
        old="reported=proposal,",
        new="proposal=proposal, reported=proposal,",
        tests=("test_from_the_report_to_the_answer",),
    ),
)

"""What topics and frequencies are called, and why somebody gets a mail."""

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence
from consult.foundation.notifications.kinds import Frequency, Topic

TOPICS: dict[Topic, Sentence] = {
    Topic.CONTRIBUTION: _l("What becomes of my contribution"),
    Topic.REPLIES: _l("Replies"),
    Topic.ROUNDS: _l("Rounds"),
    Topic.MEETINGS: _l("Meetings"),
    Topic.MEMBERSHIP: _l("Mandates and memberships"),
    Topic.QUEUE: _l("The queue"),
    Topic.WARNINGS: _l("Warnings for organisers"),
    Topic.FOLLOWING: _l("What I follow"),
    Topic.RECORD: _l("Keeping the record honest"),
    Topic.SECURITY: _l("Security and invitations"),
}
TOPIC_EXPLANATIONS: dict[Topic, Sentence] = {
    Topic.CONTRIBUTION: _l(
        "A moderator decided about it, or it is answered. Receipts always come: they are your"
        " proof."
    ),
    Topic.REPLIES: _l("Somebody comments on your proposal, or answers your comment."),
    Topic.ROUNDS: _l(
        "A round opens, closes in three days, is answered, moved or cancelled. You hear this as"
        " a member of a body, and of rounds in which you took part or that you follow."
    ),
    Topic.MEETINGS: _l("A meeting is planned, moved or reported on."),
    Topic.MEMBERSHIP: _l("Somebody asks for a mandate, or yours begins or ends."),
    Topic.QUEUE: _l("Something arrives that waits for a moderator."),
    Topic.WARNINGS: _l("Something must not be forgotten."),
    Topic.FOLLOWING: _l(
        "Something new about a plan, a theme, a round, a proposal, a commitment or a search that"
        " you follow."
    ),
    Topic.RECORD: _l(
        "On Monday you get the checkpoint of the public log. Whoever keeps one can see later"
        " whether anything was changed."
    ),
    Topic.SECURITY: _l("These always come, at once."),
}
FREQUENCIES: dict[Frequency, Sentence] = {
    Frequency.IMMEDIATELY: _l("At once"),
    Frequency.DAILY: _l("Once a day, at half past seven"),
    Frequency.WEEKLY: _l("Once a week, on Monday"),
    Frequency.SITE: _l("Only on this site"),
    Frequency.OFF: _l("Never"),
}
BECAUSE: dict[Topic, Sentence] = {
    Topic.CONTRIBUTION: _l("You get this mail because you handed something in."),
    Topic.REPLIES: _l("You get this mail because somebody reacted to what you wrote."),
    Topic.ROUNDS: _l(
        "You get this mail because you belong to a body that the round addresses, took part or"
        " follow it."
    ),
    Topic.MEETINGS: _l("You get this mail because you belong to the body that meets."),
    Topic.MEMBERSHIP: _l("You get this mail because it is about your mandates or memberships."),
    Topic.QUEUE: _l("You get this mail because you moderate or organise this plan."),
    Topic.WARNINGS: _l("You get this mail because you organise this plan."),
    Topic.FOLLOWING: _l("You get this mail because you follow this."),
    Topic.RECORD: _l("You get this mail because you chose to keep checkpoints of the log."),
    Topic.SECURITY: _l("You get this mail because it is about your account. It is always sent."),
}
BECAUSE_RECEIPT = _l(
    "You get this mail because you handed something in. A receipt is always sent: it is your proof."
)
BECAUSE_DIGEST = _l(
    "You get this mail because you chose to hear of these things once a day or week."
)
LABELS = (TOPICS, FREQUENCIES)

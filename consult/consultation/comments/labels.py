"""What the states of a contribution and the kinds of comments are called."""

from flask_babel import lazy_gettext as _l

from consult.consultation.comments.models import (
    Alignment,
    AuthorRole,
    CommentKind,
    ContributionState,
)

STATES = {
    ContributionState.DRAFT: _l("Draft"),
    ContributionState.PENDING: _l("Waiting for a moderator"),
    ContributionState.PUBLISHED: _l("Published"),
    ContributionState.RETURNED: _l("Returned to the author"),
    ContributionState.HIDDEN: _l("Hidden"),
    ContributionState.WITHDRAWN: _l("Withdrawn"),
    ContributionState.LATE: _l("Received late"),
    ContributionState.NOT_FOR_PUBLICATION: _l("Not for publication"),
}
WHAT_COMES_NEXT = {
    ContributionState.PENDING: _l(
        "A moderator looks at it before it is public. You get a mail when that is done."
    ),
    ContributionState.PUBLISHED: _l(
        "Everybody can read it now. A moderator looks at it afterwards."
    ),
    ContributionState.LATE: _l(
        "An organiser decides whether it is admitted. You get a mail about it."
    ),
    ContributionState.NOT_FOR_PUBLICATION: _l(
        "The people who work on the plan read it. As you want it, it is not published."
    ),
    ContributionState.WITHDRAWN: _l("Its place stays, so that what refers to it stays right."),
}
"""What comes next for whoever handed it in."""
KINDS = {
    CommentKind.REACTION: _l("Reaction"),
    CommentKind.QUESTION: _l("Question"),
    CommentKind.SUGGESTION: _l("Suggested wording"),
    CommentKind.DISSENT: _l("Dissenting note"),
    CommentKind.MISSING: _l("Something is missing"),
    CommentKind.ELSEWHERE: _l("This belongs elsewhere"),
}
ALIGNMENTS = {
    Alignment.IN_FAVOUR: _l("In favour"),
    Alignment.NEUTRAL: _l("Neither for nor against"),
    Alignment.AGAINST: _l("Against"),
}
ROLES = {
    AuthorRole.PARTICIPANT: _l("A participant"),
    AuthorRole.ORGANISATION: _l("An organisation"),
    AuthorRole.GOVERNMENT: _l("The government itself"),
    AuthorRole.MEETING: _l("A meeting"),
}
LABELS = (STATES, KINDS, ALIGNMENTS, ROLES)

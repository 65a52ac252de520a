"""THE table: who may do what, when. docs/permissions.md is printed from it.

An action is allowed when all questions of one of its alternatives are answered yes. Questions
that hide stand first, so that a refusal never tells a stranger that something exists.
"""

from consult.foundation.policy.actions import Action
from consult.foundation.policy.questions import Question as Q

Alternative = tuple[Q, ...]

_READS_ROUND: tuple[Alternative, ...] = (
    (Q.ROUND_ANNOUNCED, Q.ROUND_READABLE),
    (Q.TEAM,),
    (Q.ADMINISTRATOR,),
)
_MODERATES: Alternative = (Q.SIGNED_IN, Q.MODERATOR, Q.NOT_OWN)
_ORGANISES: Alternative = (Q.SIGNED_IN, Q.ORGANISER)
_ADMINISTERS: Alternative = (Q.SIGNED_IN, Q.ADMINISTRATOR)
_IS_CONTACT: Alternative = (Q.SIGNED_IN, Q.CONTACT)

TABLE: dict[Action, tuple[Alternative, ...]] = {
    Action.PLATFORM_ADMINISTER: (_ADMINISTERS, (Q.THE_PLATFORM,)),
    Action.HOME_READ: ((Q.SIGNED_IN,),),
    Action.ACCOUNT_MANAGE_OWN: ((Q.SIGNED_IN,),),
    Action.FOLLOW_BEGIN: ((Q.READABLE, Q.SIGNED_IN),),
    Action.MAILS_READ: ((Q.DEMONSTRATION,),),
    # Privacy
    Action.MY_DATA_KEEP: ((Q.SIGNED_IN,),),
    Action.MY_DATA_DOWNLOAD: ((Q.OWN_EXPORT,),),
    Action.PERSON_MANAGE: (_ADMINISTERS, (Q.THE_PLATFORM,)),
    Action.RETENTION_READ: (_ADMINISTERS,),
    Action.INCIDENT_KEEP: (_ADMINISTERS,),
    Action.PUBLISHER_MANAGE: (_ADMINISTERS, (Q.THE_PLATFORM,)),
    # The frame
    Action.BODY_MANAGE: (_ORGANISES, _ADMINISTERS),
    Action.ORGANISATION_MANAGE: (_ORGANISES, _ADMINISTERS),
    Action.INVITATION_LIST: (_ORGANISES, _ADMINISTERS),
    Action.INVITATION_SEND: (_ORGANISES, _ADMINISTERS),
    Action.INVITATION_LIST_OWN: ((Q.SIGNED_IN,),),
    Action.INVITATION_ANSWER: ((Q.SIGNED_IN, Q.INVITED, Q.INVITATION_OPEN),),
    Action.MANDATE_RECORD: (_ORGANISES, _ADMINISTERS),
    Action.MANDATE_PROVE: ((Q.THE_PLATFORM,),),
    Action.MANDATE_LIST: (_ORGANISES, _ADMINISTERS, _IS_CONTACT),
    Action.MANDATE_ASK: ((Q.SIGNED_IN,),),
    Action.PLACE_ASK: ((Q.SIGNED_IN,),),
    Action.MANDATE_DECIDE: (_ORGANISES, _ADMINISTERS, _IS_CONTACT),
    Action.MANDATE_CONFIRM: (_IS_CONTACT,),
    Action.MANDATE_END: (_ORGANISES, _ADMINISTERS, _IS_CONTACT, (Q.SIGNED_IN, Q.SPEAKER)),
    Action.MEETING_READ: (
        (Q.SIGNED_IN, Q.BODY_MEMBER),
        _ORGANISES,
        _ADMINISTERS,
        (Q.MEETING_PUBLISHED,),
    ),
    Action.MEETING_PLAN: (
        (*_ORGANISES, Q.MEETING_PLANNED),
        (*_ADMINISTERS, Q.MEETING_PLANNED),
    ),
    Action.MEETING_ATTACH: (
        (*_ORGANISES, Q.MEETING_STANDS),
        (*_ADMINISTERS, Q.MEETING_STANDS),
    ),
    Action.MEETING_MINUTE: (
        (*_ORGANISES, Q.MEETING_STANDS, Q.MEETING_BEGUN),
        (*_ADMINISTERS, Q.MEETING_STANDS, Q.MEETING_BEGUN),
    ),
    Action.MEETING_PUBLISH: (
        (*_ORGANISES, Q.MEETING_HELD),
        (*_ADMINISTERS, Q.MEETING_HELD),
    ),
    Action.MEETING_CANCEL: (
        (*_ORGANISES, Q.MEETING_PLANNED),
        (*_ADMINISTERS, Q.MEETING_PLANNED),
    ),
    Action.PLAN_CREATE: (_ADMINISTERS, (Q.THE_PLATFORM,)),
    Action.PLAN_MANAGE: (_ORGANISES, _ADMINISTERS),
    Action.ROLE_GRANT: (_ORGANISES, _ADMINISTERS),
    Action.ROUND_READ: _READS_ROUND,
    Action.ROUND_CREATE: (_ORGANISES, (Q.THE_PLATFORM,)),
    Action.SHEET_IMPORT: ((Q.SIGNED_IN, Q.OWN_UPLOAD, Q.ORGANISER),),
    Action.ROUND_VIEW_DESK: (_ORGANISES,),
    Action.ROUND_MANAGE: ((Q.SIGNED_IN, Q.ORGANISER, Q.ROUND_NOT_OVER),),
    Action.ROUND_PUBLISH: ((Q.SIGNED_IN, Q.ORGANISER, Q.ROUND_IS_DRAFT),),
    Action.ROUND_CANCEL: ((Q.SIGNED_IN, Q.ORGANISER, Q.ROUND_NOT_OVER),),
    Action.ROUND_EXPORT_COMPLETE: (_ORGANISES, (Q.THE_PLATFORM,)),
    # What people say
    Action.COMMENT_ADD: (
        (
            Q.TEXT_PUBLIC,
            Q.ROUND_READABLE,
            Q.SIGNED_IN,
            Q.TAKES_PART,
            Q.COMMENTS_TAKEN,
            Q.ROUND_OPENED,
        ),
    ),
    Action.COMMENT_REVISE: ((Q.SIGNED_IN, Q.AUTHOR, Q.RETURNED, Q.ROUND_UNANSWERED),),
    Action.COMMENT_WITHDRAW: ((Q.SIGNED_IN, Q.AUTHOR, Q.WITHDRAWABLE),),
    Action.COMMENT_AGREE_TO_PUBLISH: ((Q.SIGNED_IN, Q.AUTHOR, Q.NOT_FOR_PUBLICATION),),
    Action.PROPOSAL_READ: (
        (Q.ROUND_ANNOUNCED, Q.ROUND_READABLE, Q.PUBLIC),
        (Q.SIGNED_IN, Q.AUTHOR),
        (Q.SIGNED_IN, Q.HANDED_IN, Q.TEAM),
    ),
    Action.PROPOSAL_LIST_OWN: ((Q.SIGNED_IN,),),
    Action.PROPOSAL_LIST_ALL: ((Q.SIGNED_IN, Q.TEAM),),
    Action.PROPOSAL_DRAFT: (
        (
            Q.ROUND_ANNOUNCED,
            Q.ROUND_READABLE,
            Q.SIGNED_IN,
            Q.TAKES_PART,
            Q.PROPOSALS_TAKEN,
            Q.ROUND_OPENED,
            Q.ROUND_OPEN,
        ),
    ),
    Action.PROPOSAL_EDIT_DRAFT: ((Q.SIGNED_IN, Q.AUTHOR, Q.DRAFT),),
    Action.PROPOSAL_SUBMIT: (
        (
            Q.ROUND_ANNOUNCED,
            Q.ROUND_READABLE,
            Q.SIGNED_IN,
            Q.TAKES_PART,
            Q.PROPOSALS_TAKEN,
            Q.ROUND_OPENED,
        ),
    ),
    Action.PROPOSAL_SUBMIT_DRAFT: (
        (
            Q.SIGNED_IN,
            Q.AUTHOR,
            Q.DRAFT,
            Q.ROUND_ANNOUNCED,
            Q.ROUND_READABLE,
            Q.TAKES_PART,
            Q.PROPOSALS_TAKEN,
            Q.ROUND_OPENED,
        ),
    ),
    Action.PROPOSAL_REVISE: (
        (Q.SIGNED_IN, Q.AUTHOR, Q.PROPOSALS_TAKEN, Q.REVISABLE, Q.ROUND_OPEN),
        (Q.SIGNED_IN, Q.AUTHOR, Q.PROPOSALS_TAKEN, Q.RETURNED, Q.ROUND_UNANSWERED),
    ),
    Action.PROPOSAL_COSIGN: (
        (
            Q.TEXT_PUBLIC,
            Q.ROUND_READABLE,
            Q.SIGNED_IN,
            Q.TAKES_PART,
            Q.PROPOSALS_TAKEN,
            Q.ROUND_OPENED,
            Q.ROUND_OPEN,
        ),
    ),
    Action.PROPOSAL_WITHDRAW: ((Q.SIGNED_IN, Q.AUTHOR, Q.WITHDRAWABLE),),
    Action.PROPOSAL_AGREE_TO_PUBLISH: ((Q.SIGNED_IN, Q.AUTHOR, Q.NOT_FOR_PUBLICATION),),
    Action.PROPOSAL_RECORD: (
        (Q.SIGNED_IN, Q.ORGANISER, Q.PROPOSALS_TAKEN, Q.ROUND_OPENED, Q.ROUND_UNANSWERED),
    ),
    Action.PROPOSAL_READ_TEXT: (
        (Q.ROUND_ANNOUNCED, Q.ROUND_READABLE, Q.TEXT_PUBLIC),
        (Q.SIGNED_IN, Q.AUTHOR),
        (Q.SIGNED_IN, Q.HANDED_IN, Q.TEAM),
    ),
    Action.PROPOSAL_READ_VERSIONS: (
        (Q.SIGNED_IN, Q.AUTHOR),
        (Q.SIGNED_IN, Q.HANDED_IN, Q.TEAM),
    ),
    Action.POSITION_TAKE: (
        (
            Q.TEXT_PUBLIC,
            Q.ROUND_READABLE,
            Q.SIGNED_IN,
            Q.TAKES_PART,
            Q.POSITIONS_TAKEN,
            Q.ROUND_OPENED,
            Q.ROUND_OPEN,
        ),
    ),
    Action.STATEMENT_SUBMIT: (
        (
            Q.ROUND_ANNOUNCED,
            Q.ROUND_READABLE,
            Q.SIGNED_IN,
            Q.TAKES_PART,
            Q.STATEMENTS_TAKEN,
            Q.ROUND_OPENED,
        ),
    ),
    Action.STATEMENT_REVISE: (
        (Q.SIGNED_IN, Q.AUTHOR, Q.STATEMENTS_TAKEN, Q.RETURNED, Q.ROUND_UNANSWERED),
    ),
    Action.THEME_CHANGE: ((*_ORGANISES, Q.THEMES_ASKED, Q.ROUND_CLOSED),),
    Action.VOTE_BEGIN: (
        (
            Q.ROUND_ANNOUNCED,
            Q.ROUND_READABLE,
            Q.SIGNED_IN,
            Q.TAKES_PART,
            Q.VOTES_TAKEN,
            Q.ROUND_OPENED,
            Q.ROUND_OPEN,
        ),
    ),
    Action.VOTE_CAST: (
        (
            Q.TEXT_PUBLIC,
            Q.ROUND_READABLE,
            Q.SIGNED_IN,
            Q.TAKES_PART,
            Q.VOTES_TAKEN,
            Q.ROUND_OPENED,
            Q.ROUND_OPEN,
        ),
    ),
    # What may be seen
    Action.MODERATION_VIEW_QUEUE: ((Q.SIGNED_IN, Q.MODERATOR), _ORGANISES),
    Action.MODERATION_READ_LOG: _READS_ROUND,
    Action.CONTRIBUTION_CURATE: (
        (Q.SIGNED_IN, Q.HANDED_IN, Q.MODERATOR),
        (Q.SIGNED_IN, Q.HANDED_IN, Q.ORGANISER),
    ),
    Action.CONTRIBUTION_PUBLISH: ((*_MODERATES, Q.FOR_PUBLICATION, Q.PENDING),),
    Action.CONTRIBUTION_RETURN: ((*_MODERATES, Q.PENDING),),
    Action.CONTRIBUTION_HIDE: ((*_MODERATES, Q.HIDEABLE),),
    Action.CONTRIBUTION_RESTORE: ((*_MODERATES, Q.FOR_PUBLICATION, Q.HIDDEN),),
    Action.CONTRIBUTION_ADMIT: ((*_ORGANISES, Q.NOT_OWN, Q.LATE),),
    Action.CONTRIBUTION_KEEP: ((*_MODERATES, Q.PUBLISHED, Q.UNREVIEWED),),
    Action.CONTRIBUTION_CONFIRM: ((*_MODERATES, Q.HIDDEN, Q.SECOND_LOOK),),
    Action.CONTRIBUTION_REVERSE: ((*_MODERATES, Q.HIDDEN, Q.SECOND_LOOK),),
    Action.CONTRIBUTION_REDACT: ((*_MODERATES, Q.HANDED_IN, Q.FOR_PUBLICATION),),
    Action.REDACTION_OPEN: (
        (Q.SIGNED_IN, Q.HANDED_IN, Q.MODERATOR),
        (Q.SIGNED_IN, Q.HANDED_IN, Q.ORGANISER),
    ),
    Action.CONTRIBUTION_CLAIM: ((*_MODERATES, Q.HANDED_IN),),
    Action.CONTRIBUTION_DISCUSS: (
        (*_MODERATES, Q.HANDED_IN),
        (*_ORGANISES, Q.NOT_OWN, Q.HANDED_IN),
    ),
    Action.DECISION_TAKE_BACK: ((Q.SIGNED_IN, Q.OWN_DECISION, Q.MODERATOR, Q.DECISION_HELD),),
    Action.MODERATION_SET_RULES: ((Q.SIGNED_IN, Q.MODERATOR), _ORGANISES),
    Action.CONTRIBUTION_REPORT: (
        (Q.ROUND_ANNOUNCED, Q.ROUND_READABLE, Q.TEXT_PUBLIC, Q.SIGNED_IN),
    ),
    Action.REPORTS_DISMISS: ((*_MODERATES, Q.PUBLISHED),),
    # What becomes of it
    Action.RESPONSES_VIEW_DESK: (_ORGANISES,),
    Action.RESPONSE_PREPARE: (
        (*_ORGANISES, Q.PUBLISHED),
        (*_ORGANISES, Q.NOT_FOR_PUBLICATION),
    ),
    Action.RESPONSES_PUBLISH: ((*_ORGANISES, Q.ROUND_CLOSED, Q.ROUND_UNANSWERED),),
    Action.SUMMARY_READ: (
        (Q.ROUND_ANNOUNCED, Q.ROUND_READABLE, Q.PUBLISHED_SUMMARY),
        (Q.SIGNED_IN, Q.TEAM),
    ),
    Action.SUMMARY_WRITE: (_ORGANISES,),
    Action.SUMMARY_PUBLISH: ((*_ORGANISES, Q.ROUND_CLOSED),),
    Action.COMMITMENT_READ: ((Q.PUBLISHED_COMMITMENT,), (Q.SIGNED_IN, Q.TEAM)),
    Action.COMMITMENT_WRITE: (_ORGANISES,),
    Action.COMMITMENT_PUBLISH: ((*_ORGANISES, Q.UNPUBLISHED_COMMITMENT),),
    Action.VERSION_FREEZE: (_ORGANISES,),
    Action.VERSION_REDACT: (_ORGANISES, _ADMINISTERS),
}


def alternatives(action: Action) -> tuple[Alternative, ...]:
    """Return the alternatives of an action."""
    return TABLE[action]


def needs_sign_in(action: Action) -> bool:
    """Whether every alternative asks for a sign-in, whatever the subject."""
    return all(Q.SIGNED_IN in alternative for alternative in TABLE[action])

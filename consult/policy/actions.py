"""The names of everything a person can do. The table says who may."""

import enum


class Action(enum.StrEnum):
    """Something a person can do: concept and verb."""

    PLATFORM_ADMINISTER = "platform.administer"
    HOME_READ = "home.read"
    MAILS_READ = "mails.read"

    BODY_MANAGE = "body.manage"
    ORGANISATION_MANAGE = "organisation.manage"
    MANDATE_LIST = "mandate.list"
    MANDATE_ASK = "mandate.ask"
    MANDATE_DECIDE = "mandate.decide"
    MANDATE_CONFIRM = "mandate.confirm"
    MANDATE_END = "mandate.end"
    MANDATE_RECORD = "mandate.record"
    MANDATE_PROVE = "mandate.prove"

    PLAN_CREATE = "plan.create"
    PLAN_MANAGE = "plan.manage"
    ROLE_GRANT = "role.grant"

    ROUND_READ = "round.read"
    ROUND_CREATE = "round.create"
    ROUND_VIEW_DESK = "round.view_desk"
    ROUND_MANAGE = "round.manage"
    ROUND_PUBLISH = "round.publish"
    ROUND_CANCEL = "round.cancel"

    COMMENT_ADD = "comment.add"
    COMMENT_REVISE = "comment.revise"
    COMMENT_WITHDRAW = "comment.withdraw"

    PROPOSAL_READ = "proposal.read"
    PROPOSAL_LIST_OWN = "proposal.list_own"
    PROPOSAL_DRAFT = "proposal.draft"
    PROPOSAL_EDIT_DRAFT = "proposal.edit_draft"
    PROPOSAL_SUBMIT = "proposal.submit"
    PROPOSAL_REVISE = "proposal.revise"
    PROPOSAL_COSIGN = "proposal.cosign"
    PROPOSAL_WITHDRAW = "proposal.withdraw"
    PROPOSAL_RECORD = "proposal.record"
    PROPOSAL_READ_TEXT = "proposal.read_text"
    POSITION_TAKE = "position.take"

    MODERATION_VIEW_QUEUE = "moderation.view_queue"
    MODERATION_READ_LOG = "moderation.read_log"
    CONTRIBUTION_CURATE = "contribution.curate"
    CONTRIBUTION_PUBLISH = "contribution.publish"
    CONTRIBUTION_RETURN = "contribution.return"
    CONTRIBUTION_HIDE = "contribution.hide"
    CONTRIBUTION_RESTORE = "contribution.restore"
    CONTRIBUTION_ADMIT = "contribution.admit"
    CONTRIBUTION_KEEP = "contribution.keep"

    RESPONSES_VIEW_DESK = "responses.view_desk"
    RESPONSE_PREPARE = "response.prepare"
    RESPONSES_PUBLISH = "responses.publish"
    SUMMARY_READ = "summary.read"
    SUMMARY_WRITE = "summary.write"
    SUMMARY_PUBLISH = "summary.publish"
    COMMITMENT_READ = "commitment.read"
    COMMITMENT_WRITE = "commitment.write"
    COMMITMENT_PUBLISH = "commitment.publish"
    VERSION_FREEZE = "version.freeze"

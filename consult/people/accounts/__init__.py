"""Accounts: a person who signs in, or who was imported from elsewhere and never will.

A person has a name to show, a language and, to sign in, an e-mail address that is never public.
An account is active or closed; a closed one keeps its contributions under a neutral name.
"""

from flask import Flask
from sqlalchemy.orm import Session

from consult.foundation.core.labels import add_labels
from consult.foundation.core.lazy_pages import bring_pages
from consult.foundation.core.people import add_grants, needs_second_factor
from consult.foundation.core.registries import listen_once
from consult.foundation.jobs.services import handle
from consult.foundation.notifications.kinds import Topic, declare
from consult.foundation.notifications.readers import add_finder
from consult.foundation.personal_data.closing import add_fact, add_obstacle
from consult.foundation.personal_data.export_parts import personal_data
from consult.foundation.personal_data.retention import register_rules
from consult.foundation.policy.questions import answer
from consult.foundation.record.rows import record_rows
from consult.lazy import lazy
from consult.people.accounts import (
    account_mails,
    answers,
    factors,
    labels,
    models,
    notices,
    personal,
    platform_roles,
    recipients,
    services,
)


def init_app(app: Flask) -> None:
    """Register who a person is, the ways to sign in, the mails about it and the pages."""
    add_labels(*labels.LABELS)
    add_grants(models.GRANTS, notices.GRANTS)
    needs_second_factor("platform", "administrator")
    listen_once(models.Person, "expire", models.forget_grants)
    record_rows(models.HeldPlatformRole)
    listen_once(Session, "after_flush", platform_roles.note_platform_roles)
    answer(answers.ANSWERS)

    declare(Topic.SECURITY, *account_mails.KINDS, factors.CHANGED, services.PASSWORD_CHANGED)
    add_finder(recipients.people_with_address)
    handle("account-letter", account_mails.write_letter)

    personal_data(*personal.PARTS)
    add_fact(personal.second_factor)
    add_obstacle(personal.last_administrator)
    register_rules(*personal.RULES)

    app.jinja_env.globals["unread_notices"] = notices.unread_notices
    bring_pages(app, lazy("consult.people.accounts.views:init_pages"))

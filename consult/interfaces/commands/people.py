"""`flask consult people ...`: accounts, for an operator."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from consult.foundation.core.clock import now
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.interfaces.commands.sentences import in_sentences
from consult.people.accounts.factors import reset_second_factor
from consult.people.accounts.models import Person
from consult.people.accounts.passwords import hashed
from consult.people.accounts.services import (
    Registration,
    create_person,
    find_person,
    make_administrator,
    set_password,
)
from consult.people.privacy.closing import close_account
from consult.people.privacy.consents import agreed_to
from consult.people.privacy.models import ClosedBy, ConsentKind
from consult.people.privacy.suspending import restore_account, suspend_account

people = AppGroup("people", help="Make, list, change and close accounts.")


@people.command("list")
@click.option("--may-be-asked", is_flag=True, help="Only who agreed to be asked later on.")
@in_sentences
def list_people(*, may_be_asked: bool) -> None:
    """List the accounts that can sign in: address, name, and what is special about them."""
    found = (
        select(Person)
        .where(Person.email.is_not(None))
        .order_by(Person.email)
        .options(selectinload(Person.roles))
    )
    if may_be_asked:
        found = found.where(Person.id.in_(agreed_to(ConsentKind.CONTACT_LATER)), Person.active)
    for person in db.session.scalars(found):
        special = [role.name for role in person.roles]
        special += [] if person.confirmed_at else ["not confirmed"]
        special += [] if person.active else ["not active"]
        click.echo("\t".join([str(person.email), person.display_name, ", ".join(special)]).rstrip())


@people.command("create")
@click.option("--email", prompt=True)
@click.option("--name", prompt="Name, as everyone will see it")
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl")
@click.option("--administrator", is_flag=True, help="Make this person an administrator too.")
@click.password_option()
@in_sentences
def create(email: str, name: str, language: str, password: str, **flags: object) -> None:
    """Make an account."""
    wanted = Registration(email, name, language, hashed(password))
    with unit_of_work():
        person = create_person(SYSTEM, wanted, now())
        if flags["administrator"]:
            make_administrator(SYSTEM, person, now())
    click.echo(f"{person.email} can sign in.")


@people.command("make-administrator")
@click.argument("email")
@in_sentences
def administrator(email: str) -> None:
    """Make somebody an administrator of the platform."""
    with unit_of_work():
        make_administrator(SYSTEM, find_person(email), now())
    click.echo(f"{email} is an administrator.")


@people.command("set-password")
@click.argument("email")
@click.password_option()
@in_sentences
def password(email: str, password: str) -> None:
    """Set somebody's password; they are signed out everywhere."""
    secret = hashed(password)
    with unit_of_work():
        set_password(SYSTEM, find_person(email), secret, now())
    click.echo(f"The password of {email} is set.")


@people.command("reset-second-factor")
@click.argument("email")
@click.confirmation_option(
    prompt="Did you make sure who asks? App, passkeys and recovery codes go. Take them away?"
)
@in_sentences
def second_factor(email: str) -> None:
    """Take away the second factors of somebody who lost them; they are signed out everywhere."""
    with unit_of_work():
        reset_second_factor(SYSTEM, find_person(email), now())
    click.echo(f"{email} has no second factor any more, and got a mail about it.")


@people.command("suspend")
@click.argument("email")
@click.option("--reason", prompt="Reason, as the person reads it in a mail")
@in_sentences
def suspend(email: str, reason: str) -> None:
    """Suspend an account: signed out at once, and nobody signs in."""
    with current_app.test_request_context(), unit_of_work():
        suspend_account(SYSTEM, find_person(email), reason, now())
    click.echo(f"The account of {email} is suspended.")


@people.command("restore")
@click.argument("email")
@click.option("--reason", prompt="Reason, as the person reads it in a mail")
@in_sentences
def restore(email: str, reason: str) -> None:
    """Let a suspended person in again."""
    with current_app.test_request_context(), unit_of_work():
        restore_account(SYSTEM, find_person(email), reason, now())
    click.echo(f"{email} can sign in again.")


@people.command("close")
@click.argument("email")
@click.confirmation_option(prompt="The name and the address go, the texts stay. Close it?")
@in_sentences
def close(email: str) -> None:
    """Close an account."""
    with unit_of_work():
        close_account(SYSTEM, find_person(email), now(), ClosedBy.ADMINISTRATOR)
    click.echo("The account is closed.")

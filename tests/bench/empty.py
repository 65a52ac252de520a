"""An empty program of Flask-SQLAlchemy: one table, one command. What a start costs beside it."""

import os

import click
from flask import Flask
from flask.cli import AppGroup
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The tables of the program."""


db = SQLAlchemy(model_class=Base)
consult = AppGroup("consult")


class Round(Base):
    """The one table; it is that of the product."""

    __tablename__ = "round"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]


@consult.command("list-rounds")
def list_rounds() -> None:
    """List the rounds, one a line."""
    for slug in db.session.scalars(db.select(Round.slug).order_by(Round.id)):
        click.echo(slug)


def create_app() -> Flask:
    """Return the program."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["CONSULT_DATABASE_URL"]
    db.init_app(app)
    app.cli.add_command(consult)
    return app

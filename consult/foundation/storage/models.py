"""The table of the places that all nodes share."""

from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from consult.foundation.core.db import Base, Identifier, Shown, restricted


class StoragePlace(Base):
    """Which storage belongs to this database, by the mark that lies in it."""

    shown_on: ClassVar = Shown.NOWHERE

    setting: Mapped[str] = restricted(String(40), primary_key=True)
    mark: Mapped[str] = restricted(Identifier)

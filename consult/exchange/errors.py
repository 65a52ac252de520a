"""Refusals of an import."""

from consult.core.errors import Refusal


class ImportRefused(Refusal):
    """Files cannot be taken; the text has a line for each problem."""

    status = 422

"""Refusals of an import."""

from consult.foundation.core.errors import Refusal


class ImportRefused(Refusal):
    """Files cannot be taken; the text has a line for each problem."""

    status = 422

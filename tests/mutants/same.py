"""Mutants that change nothing that anybody gets, each with the reason; the next takes its place."""

from typing import NamedTuple


class Same(NamedTuple):
    """A mutant that is another program, and the same for everybody."""

    id: str
    """Its name in `python -m tests.mutants --list`; it lasts as long as its statement does."""
    module: str
    reason: str


SAME: tuple[Same, ...] = (
    Same(
        "090f7e5b",
        "consult/foundation/core/series.py",
        "the table of the last row instead of the first: all rows are of one table",
    ),
    Same(
        "7c0398f8",
        "consult/foundation/core/pages.py",
        "two rows more than a page shows are read instead of one, to know whether more follow",
    ),
    Same(
        "704c5c82",
        "consult/people/invitations/services.py",
        "without its limit the query gives more rows; only the first is looked at",
    ),
    Same(
        "02b3831e",
        "consult/foundation/files/services.py",
        "two bytes too many are read instead of one, before the file is refused as too large",
    ),
    Same(
        "f22bddb3",
        "consult/outcomes/summaries/services.py",
        "a form that says no version counts as -1 instead of 0; versions begin at 1",
    ),
    Same(
        "20371be7",
        "consult/foundation/record/queries.py",
        "the revision sums 499 numbers instead of 500, far more than can be under way at once",
    ),
    Same(
        "20817427",
        "consult/people/organisations/views/register.py",
        "a slug that was not typed is None instead of empty: both are made from the name",
    ),
    Same(
        "ab941628",
        "consult/people/accounts/services.py",
        "the first role is locked instead of the administrators': all who lock take the same row",
    ),
    Same(
        "b8e82049",
        "consult/people/accounts/views/second_factor.py",
        "the last of a list that holds one factor at most, instead of its first",
    ),
    Same(
        "c2f95e51",
        "consult/consultation/proposals/pages.py",
        "a proposal that has no number yet has no time of arrival; its page is found by number",
    ),
    Same(
        "9ffa1e7d",
        "consult/consultation/comments/queries.py",
        "an answer that answers nothing stands elsewhere; every answer says what it answers",
    ),
)

"""Whether the parts of the content fit together. Each check gives a sentence for each fault."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from consult.consultation.plans.models import Role
from consult.interfaces.demonstration import round_checks
from consult.interfaces.demonstration.round_checks import Names
from consult.interfaces.demonstration.schema import Content, DemoCommitment
from consult.interfaces.demonstration.texts import Both
from consult.outcomes.responses.models import Outcome
from consult.people.organisations.models import Sector

_TAKEN = {Outcome.ADOPTED, Outcome.ADOPTED_IN_PART}


def faults(content: Content) -> list[str]:
    """List everything that is wrong with the content."""
    found = list(_keys(content))
    if found:
        return found
    names = _names(content)
    found += [*_people(content, names), *_members(content, names), *_meetings(content, names)]
    found += _guests(content, names)
    for round_ in content.rounds:
        found += round_checks.faults(round_, names)
    if not found:
        found += _chain(content)
    return found


def _names(content: Content) -> Names:
    return Names(
        people={person.key: person for person in content.people},
        organisations={each.key: each for each in content.organisations},
        bodies={body.key: body for body in content.bodies},
        themes={theme.slug for theme in content.themes},
    )


def _keys(content: Content) -> Iterator[str]:
    """Yield the keys that stand for more than one thing."""
    said = [each.key for round_ in content.rounds for each in round_.proposals]
    said += [each.key for round_ in content.rounds for each in round_.comments]
    kinds: dict[str, Iterable[str]] = {
        "theme": [theme.slug for theme in content.themes],
        "body": [body.key for body in content.bodies],
        "organisation": [each.key for each in content.organisations],
        "person": [person.key for person in content.people],
        "e-mail address": [person.email for person in content.people],
        "round": [round_.slug for round_ in content.rounds],
        "contribution": said,
        "commitment": [commitment.key for commitment in content.commitments],
    }
    for kind, keys in kinds.items():
        for key, times in Counter(keys).items():
            if times > 1:
                yield f"The {kind} {key!r} stands there {times} times."


def _people(content: Content, names: Names) -> Iterator[str]:
    """Hold people to what is invented: nobody speaks for a real one or has a real address."""
    for person in content.people:
        where = f"The person {person.key!r}"
        for key in person.speaks_for:
            if key not in names.organisations:
                yield f"{where} speaks for {key!r}, which is no organisation here."
            elif not names.organisations[key].invented:
                yield f"{where} speaks for {key!r}, which is real: nobody speaks for it here."
        for key in person.member_of:
            if key not in names.bodies:
                yield f"{where} is a member of {key!r}, which is no body here."
        if not person.email.endswith(".example"):
            yield f"{where} has an e-mail address that could be somebody's."


def _guests(content: Content, names: Names) -> Iterator[str]:
    """Hold guests to what is there and invented; one answers once, after the invitation."""
    known = {person.email for person in content.people}
    for one in content.invitations:
        where = f"The invitation of {one.email!r}"
        speaks_for = names.organisations.get(one.organisation)
        if one.body not in names.bodies or one.by not in names.people:
            yield f"{where} names a body or a person who is not here."
        if one.organisation and (speaks_for is None or not speaks_for.invented):
            yield f"{where} names {one.organisation!r}, for which nobody can speak here."
        if not one.email.endswith(".example") or one.email in known:
            yield f"{where} needs an invented address that is not in use."
        answers = [at for at in (one.accepted, one.declined) if at is not None]
        if len(answers) > 1 or any(at <= one.at for at in answers):
            yield f"{where} is answered once, after it was sent."


def _members(content: Content, names: Names) -> Iterator[str]:
    """Yield the members of bodies that are not known."""
    for body in content.bodies:
        for key in body.members:
            if key not in names.organisations:
                yield f"The body {body.key!r} has a member {key!r}, which is no organisation here."
        people = {one.key for one in names.people.values() if body.key in one.member_of}
        for place in body.places:
            if place.key not in people | set(body.members):
                yield f"The body {body.key!r} has a place for {place.key!r}, who is no member."


def _meetings(content: Content, names: Names) -> Iterator[str]:
    """Yield the meetings of bodies that are not there, and what is not in the order of time."""
    for one in content.meetings:
        where = f"The meeting {one.title.nl!r}"
        if one.body not in names.bodies:
            yield f"{where} is of {one.body!r}, which is no body here."
        if one.by not in names.people or Role.ORGANISER not in names.people[one.by].roles:
            yield f"{where} is kept by {one.by!r}, who is no organiser."
        for key in (*one.represented, *one.excused, *one.absent):
            if key not in names.people and key not in names.organisations:
                yield f"{where} names {key!r}, who is not here."
        if not one.planned < one.starts or (one.published and not one.starts < one.published):
            yield f"{where} is not planned, held and published in that order."


def _chain(content: Content) -> Iterator[str]:
    """Follow the chain from proposal to commitment and back; nothing is lost between."""
    outcomes = {r.proposal: r.outcome for round_ in content.rounds for r in round_.responses}
    used = {source.proposal for each in content.commitments for source in each.sources}
    for key, outcome in outcomes.items():
        if outcome in _TAKEN and key not in used:
            yield f"The proposal {key!r} is {outcome.value}, but no commitment was made from it."
    for key in sorted(used):
        if outcomes.get(key) not in _TAKEN:
            yield f"A commitment was made from {key!r}, which was not adopted."
    for commitment in content.commitments:
        yield from _commitment(content, commitment)
    total = sum(each.amount_cents or 0 for each in content.commitments)
    if total > content.plan.grant_ceiling_cents:
        yield f"The commitments ask {total} cents together, more than the plan has to grant."
    roles = {person.key: person.roles for person in content.people}
    if Role.ORGANISER not in roles.get(content.version.by, ()):
        yield f"The version is frozen by {content.version.by!r}, who is no organiser."


def _commitment(content: Content, commitment: DemoCommitment) -> Iterator[str]:
    where = f"The commitment {commitment.key!r}"
    organisations = {each.key: each for each in content.organisations}
    holder = organisations.get(commitment.holder)
    if holder is None or not holder.invented:
        yield f"{where} has the holder {commitment.holder!r}, which is no invented organisation."
    elif holder.sector is Sector.GOVERNMENT and commitment.amount_cents is not None:
        # The memo: grants are for civil society and knowledge institutions.
        yield f"{where} has a grant, while its holder is an authority."
    if commitment.theme not in {theme.slug for theme in content.themes}:
        yield f"{where} has the theme {commitment.theme!r}, which the plan has not."
    if not _within(content, commitment.starts_on, commitment.ends_on):
        yield f"{where} does not lie within the term of the plan."
    if not commitment.saved < commitment.published < content.version.frozen:
        yield f"{where} is not saved, published and frozen in that order."
    texts = [v for v in vars(commitment).values() if isinstance(v, Both)]
    if not all(text.nl and text.en for text in texts):
        yield f"{where} lacks a text in one of the languages."


def _within(content: Content, starts: date, ends: date) -> bool:
    return content.plan.starts_on <= starts < ends <= content.plan.ends_on

"""What the content of the demonstration consists of."""

from dataclasses import dataclass
from datetime import date

from consult.consultation.comments.models import CommentKind
from consult.consultation.meetings.models import MeetingKind
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.plans.models import Role
from consult.consultation.proposals.models import Origin, Source, Stance
from consult.consultation.rounds.models import Moderation, Readers, RoundKind
from consult.interfaces.demonstration.relative_time import When
from consult.interfaces.demonstration.texts import Both
from consult.outcomes.responses.models import Outcome
from consult.people.organisations.models import BodyKind, Function, Layer, Sector


@dataclass(frozen=True)
class DemoTheme:
    """A theme, in its place."""

    slug: str
    title: Both
    description: Both


@dataclass(frozen=True)
class DemoPlan:
    """The plan."""

    slug: str
    number: int
    title: Both
    introduction: Both
    disclaimer: Both
    related_plan: Both
    starts_on: date
    ends_on: date
    languages: tuple[str, ...]
    grant_ceiling_cents: int
    created: When


@dataclass(frozen=True)
class DemoPublisher:
    """Who speaks on the demonstration; its logo lies beside the content."""

    name: Both
    email: str
    phone: str
    address: str
    about: Both
    imprint: Both
    help: Both
    logo: str


@dataclass(frozen=True)
class DemoOrganisation:
    """An organisation. Its key is its slug. A real one is a member of bodies and no more."""

    key: str
    name: str
    sector: Sector
    invented: bool
    layer: Layer | None = None
    tooi: str | None = None


@dataclass(frozen=True)
class DemoSeats:
    """How many seats a sector has."""

    sector: Sector
    seats: int
    term_months: int


@dataclass(frozen=True)
class DemoPlace:
    """The place of a member, by the key of the organisation or person, where it is no usual one.

    An organisation sits on a seat of its sector by itself, a person on the one that is named.
    """

    key: str
    function: Function = Function.MEMBER
    seat: Sector | None = None
    ends_in: int | None = None
    """In so many days the term ends."""


@dataclass(frozen=True)
class DemoBody:
    """A body, with the keys of the organisations that are members. Its key is its slug."""

    key: str
    kind: BodyKind
    name: Both
    description: Both
    house_rules: Both
    members: tuple[str, ...]
    half_yearly: bool = False
    seats: tuple[DemoSeats, ...] = ()
    places: tuple[DemoPlace, ...] = ()


@dataclass(frozen=True)
class DemoMeeting:
    """A meeting; without `minutes` it is still to come. Who is not named was present."""

    body: str
    kind: MeetingKind
    title: Both
    planned: When
    starts: When
    hours: int
    place: str
    agenda: Both
    by: str
    minutes: Both | None = None
    published: When | None = None
    represented: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    guests: int = 0


@dataclass(frozen=True)
class DemoInvitation:
    """Somebody invented who is invited to a body, by the keys of body, inviter, organisation.

    `accepted` or `declined` says when they answered; without either they did not (yet).
    """

    body: str
    by: str
    email: str
    name: str
    language: str
    at: When
    organisation: str = ""
    note: str = ""
    accepted: When | None = None
    declined: When | None = None
    reason: str = ""


@dataclass(frozen=True)
class DemoPerson:
    """Somebody invented. `about` says what an account is good for, where it is shown."""

    key: str
    display_name: str
    email: str
    language: str
    speaks_for: tuple[str, ...] = ()
    member_of: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    administrator: bool = False
    about: Both | None = None


@dataclass(frozen=True)
class DemoDecision:
    """A moderation decision, by the key of a person."""

    verb: Verb
    by: str
    at: When
    reason: str
    ground: Ground | None = None


@dataclass(frozen=True)
class DemoRevision:
    """A new text of a proposal that was returned: what is None stays as it was."""

    at: When
    title: str | None = None
    problem: str | None = None
    action: str | None = None
    result: str | None = None
    openness: str | None = None


@dataclass(frozen=True)
class DemoProposal:
    """A proposal. Without `submitted` it is a draft; `author` is None if received elsewhere."""

    key: str
    language: str
    title: str
    problem: str
    action: str
    origin: Origin
    result: str = ""
    openness: str = ""
    possible_holder: str = ""
    period: str = ""
    amount_cents: int | None = None
    theme: str | None = None
    author: str | None = None
    organisation: str | None = None
    source: Source = Source.PLATFORM
    source_note: str = ""
    source_day: int | None = None
    on_behalf_of: str = ""
    entered_by: str | None = None
    saved: When | None = None
    submitted: When | None = None
    withdrawn: When | None = None
    decisions: tuple[DemoDecision, ...] = ()
    revisions: tuple[DemoRevision, ...] = ()


@dataclass(frozen=True)
class DemoStatement:
    """A statement, in a round of statements."""

    key: str
    language: str
    text: str
    author: str
    submitted: When
    organisation: str | None = None
    withdrawn: When | None = None
    decisions: tuple[DemoDecision, ...] = ()


@dataclass(frozen=True)
class DemoVotes:
    """What people voted on a statement, or on a theme by its slug, one after the other."""

    statement: str
    at: When
    support: tuple[str, ...] = ()
    object: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()

    @property
    def cast(self) -> tuple[tuple[str, Stance], ...]:
        """Who voted what."""
        given = (
            (Stance.SUPPORT, self.support),
            (Stance.OBJECT, self.object),
            (Stance.PASS, self.passed),
        )
        return tuple((who, stance) for stance, people in given for who in people)


@dataclass(frozen=True)
class DemoComment:
    """A comment on a proposal, or an answer to a comment."""

    key: str
    proposal: str
    author: str
    kind: CommentKind
    language: str
    body: str
    at: When
    parent: str | None = None
    organisation: str | None = None
    withdrawn: When | None = None
    decisions: tuple[DemoDecision, ...] = ()


DemoContribution = DemoProposal | DemoStatement | DemoComment


@dataclass(frozen=True)
class DemoPosition:
    """What somebody thought of a proposal from a moment on; a later one takes its place."""

    proposal: str
    by: str
    stance: Stance
    at: When
    reason: str = ""


@dataclass(frozen=True)
class DemoResponse:
    """The answer to a proposal, in the proposal's language and, where it has one, in the other."""

    proposal: str
    outcome: Outcome
    prepared: When
    reason: str
    translation: str = ""


@dataclass(frozen=True)
class DemoSection:
    """What the summary says of one theme, or of what stands under none."""

    text: Both
    theme: str | None = None


@dataclass(frozen=True)
class DemoSummary:
    """The summary. `{{proposal:key}}` and `{{comment:key}}` stand where numbers will stand."""

    introduction: Both
    sections: tuple[DemoSection, ...]
    saved: When
    published: When


@dataclass(frozen=True)
class DemoRound:
    """A round and everything that was handed in; in the order of the files."""

    key: str
    slug: str
    title: Both
    introduction: Both
    questions: Both
    created: When
    announced: When
    opens: When
    closes: When
    organiser: str
    moderator: str
    moderation: Moderation
    invented: bool
    answered: When | None = None
    kind: RoundKind = RoundKind.PROPOSALS
    readers: Readers = Readers.EVERYONE
    open_to_everyone: bool = False
    bodies: tuple[str, ...] = ()
    grace_minutes: int = 15
    proposals: tuple[DemoProposal, ...] = ()
    statements: tuple[DemoStatement, ...] = ()
    votes: tuple[DemoVotes, ...] = ()
    comments: tuple[DemoComment, ...] = ()
    positions: tuple[DemoPosition, ...] = ()
    responses: tuple[DemoResponse, ...] = ()
    summary: DemoSummary | None = None


@dataclass(frozen=True)
class TakenFrom:
    """What a commitment took over from a proposal."""

    proposal: str
    note: Both


@dataclass(frozen=True)
class DemoCommitment:
    """A commitment, in the fields of the newer OGP form."""

    key: str
    theme: str
    title: Both
    problem: Both
    description: Both
    results: Both
    relevance: Both
    funding: Both
    holder: str
    partners: str
    origin: Origin
    starts_on: date
    ends_on: date
    saved: When
    published: When
    sources: tuple[TakenFrom, ...]
    amount_cents: int | None = None


@dataclass(frozen=True)
class Version:
    """The version of the plan that is frozen."""

    label: str
    frozen: When
    by: str


@dataclass(frozen=True)
class Content:
    """The whole demonstration. Everything that one part names in another is there."""

    publisher: DemoPublisher
    plan: DemoPlan
    themes: tuple[DemoTheme, ...]
    bodies: tuple[DemoBody, ...]
    organisations: tuple[DemoOrganisation, ...]
    people: tuple[DemoPerson, ...]
    rounds: tuple[DemoRound, ...]
    commitments: tuple[DemoCommitment, ...]
    version: Version
    invitations: tuple[DemoInvitation, ...]
    meetings: tuple[DemoMeeting, ...] = ()

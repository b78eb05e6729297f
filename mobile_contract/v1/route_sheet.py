"""What a technician's phone holds for a day: the sheet itself and its stops."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from msgspec import field

from mobile_contract.v1.wire import Answer, Instant


class Tier(StrEnum):
    """How urgent: shown as shape, word and colour."""

    EMERGENCY = "emergency"
    GENERAL = "general"
    MINOR = "minor"


class VisitState(StrEnum):
    """Where a visit stands. The last four are ends."""

    PLANNED = "planned"
    TRAVELLING = "travelling"
    ARRIVED = "arrived"
    STARTED = "started"
    PAUSED = "paused"
    DONE = "done"
    NO_ACCESS = "no_access"
    NEEDS_ANOTHER = "needs_another"
    CANCELLED = "cancelled"


class Named(Answer, frozen=True, kw_only=True):
    """A catalogue's entry with its name in English and Chinese."""

    code: str
    en: str
    zh: str


class Break(Answer, frozen=True, kw_only=True):
    """[start, end)"""

    start: Instant
    end: Instant


class Consent(Answer, frozen=True, kw_only=True):
    """What an owner agrees to by signing: shown above the signature, in the language that the owner reads.

    A sign-off names the version and the language that were shown.
    """

    version: str
    en: str
    zh: str


class RouteSheet(Answer, frozen=True, kw_only=True):
    """A technician's day in the published plan `plan_version`; its stops come as changes of their own.

    `leaves_at` and `returns_at` are those of the depot or home where the route begins and ends.
    """

    day: date
    technician_id: UUID
    technician_name: str
    plan_version: int
    zone: str
    """IANA name, such as Asia/Shanghai: the phone shows every time in it."""
    leaves_at: Instant
    returns_at: Instant
    breaks: list[Break]
    defects: list[Named] = field(default_factory=list)
    """The office's catalogue, to name another defect by that is found on site."""
    consent: Consent | None = None
    """That of the territory's place."""


class ChecklistItem(Named, frozen=True, kw_only=True):
    required: bool


class PastVisit(Answer, frozen=True, kw_only=True):
    """An earlier repair at the same home."""

    on: date
    defect: Named
    outcome: str
    note: str = ""
    """What its technician left for the next one, such as what is needed to finish."""


class RecipeStep(Named, frozen=True, kw_only=True):
    """Which visit of a repair this is, where one takes several: `number` from 1, out of `count`."""

    number: int
    count: int


class Stop(Answer, frozen=True, kw_only=True):
    """One visit on a route sheet, with all that is needed to do the work without a network.

    `travel_s` and `travel_m` are the drive to it from the stop before, in seconds and metres.
    """

    visit_id: UUID
    job_id: UUID
    ticket_number: str
    position: int
    """From 1, in the order of the route."""
    state: VisitState
    tier: Tier
    planned_arrival: Instant
    planned_start: Instant
    planned_end: Instant
    window_start: Instant | None
    window_end: Instant | None
    """The start lies inside the window, both ends inclusive."""
    promised: bool
    """The owner confirmed this window."""
    due: Instant | None
    address: str
    unit: str
    latitude: float | None
    longitude: float | None
    """WGS-84, degrees; none when the address could not be located."""
    access_notes: str
    contact_name: str
    contact_number: str
    """Masked, such as 138****0000: a lost phone gives no numbers away."""
    defect: Named
    description: str
    skills: list[str]
    checklist: list[ChecklistItem]
    parts: list[Named]
    history: list[PastVisit]
    """Newest first."""
    travel_s: int
    travel_m: int
    accepted: bool = False
    """The technician said that the visit is seen and taken."""
    step: RecipeStep | None = None
    """None where the repair is a single visit."""

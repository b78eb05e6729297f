"""What follows at once from a report: the ticket with its tier, clocks and warranty verdict, and the job it needs."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from api.queries.house_rules import HouseRules
from domain.calendars import calendar_for
from domain.errors import Invalid
from domain.jobs import Job
from domain.places import Home, Territory
from domain.tickets import SPOKEN_TO, Channel, Ticket
from domain.triage import URGENCY, Tier, clocks, tier_for
from domain.warranty import verdict


@dataclass(frozen=True, kw_only=True)
class Report:
    """What somebody told us. `source` and `reference` are the telling system's own: told twice, it is one ticket."""

    territory_id: UUID
    community: str
    address: str
    unit: str = ""
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None
    defect: str
    channel: Channel
    reported_at: datetime
    description: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_mail: str = ""
    contact_language: str = ""
    """zh, en, or unknown."""
    answers: dict[str, bool] = field(default_factory=dict)
    source: str | None = None
    reference: str | None = None
    elsewhere: bool = False
    """Somebody has asked: it is another place of the home than the repair that is still watched."""
    least_tier: Tier | None = None
    """What somebody who knows the trade has seen: raises the tier that the rules give, never lowers it."""

    def __post_init__(self) -> None:
        """Raises Invalid for half a place."""
        if (self.latitude is None) != (self.longitude is None):
            raise Invalid("latitude and longitude come together or not at all.")


def opened(told: Report, territory: Territory, home: Home, rules: HouseRules) -> tuple[Ticket, Job]:
    """Neither is in a session yet, and nothing is read from one. Raises Invalid for a defect that isn't listed."""
    kind = rules.defect(told.defect)
    covered = verdict(
        kind.warranty_item,
        accepted=home.building.accepted_on,
        handed_over=home.handed_over_on,
        on=told.reported_at.astimezone(territory.zone).date(),
        rules=rules.warranty,
        city=territory.city,
    )
    ticket = Ticket(
        home=home,
        defect=kind,
        channel=told.channel,
        source=told.source,
        reference=told.reference,
        description=told.description,
        contact_name=told.contact_name,
        contact_phone=told.contact_phone,
        contact_mail=told.contact_mail,
        contact_language=told.contact_language,
        answers=dict(told.answers),
        reported_at=told.reported_at,
        warranty=covered.record(),
    )
    tier = tier_for(kind, told.answers, rules.questions)
    if told.least_tier is not None:
        tier = max(tier, told.least_tier, key=URGENCY.__getitem__)
    calendar = calendar_for(territory.zone_name, territory.city, rules.calendars)
    if told.channel in SPOKEN_TO:
        ticket.contacted(told.reported_at)
    ticket.start_clocks(tier, clocks(tier, told.reported_at, rules.policies, calendar, territory.city))
    job = Job(
        ticket=ticket,
        territory_id=territory.id,
        tier=tier,
        duration=kind.steps[0].duration,
        skills=[*kind.skills, *kind.certificates],
        due=ticket.attend_due,
    )
    return ticket, job

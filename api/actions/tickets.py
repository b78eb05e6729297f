"""A defect is reported: one numbered ticket, its tier and clocks, its warranty verdict, and the job it needs."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.auth import Person
from api.db.outbox import emit
from api.db.trail import record
from api.queries.house_rules import HouseRules, load_house_rules
from domain.calendars import calendar_for
from domain.errors import NotFound
from domain.jobs import Job
from domain.places import Building, Community, Home, Territory
from domain.tickets import Channel, Ticket
from domain.triage import clocks, tier_for
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
    answers: dict[str, bool] = field(default_factory=dict)
    source: str | None = None
    reference: str | None = None


async def report(
    session: AsyncSession, told: Report, by: Person | None = None, rules: HouseRules | None = None
) -> tuple[Ticket, bool]:
    """The ticket, and whether it is new. Raises Invalid or NotFound for a report that can't be taken."""
    territory = await session.get(Territory, told.territory_id)
    if territory is None or (by and not by.sees(territory.id)):
        raise NotFound("There is no such territory.")
    if told.reference is not None and (known := await told_before(session, told)):
        return known, False
    rules = rules or await load_house_rules(session)
    kind = rules.defect(told.defect)
    home = await home_at(session, territory, told)
    day = told.reported_at.astimezone(territory.zone).date()
    covered = verdict(
        kind.warranty_item,
        accepted=home.building.accepted_on,
        handed_over=home.handed_over_on,
        on=day,
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
        reported_at=told.reported_at,
        warranty=covered.record(),
    )
    tier = tier_for(kind, told.answers, rules.questions)
    calendar = calendar_for(territory.zone_name, territory.city, rules.calendars)
    ticket.start_clocks(tier, clocks(tier, told.reported_at, rules.policies, calendar, territory.city))
    job = Job(
        ticket=ticket,
        territory_id=territory.id,
        tier=tier,
        duration=kind.steps[0].duration,
        skills=[*kind.skills, *kind.certificates],
        due=ticket.attend_due,
    )
    session.add_all([ticket, job])
    await session.flush()
    await emit(session, "ticket.reported", ticket.id, tier=tier)
    await record(
        session, by.actor if by else "system", "ticket.reported", ticket.id, number=ticket.number, channel=told.channel
    )
    return ticket, True


async def told_before(session: AsyncSession, told: Report) -> Ticket | None:
    return await session.scalar(select(Ticket).where(Ticket.source == told.source, Ticket.reference == told.reference))


async def home_at(session: AsyncSession, territory: Territory, told: Report) -> Home:
    """The home at that address, made if it is not known yet; a building without coordinates takes those told."""
    community = await session.scalar(
        select(Community).where(Community.territory_id == territory.id, Community.name == told.community)
    )
    if community is None:
        community = Community(territory=territory, name=told.community)
        session.add(community)
        await session.flush()
    building = await session.scalar(
        select(Building).where(Building.community_id == community.id, Building.address == told.address)
    )
    if building is None:
        building = Building(community=community, address=told.address, postcode=told.postcode)
        session.add(building)
    if building.needs_location:
        building.latitude, building.longitude = told.latitude, told.longitude
    await session.flush()
    if building.needs_location:
        await emit(session, "building.unlocated", building.id)
    home = await session.scalar(
        select(Home).where(Home.building_id == building.id, Home.unit == told.unit).options(joinedload(Home.building))
    )
    if home is None:
        home = Home(building=building, unit=told.unit)
        session.add(home)
    return home

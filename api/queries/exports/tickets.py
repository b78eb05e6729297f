"""Tickets with their clocks and warranty verdict; times are on the territory's clock, phone numbers are masked."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.adapters.sheets import Table, Value
from api.queries.exports.privacy import without_numbers
from domain.people import masked
from domain.places import Building, Community, Home, Territory
from domain.tickets import Ticket

COLUMNS = (
    "number", "source", "reference", "state", "tier", "defect", "defect_name", "channel", "territory", "community",
    "address", "unit", "postcode", "latitude", "longitude", "description", "contact_name", "contact_phone",
    "reported_at", "contact_due", "attend_due", "repair_due", "contacted_at", "attended_at", "repaired_at", "zone",
    "covered", "payer", "covered_until",
)  # fmt: skip


async def tickets_table(session: AsyncSession, territory: Territory | None, day: date | None) -> Table:
    """In order of report; with `day` only those reported on that day of their territory's calendar."""
    query = (
        select(Ticket)
        .join(Ticket.home)
        .join(Home.building)
        .join(Building.community)
        .options(
            joinedload(Ticket.defect),
            joinedload(Ticket.home)
            .joinedload(Home.building)
            .joinedload(Building.community)
            .joinedload(Community.territory),
        )
        .order_by(Ticket.reported_at, Ticket.id)
    )
    if territory is not None:
        query = query.where(Community.territory_id == territory.id)
    if day is not None:  # a day more on either side holds that day in every zone
        noon = datetime.combine(day, time(12), tzinfo=ZoneInfo("UTC"))
        query = query.where(Ticket.reported_at.between(noon - timedelta(days=2), noon + timedelta(days=2)))
    rows = [row(ticket) for ticket in await session.scalars(query) if day is None or day_of(ticket) == day]
    return Table("tickets", COLUMNS, rows)


def zone_of(ticket: Ticket) -> ZoneInfo:
    return ticket.home.building.community.territory.zone


def day_of(ticket: Ticket) -> date:
    return ticket.reported_at.astimezone(zone_of(ticket)).date()


def row(ticket: Ticket) -> list[Value]:
    building, zone = ticket.home.building, zone_of(ticket)
    until = ticket.warranty.get("until")
    clocks = (
        ticket.reported_at, ticket.contact_due, ticket.attend_due, ticket.repair_due,
        ticket.contacted_at, ticket.attended_at, ticket.repaired_at,
    )  # fmt: skip
    return [
        ticket.number,
        ticket.source,
        ticket.reference,
        ticket.state.value,
        ticket.tier.value,
        ticket.defect_code,
        ticket.defect.name_en,
        ticket.channel.value,
        building.community.territory.name,
        building.community.name,
        building.address,
        ticket.home.unit,
        building.postcode,
        building.latitude,
        building.longitude,
        without_numbers(ticket.description),
        without_numbers(ticket.contact_name),
        masked(ticket.contact_phone),
        *(at and at.astimezone(zone) for at in clocks),
        zone.key,
        ticket.warranty.get("covered"),
        ticket.warranty.get("payer"),
        until and date.fromisoformat(until),
    ]

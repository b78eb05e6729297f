"""Notes, parts, photos and other defects: kept whatever state the visit is in, since they move nothing."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.actions import tickets
from api.actions.effects.effect import Effect, Told, applied, kept, refused
from api.actions.opening import Report
from domain.defects import DefectKind
from domain.jobs import Visit
from domain.places import Building, Home
from domain.tickets import Channel, Ticket
from domain.triage import Tier
from domain.visit_facts import FoundDefect, PartUse, VisitNote, VisitPhoto
from mobile_contract import v1 as wire

SOURCE = "phone"
"""Of tickets opened by an operation, whose id is then their reference: the same operation is the same ticket."""


async def add(
    session: AsyncSession, told: Told, visit: Visit, added: wire.Addition, against: wire.ReasonCode | None
) -> Effect:
    match added:
        case wire.AddNote():
            session.add(VisitNote(**told.fact(visit), text=added.text))
        case wire.UsePart():
            session.add(PartUse(**told.fact(visit), code=added.code, name=added.name, quantity=added.quantity))
        case wire.AttachPhoto():
            session.add(VisitPhoto(**told.fact(visit), sha256=added.photo, shows=added.shows, caption=added.caption))
        case wire.FoundDefect():
            return await open_ticket(session, told, visit, added)
    return kept(visit, against) if against else applied(visit)


async def open_ticket(session: AsyncSession, told: Told, visit: Visit, found: wire.FoundDefect) -> Effect:
    """The defect is there, whoever has the visit now: it contradicts no plan."""
    if await session.get(DefectKind, found.defect) is None:
        return refused(wire.ReasonCode.UNKNOWN_DEFECT, visit=visit)
    seen_at = visit.job.ticket
    # Where the visit is, its technician may report, even if the territory is no longer theirs.
    reporter = replace(told.phone, territories=frozenset({visit.job.territory_id}))
    ticket, _ = await tickets.report(session, await report_of(session, told, seen_at, visit, found), reporter)
    session.add(
        FoundDefect(
            **told.fact(visit),
            ticket_id=ticket.id,
            defect_code=found.defect,
            place=found.place,
            description=found.description,
            suggested_tier=Tier(found.tier) if found.tier else None,
        )
    )
    return applied(visit)


async def report_of(
    session: AsyncSession, told: Told, seen_at: Ticket, visit: Visit, found: wire.FoundDefect
) -> Report:
    """Reported when it reached us: the clocks are promises of the office, which no phone's clock may start."""
    home = await session.get_one(
        Home, seen_at.home_id, options=[joinedload(Home.building).joinedload(Building.community)]
    )
    return Report(
        territory_id=visit.job.territory_id,
        community=home.building.community.name,
        address=home.building.address,
        unit=home.unit,
        defect=found.defect,
        channel=Channel.ON_SITE,
        reported_at=told.received_at,
        description="\n".join(filter(None, (found.place, found.description))),
        contact_name=seen_at.contact_name,
        contact_phone=seen_at.contact_phone,
        contact_mail=seen_at.contact_mail,
        contact_language=seen_at.contact_language,
        source=SOURCE,
        reference=str(told.op_id),
        least_tier=Tier(found.tier) if found.tier else None,
    )

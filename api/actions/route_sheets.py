"""Tells phones their day: the published routes as wire types, written into each technician's feed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.db import feed
from api.db.feed import FeedEntry
from domain.defects import DefectKind
from domain.jobs import ENDED, Job, Visit, VisitState
from domain.people import masked
from domain.places import Building, Community, Home
from domain.plans import Plan, Route
from domain.tickets import Ticket
from mobile_contract.v1 import route_sheet as wire

MOST_PAST_VISITS = 20
"""Of a home's earlier visits; common parts of an old building may have had hundreds."""

KEPT_FOR = timedelta(days=7)
"""Days that a phone keeps after they are over."""


async def tell_routes(session: AsyncSession, plan: Plan, routes: Sequence[Route], technicians: Iterable[UUID]) -> None:
    """Writes the day's sheet and stops for each technician, and takes back what is no longer theirs."""
    visits = await visits_of_day(session, plan)
    past = await history(session, {v.job.ticket.home_id for v in visits})
    sheet_of = {route.technician_id: route for route in routes}
    mine: defaultdict[UUID, list[Visit]] = defaultdict(list)
    for visit in visits:
        mine[visit.technician_id].append(visit)
    for technician_id in sorted({*technicians, *sheet_of, *mine}):
        entries: dict[tuple[str, str], bytes | None] = {}
        for kind, key in await held(session, technician_id, plan.day):
            entries[kind, key] = None
        if route := sheet_of.get(technician_id):
            entries["route_sheet", f"route_sheet:{plan.day}"] = msgspec.json.encode(sheet(plan, route))
        for visit in mine[technician_id]:
            entries["stop", f"stop:{visit.id}"] = msgspec.json.encode(stop(visit, past[visit.job.ticket.home_id]))
        await feed.put(session, technician_id, plan.day, entries)


async def tell_state(session: AsyncSession, visit: Visit) -> None:
    """The visit's new state, on the phone of whoever has it."""
    entry = await session.get(FeedEntry, (visit.technician_id, f"stop:{visit.id}"))
    if entry is None or entry.body is None:
        return
    told = msgspec.json.decode(entry.body, type=wire.Stop)
    now = msgspec.structs.replace(told, state=wire.VisitState(visit.state))
    await feed.put(session, visit.technician_id, visit.day, {("stop", entry.key): msgspec.json.encode(now)})


async def take_back(session: AsyncSession, visit: Visit) -> None:
    """The phone that has the visit forgets it."""
    await feed.put(session, visit.technician_id, visit.day, {("stop", f"stop:{visit.id}"): None})


async def held(session: AsyncSession, technician_id: UUID, day: date) -> list[tuple[str, str]]:
    """What the phone holds of that day, and of days that are long over."""
    of_day = (FeedEntry.day == day) | (FeedEntry.day < day - KEPT_FOR)
    rows = await session.execute(
        select(FeedEntry.kind, FeedEntry.key).where(
            FeedEntry.technician_id == technician_id, FeedEntry.body.is_not(None), of_day
        )
    )
    return [(kind, key) for kind, key in rows]


async def visits_of_day(session: AsyncSession, plan: Plan) -> Sequence[Visit]:
    home = joinedload(Visit.job).joinedload(Job.ticket).joinedload(Ticket.home)
    return (
        await session.scalars(
            select(Visit)
            .join(Visit.job)
            .where(Visit.day == plan.day, Job.territory_id == plan.territory_id, Visit.state != VisitState.CANCELLED)
            .options(
                home.joinedload(Home.building).joinedload(Building.community).joinedload(Community.territory),
                joinedload(Visit.job).joinedload(Job.ticket).joinedload(Ticket.defect),
            )
        )
    ).all()


async def history(session: AsyncSession, homes: set[UUID]) -> dict[UUID, list[wire.PastVisit]]:
    """Earlier visits at each home, newest first."""
    rows = await session.execute(
        select(Ticket.home_id, Visit.day, Visit.state, DefectKind)
        .join(Visit.job).join(Job.ticket).join(Ticket.defect)
        .where(Ticket.home_id.in_(homes), Visit.state.in_(ENDED))
        .order_by(Visit.day.desc())
    )  # fmt: skip
    past: dict[UUID, list[wire.PastVisit]] = {home: [] for home in homes}
    for home, day, state, defect in rows:
        if len(past[home]) < MOST_PAST_VISITS:
            past[home].append(wire.PastVisit(on=day, defect=named(defect), outcome=state))
    return past


def sheet(plan: Plan, route: Route) -> wire.RouteSheet:
    return wire.RouteSheet(
        day=plan.day,
        technician_id=route.technician_id,
        technician_name=route.technician.name,
        plan_version=plan.version,
        zone=plan.territory.zone_name,
        leaves_at=route.leaves_at,
        returns_at=route.returns_at,
        breaks=msgspec.convert(route.breaks, list[wire.Break]),
    )


def stop(visit: Visit, past: list[wire.PastVisit]) -> wire.Stop:
    job, ticket, home = visit.job, visit.job.ticket, visit.job.ticket.home
    return wire.Stop(
        visit_id=visit.id,
        job_id=job.id,
        ticket_number=ticket.number,
        position=visit.position,
        state=wire.VisitState(visit.state),
        tier=wire.Tier(job.tier),
        planned_arrival=visit.arrives_at,
        planned_start=visit.starts,
        planned_end=visit.ends,
        window_start=job.promised_from,
        window_end=job.promised_to,
        promised=job.promised_from is not None,
        due=job.due,
        address=home.building.address,
        unit=home.unit,
        latitude=home.building.latitude,
        longitude=home.building.longitude,
        access_notes=home.access_notes,
        contact_name=ticket.contact_name,
        contact_number=masked(ticket.contact_phone),
        defect=named(ticket.defect),
        description=ticket.description,
        skills=job.skills,
        checklist=[
            wire.ChecklistItem(code=row["code"], en=row["name_en"], zh=row["name_zh"], required=True)
            for row in ticket.defect.checklist
        ],
        parts=[wire.Named(code=row["code"], en=row["name_en"], zh=row["name_zh"]) for row in ticket.defect.parts],
        history=past,
        travel_s=int(visit.travel.total_seconds()),
        travel_m=visit.travel_m,
    )


def named(defect: DefectKind) -> wire.Named:
    return wire.Named(code=defect.code, en=defect.name_en, zh=defect.name_zh)

"""Tells phones their day: the published routes as wire types, written into each technician's feed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api.actions.technician_messages import told_of_change
from api.db import feed
from api.db.feed import FeedEntry
from domain.consent import consent_in
from domain.defects import DefectKind
from domain.jobs import ENDED, Job, Visit, VisitState
from domain.people import masked
from domain.places import Building, Community, Home
from domain.plans import Plan, Route
from domain.tickets import Ticket
from domain.visit_facts import UnfinishedWork
from mobile_contract.v1 import route_sheet as wire

MOST_PAST_VISITS = 20
"""Of a home's earlier visits; common parts of an old building may have had hundreds."""

KEPT_FOR = timedelta(days=7)
"""Days that a phone keeps after they are over."""


async def tell_routes(session: AsyncSession, plan: Plan, routes: Sequence[Route], technicians: Iterable[UUID]) -> None:
    """Writes the day's sheet and stops for each technician, and takes back what is no longer theirs."""
    visits = await visits_of_day(session, plan)
    sheet_of = {route.technician_id: route for route in routes}
    await tell_sheets(session, plan, sheet_of, visits, {*technicians, *sheet_of, *(v.technician_id for v in visits)})


async def tell_some(session: AsyncSession, plan: Plan, routes: Sequence[Route], technicians: Collection[UUID]) -> None:
    """As `tell_routes`, for nobody but these. `routes` has theirs, and maybe others'."""
    visits = await visits_of_day(session, plan, technicians)
    sheet_of = {route.technician_id: route for route in routes if route.technician_id in technicians}
    await tell_sheets(session, plan, sheet_of, visits, set(technicians))
    await told_of_change(session, plan, technicians)


async def tell_sheets(
    session: AsyncSession, plan: Plan, sheet_of: dict[UUID, Route], visits: Sequence[Visit], technicians: set[UUID]
) -> None:
    """`visits` are all that the technicians have that day. In the order of their ids, so that no two writers of feeds
    wait for each other."""
    past = await history(session, {v.job.ticket.home_id for v in visits})
    catalogue = [named(kind) for kind in await session.scalars(select(DefectKind).order_by(DefectKind.code))]
    mine: defaultdict[UUID, list[Visit]] = defaultdict(list)
    for visit in visits:
        mine[visit.technician_id].append(visit)
    for technician_id in sorted(technicians):
        entries: dict[tuple[str, str], bytes | None] = {}
        for kind, key in await held(session, technician_id, plan.day):
            entries[kind, key] = None
        if route := sheet_of.get(technician_id):
            entries["route_sheet", f"route_sheet:{plan.day}"] = msgspec.json.encode(sheet(plan, route, catalogue))
        for visit in mine[technician_id]:
            entries["stop", f"stop:{visit.id}"] = msgspec.json.encode(stop(visit, past[visit.job.ticket.home_id]))
        await feed.put(session, technician_id, plan.day, entries)


async def tell_state(session: AsyncSession, visit: Visit) -> None:
    """The visit's new state, on the phone of whoever has it."""
    entry = await session.get(FeedEntry, (visit.technician_id, f"stop:{visit.id}"))
    if entry is None or entry.body is None:
        return
    told = msgspec.json.decode(entry.body, type=wire.Stop)
    now = msgspec.structs.replace(told, state=wire.VisitState(visit.state), accepted=visit.accepted_at is not None)
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


async def visits_of_day(
    session: AsyncSession, plan: Plan, technicians: Collection[UUID] | None = None
) -> Sequence[Visit]:
    """Of everybody, or of some."""
    whose = true() if technicians is None else Visit.technician_id.in_(technicians)
    home = joinedload(Visit.job).joinedload(Job.ticket).joinedload(Ticket.home)
    return (
        await session.scalars(
            select(Visit)
            .join(Visit.job)
            .where(Visit.day == plan.day, Job.territory_id == plan.territory_id)
            .where(Visit.state != VisitState.CANCELLED, whose)
            .options(
                home.joinedload(Home.building).joinedload(Building.community).joinedload(Community.territory),
                joinedload(Visit.job).joinedload(Job.ticket).joinedload(Ticket.defect),
            )
        )
    ).all()


async def history(session: AsyncSession, homes: set[UUID]) -> dict[UUID, list[wire.PastVisit]]:
    """Earlier visits at each home, newest first."""
    needed = (
        select(UnfinishedWork.needed)
        .where(UnfinishedWork.visit_id == Visit.id)
        .order_by(UnfinishedWork.received_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(Ticket.home_id, Visit.day, Visit.state, DefectKind, needed)
        .join(Visit.job).join(Job.ticket).join(Ticket.defect)
        .where(Ticket.home_id.in_(homes), Visit.state.in_(ENDED))
        .order_by(Visit.day.desc())
    )  # fmt: skip
    past: dict[UUID, list[wire.PastVisit]] = {home: [] for home in homes}
    for home, day, state, defect, note in rows:
        if len(past[home]) < MOST_PAST_VISITS:
            past[home].append(wire.PastVisit(on=day, defect=named(defect), outcome=state, note=note or ""))
    return past


def sheet(plan: Plan, route: Route, catalogue: list[wire.Named]) -> wire.RouteSheet:
    consent = consent_in(plan.territory.zone_name)
    return wire.RouteSheet(
        day=plan.day,
        technician_id=route.technician_id,
        technician_name=route.technician.name,
        plan_version=plan.version,
        zone=plan.territory.zone_name,
        leaves_at=route.leaves_at,
        returns_at=route.returns_at,
        breaks=msgspec.convert(route.breaks, list[wire.Break]),
        defects=catalogue,
        consent=wire.Consent(version=consent.version, en=consent.en, zh=consent.zh),
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
        accepted=visit.accepted_at is not None,
        step=recipe_step(job, ticket.defect),
    )


def recipe_step(job: Job, defect: DefectKind) -> wire.RecipeStep | None:
    """None for a single visit, and for a step that the catalogue's recipe has lost since."""
    steps = defect.steps
    if len(steps) < 2 or job.step > len(steps):
        return None
    step = steps[job.step - 1]
    return wire.RecipeStep(code=defect.code, en=step.name_en, zh=step.name_zh, number=job.step, count=len(steps))


def named(defect: DefectKind) -> wire.Named:
    return wire.Named(code=defect.code, en=defect.name_en, zh=defect.name_zh)

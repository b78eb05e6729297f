"""Cases of tickets: reported, closed, each clock in time, repaired and come back.

A ticket that came back has had several rounds, each with clocks of its own; the earlier ones stand in its comebacks.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.queries.reports.cases import Case, Period, clock_case
from domain.clock_pauses import ClockPause
from domain.comebacks import Comeback
from domain.places import Building, Community, Home, Territory
from domain.tickets import Ticket, TicketState
from domain.triage import Tier

LATEST = func.greatest(Ticket.reported_at, Ticket.reopened_at, Ticket.repaired_at)
"""PostgreSQL leaves out what is null."""


@dataclass(frozen=True)
class Round:
    """From a report to the repair that answered it, or until now. `still`: since when its clocks stand still."""

    tier: Tier
    defect: str
    began: datetime
    contact_due: datetime
    attend_due: datetime
    repair_due: datetime
    contacted_at: datetime | None
    attended_at: datetime | None
    repaired_at: datetime | None
    came_back: bool
    still: datetime | None = None


async def ticket_cases(session: AsyncSession, territory: Territory, period: Period) -> list[Case]:
    rows = await session.execute(
        select(Ticket, Community.name)
        .join(Ticket.home)
        .join(Home.building)
        .join(Building.community)
        .where(Community.territory_id == territory.id)
        .where(Ticket.reported_at < period.ends(territory), period.starts(territory) <= LATEST)
    )
    found = [(ticket, community) for ticket, community in rows if not closed_elsewhere(ticket)]
    ids = {ticket.id for ticket, _ in found}
    backs: dict[UUID, list[Comeback]] = defaultdict(list)
    for back in await session.scalars(
        select(Comeback).where(Comeback.ticket_id.in_(ids)).order_by(Comeback.ticket_id, Comeback.number)
    ):
        backs[back.ticket_id].append(back)
    pauses = select(ClockPause).where(ClockPause.ticket_id.in_(ids), ClockPause.ends.is_(None))
    still = {pause.ticket_id: pause.starts for pause in await session.scalars(pauses)}
    cases: list[Case] = []
    for ticket, community in found:
        cases += of_ticket(
            ticket, backs[ticket.id], still.get(ticket.id), Case(territory.name, community), territory, period
        )
    return cases


def closed_elsewhere(ticket: Ticket) -> bool:
    """It came closed from another system: nobody of ours was there, and its clocks say nothing."""
    return ticket.state is TicketState.CLOSED and ticket.attended_at is None


def of_ticket(
    ticket: Ticket, backs: Sequence[Comeback], still: datetime | None, where: Case, territory: Territory, period: Period
) -> Iterator[Case]:
    cancelled = ticket.state is TicketState.CANCELLED
    rounds = [round_before(back.before) for back in backs]
    if not cancelled:
        rounds.append(round_now(ticket, still))
        if period.holds(ticket.reported_at, territory):
            at = Case(where.territory, where.community, ticket.tier, ticket.defect_code)
            yield at.counts("reported", 1)
            yield at.counts("closed", ticket.state is TicketState.CLOSED)
    for one in rounds:
        at = Case(where.territory, where.community, one.tier, one.defect)
        if period.holds(one.began, territory):
            yield from clocks(one, at, period.now)
        if one.repaired_at is not None and period.holds(one.repaired_at, territory):
            yield at.counts("repair_hours", (one.repaired_at - one.began).total_seconds() / 3600)
            yield at.counts("came_back", one.came_back)


def clocks(one: Round, at: Case, now: datetime) -> Iterator[Case]:
    """The contact clock never stands still: an owner can always be called."""
    told = (
        ("contact_in_time", one.contact_due, one.contacted_at, False),
        ("attend_in_time", one.attend_due, one.attended_at, True),
        ("repair_in_time", one.repair_due, one.repaired_at, True),
    )
    for measure, due, met_at, may_stand in told:
        stands = may_stand and one.still is not None and one.still < due
        if (part := clock_case(due, met_at, now, stands)) is not None:
            yield at.counts(measure, part)


def round_now(ticket: Ticket, still: datetime | None) -> Round:
    return Round(
        ticket.tier, ticket.defect_code, ticket.clocks_from, ticket.contact_due, ticket.attend_due, ticket.repair_due,
        ticket.contacted_at, ticket.attended_at, ticket.repaired_at, came_back=False, still=still,
    )  # fmt: skip


def round_before(before: dict[str, Any]) -> Round:
    """As the ticket stood when its fault came back."""
    at = {name: datetime.fromisoformat(before[name]) for name in before if name.endswith(("_at", "_due"))}
    return Round(
        Tier(before["tier"]), before["defect"], at.get("reopened_at") or at["reported_at"],
        at["contact_due"], at["attend_due"], at["repair_due"],
        at.get("contacted_at"), at.get("attended_at"), at.get("repaired_at"), came_back=True,
    )  # fmt: skip

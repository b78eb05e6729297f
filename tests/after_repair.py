"""Tickets that are repaired, as phones and owners make them so; and a look at what came of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town

from domain.jobs import Job, Visit, VisitState
from domain.tickets import Ticket


def repair(town: Town, desk: Desk, ticket_id: UUID, *, accepted: bool = True) -> str:
    """Plans and publishes tomorrow; the technician with the ticket's visit does it. The visit's id."""
    town.publish(DAY)
    ahead = planned(town, ticket_id)
    for technician in town.technicians:
        pocket = Pocket(desk, technician)
        for stop in pocket.stops():
            if stop["visit_id"] == ahead:
                steps = [pocket.operation(kind, stop["visit_id"]) for kind in ("depart", "arrive", "start")]
                verdicts = pocket.send(*steps, pocket.complete(stop["visit_id"], accepted=accepted))
                assert [verdict["status"] for verdict in verdicts] == ["applied"] * 4, verdicts
                visit_id: str = stop["visit_id"]
                return visit_id
    raise AssertionError("No phone has the visit.")


def planned(town: Town, ticket_id: UUID) -> str:
    async def look(session: AsyncSession) -> str:
        of_ticket = select(Visit.id).join(Visit.job).where(Job.ticket_id == ticket_id)
        return str((await session.scalars(of_ticket.where(Visit.state == VisitState.PLANNED))).one())

    return town.write(look)


def now() -> datetime:
    return datetime.now(UTC)


def ticket_of(town: Town, ticket_id: UUID) -> Ticket:
    async def look(session: AsyncSession) -> Ticket:
        return await session.get_one(Ticket, ticket_id)

    return town.write(look)


def jobs_of(town: Town, ticket_id: UUID) -> list[Job]:
    async def look(session: AsyncSession) -> list[Job]:
        return list(await session.scalars(select(Job).where(Job.ticket_id == ticket_id).order_by(Job.round, Job.step)))

    return town.write(look)


def change(town: Town, ticket_id: UUID, **values: Any) -> None:
    async def go(session: AsyncSession) -> None:
        await session.execute(update(Ticket).where(Ticket.id == ticket_id).values(**values))

    town.write(go)


def watched_until_yesterday(town: Town, ticket_id: UUID) -> date:
    over = now().date() - timedelta(days=2)
    change(town, ticket_id, watched_until=over)
    return over

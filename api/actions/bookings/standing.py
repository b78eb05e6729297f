"""What stands where a booking comes or goes: the booking before it, and the day's published plan."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.route_sheets import tell_some
from domain.bookings import Booking
from domain.jobs import Visit
from domain.people import Technician
from domain.plans import Plan, PlanState, Route, Stop, Unassigned


async def standing_booking(session: AsyncSession, job_id: UUID) -> Booking | None:
    return await session.scalar(select(Booking).where(Booking.job_id == job_id, Booking.ended_at.is_(None)))


async def into_plan(session: AsyncSession, plan: Plan, route: Route) -> None:
    """The published plan shows the technician's day as it is now, and so does the phone."""
    await session.execute(delete(Route).where(Route.plan_id == plan.id, Route.technician_id == route.technician_id))
    jobs = [stop.job_id for stop in route.stops]
    await session.execute(delete(Unassigned).where(Unassigned.plan_id == plan.id, Unassigned.job_id.in_(jobs)))
    route.plan_id = plan.id
    route.technician = await session.get_one(Technician, route.technician_id)
    session.add(route)
    await session.flush()
    await tell_some(session, plan, [route], {route.technician_id})


async def cancelled_in_plan(session: AsyncSession, territory_id: UUID, visit: Visit) -> None:
    """The day's published plan no longer has the visit."""
    routes = (
        select(Route.id)
        .join(Plan, Plan.id == Route.plan_id)
        .where(Plan.territory_id == territory_id, Plan.day == visit.day, Plan.state == PlanState.PUBLISHED)
    )
    await session.execute(delete(Stop).where(Stop.job_id == visit.job_id, Stop.route_id.in_(routes)))

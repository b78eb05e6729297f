"""A booked time is given back: the job waits for another one."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions.bookings.rules import BookingRules
from api.actions.bookings.standing import cancelled_in_plan, standing_booking
from api.actions.owner_messages import told_of_cancellation
from api.actions.route_sheets import take_back
from api.actions.visit_trail import record_change
from api.auth import Person
from api.db.day_versions import lock_days
from api.db.outbox import emit
from api.db.trail import record
from api.queries.slots.asked import asked_job
from domain.bookings import Booking, BookingEnd, check_may_choose
from domain.errors import Conflict, IllegalMove
from domain.jobs import Job, JobState, Visit, VisitState


async def cancel(
    session: AsyncSession, rules: BookingRules, job_id: UUID, reason: str = "", by: Person | None = None
) -> Booking:
    """The booking as it ended; whether that was late is part of it. IllegalMove where no time is booked, or the
    technician is on the way."""
    now = clock.now()
    asked = await asked_job(session, job_id, by, now)
    booking = await standing_booking(session, job_id)
    if booking is None or asked.job.promised_from is None:
        raise IllegalMove("No time is booked for this job.")
    check_may_choose(asked.job, asked.visit)
    if (visit := asked.visit) is not None:
        day = visit.day
        await lock_days(session, asked.territory.id, [day])
        await session.refresh(visit, with_for_update={"of": Visit})
        check_may_choose(asked.job, visit)
        if visit.day != day:
            raise Conflict("This visit is being moved to another day. Look at it again.")
        await take_back(session, visit)
        await cancelled_in_plan(session, asked.territory.id, visit)
        visit.move(VisitState.CANCELLED, JobState.WAITING)
        territory_id = asked.territory.id
        await emit(session, "visit.cancelled", visit.id, territory_id=territory_id, job_id=str(job_id), day=str(day))
    actor = by.actor if by else "system"
    await give_back(session, asked.job, actor, rules.notice, reason)
    if visit is not None:
        await record_change(session, actor, visit, None, booking=str(job_id), reason=reason)
    return booking


async def give_back(session: AsyncSession, job: Job, actor: str, notice: timedelta, reason: str) -> None:
    """Ends the booking that stands, if one does: nothing is promised any more."""
    booking = await standing_booking(session, job.id)
    job.promised_from = job.promised_to = None
    if booking is None:
        return
    booking.end(BookingEnd.CANCELLED, clock.now(), actor, notice, reason)
    told = {"day": str(booking.day), "late": booking.late}
    await emit(session, "booking.cancelled", job.id, territory_id=job.territory_id, **told)
    await told_of_cancellation(session, job.ticket_id, booking)
    await record(session, actor, "booking.cancelled", job.id, late=booking.late, reason=reason)

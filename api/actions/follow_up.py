"""What a finished visit sets going: the next step of its recipe, or the ticket's end with the calls after it."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.follow_ups import FollowUp, Occasion, RainyDay, occasions_of
from domain.jobs import Job, JobState, Visit
from domain.places import Territory
from domain.watch import watch_end


async def after_repair(session: AsyncSession, visit: Visit) -> None:
    """Closes the ticket when its last step is done, and the watch begins; makes the next step's job where a wait comes
    between."""
    job = visit.job
    if job.state is not JobState.DONE or visit.finished_at is None:
        return
    steps = job.ticket.defect.steps
    if job.step >= len(steps):
        territory = await session.get_one(Territory, job.territory_id)
        repaired_on = visit.finished_at.astimezone(territory.zone).date()
        until = watch_end(repaired_on, job.ticket.defect_code)
        job.ticket.repaired(visit.finished_at, until)
        await plan_calls(session, visit, repaired_on, until)
        return
    step = steps[job.step]
    session.add(
        Job(
            ticket_id=job.ticket_id,
            territory_id=job.territory_id,
            step=job.step + 1,
            round=job.round,
            tier=job.tier,
            duration=step.duration,
            skills=job.skills,
            due=max(job.ticket.repair_due, visit.finished_at + step.wait),
            not_before=visit.finished_at + step.wait,
        )
    )


async def plan_calls(session: AsyncSession, visit: Visit, repaired_on: date, until: date) -> None:
    """One on the watch's last day, so that what came back still counts; for some leaks one after the first rain, which
    may be marked already where a phone tells of a repair late."""
    job = visit.job
    rain = await session.scalar(
        select(func.min(RainyDay.day)).where(RainyDay.territory_id == job.territory_id, RainyDay.day > repaired_on)
    )
    due = {Occasion.WATCH_END: until, Occasion.FIRST_RAIN: rain and rain + timedelta(days=1)}
    session.add_all(
        FollowUp(
            ticket_id=job.ticket_id,
            visit_id=visit.id,
            territory_id=job.territory_id,
            occasion=occasion,
            since=repaired_on,
            due_on=due[occasion],
        )
        for occasion in occasions_of(job.ticket.defect_code)
    )

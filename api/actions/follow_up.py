"""What a finished visit sets going: the next step of its recipe, or the ticket's end."""

from sqlalchemy.ext.asyncio import AsyncSession

from domain.jobs import Job, JobState, Visit


def after_repair(session: AsyncSession, visit: Visit) -> None:
    """Closes the ticket when its last step is done; makes the next step's job where a wait comes between."""
    job = visit.job
    if job.state is not JobState.DONE or visit.finished_at is None:
        return
    steps = job.ticket.defect.steps
    if job.step >= len(steps):
        job.ticket.repaired(visit.finished_at)
        return
    step = steps[job.step]
    session.add(
        Job(
            ticket_id=job.ticket_id,
            territory_id=job.territory_id,
            step=job.step + 1,
            tier=job.tier,
            duration=step.duration,
            skills=job.skills,
            due=max(job.ticket.repair_due, visit.finished_at + step.wait),
            not_before=visit.finished_at + step.wait,
        )
    )

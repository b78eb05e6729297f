"""How a ticket stands at this moment: what is left to do, and when its clocks stood still."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.bookings import check_may_choose
from domain.clock_pauses import ClockPause, pause_reasons
from domain.day_slots import Slot
from domain.errors import IllegalMove
from domain.jobs import GONE, Job, JobState, Visit


class PauseView(Struct):
    """The attend and repair clocks stood still from `starts` until `ends`, or do so still."""

    name_en: str
    name_zh: str
    agreed_by: str
    channel: str
    note: str
    starts: datetime
    ends: datetime | None


class ToDo(Struct):
    """The job that comes next. `choose`: a time may be chosen for it now; `promised` is the one that is booked."""

    job_id: UUID
    state: str
    choose: bool
    promised: Slot | None


async def pauses_of(session: AsyncSession, ticket_id: UUID) -> list[PauseView]:
    """The newest first."""
    names = pause_reasons()
    rows = await session.scalars(
        select(ClockPause).where(ClockPause.ticket_id == ticket_id).order_by(ClockPause.starts.desc())
    )
    return [
        PauseView(
            names[one.reason]["name_en"],
            names[one.reason]["name_zh"],
            one.agreed_by,
            one.agreed_by_channel,
            one.note,
            one.starts,
            one.ends,
        )
        for one in rows
    ]


async def next_to_do(
    session: AsyncSession, ticket_id: UUID, visits: Sequence[Visit], placed: bool, now: datetime
) -> ToDo | None:
    """`visits` are all of the ticket; not `placed`, nobody can be sent there."""
    job = await session.scalar(
        select(Job)
        .where(Job.ticket_id == ticket_id, Job.state.not_in((JobState.DONE, JobState.CANCELLED)))
        .order_by(Job.step)
        .limit(1)
    )
    if job is None:
        return None
    stands = next((one for one in visits if one.job_id == job.id and one.state not in GONE), None)
    promised = job.promised_at(now)
    return ToDo(job.id, job.state, placed and may_choose(job, stands), Slot(*promised) if promised else None)


def may_choose(job: Job, visit: Visit | None) -> bool:
    try:
        check_may_choose(job, visit)
    except IllegalMove:
        return False
    return True

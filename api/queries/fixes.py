"""What would let one job in that waits: places it can have at once, and changes that the planner has verified."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from api.queries.spoken import names_in, spoken
from api.queries.standing_days import StandingDay
from domain.errors import Invalid
from scheduler.choices import Choice
from scheduler.errors import SolutionError
from scheduler.fix import Fix
from scheduler.fix_words import FIXES, sentence
from scheduler.fixes import find_fixes
from scheduler.stop import Stop

MOST = 3
"""Of each sort."""
LOOKS_S = 2.0
AS_AN_EDIT = frozenset({"overtime", "window", "allowed"})
"""What one move comes to, if somebody takes it on herself: the board asks for the reason."""


class FoundFix(Struct):
    """`applies`: placing the job with this technician, at `position` or `starts_at`, does it. `minutes` is what the
    day then costs more, in minutes of driving; None where the planner's own plan would cost something else."""

    kind: str
    en: str
    zh: str
    technician_id: UUID | None
    position: int | None
    starts_at: datetime | None
    minutes: float | None
    applies: bool


class FoundFixes(Struct):
    """The cheapest first; what one click does before what people are to be asked for."""

    job_id: UUID
    fixes: list[FoundFix]


async def fixes(day: StandingDay, job_id: UUID) -> FoundFixes:
    """Raises Invalid for a job that isn't of this day, or whose visit may not move."""
    names = names_in(day.stands)
    async with day.asking:
        try:
            choices = await asyncio.to_thread(day.choices.of, str(job_id))
        except ValueError as error:
            raise Invalid(f"It can't be placed: {spoken(str(error), names)}.") from error
    places = sorted((one for one in choices if one.allowed), key=lambda one: one.price or 0)[:MOST]
    found = [as_it_is(day, choice, names) for choice in places]
    if not found:
        found = [told(day, fix, names) for fix in await verified(day, job_id)]
    return FoundFixes(job_id, found)


async def verified(day: StandingDay, job_id: UUID) -> list[Fix]:
    """None on a day that already breaks a rule, as an override or the road makes it: nothing can be proved there."""
    running = day.stands.running

    def look() -> Iterable[Fix]:
        try:
            found = find_fixes(running.problem, running.plan, Stop(LOOKS_S), [str(job_id)], search_s=0)
        except (SolutionError, ValueError):
            return ()
        return (fix for one in found for fix in one.fixes if fix.verified)

    return list(await asyncio.to_thread(look))[:MOST]


def as_it_is(day: StandingDay, choice: Choice, names: dict[str, str]) -> FoundFix:
    assert choice.start is not None  # it is allowed
    assert choice.price is not None
    starts = day.stands.day.origin + timedelta(seconds=choice.start)
    given = {
        "technician": names[choice.technician],
        "start": f"{starts.astimezone(day.stands.day.territory.zone):%H:%M}",
    }
    words = FIXES["as_it_is"].sentence
    return FoundFix(
        kind="as_it_is",
        en=words.en.format_map(given),
        zh=words.zh.format_map(given),
        technician_id=UUID(choice.technician),
        position=choice.position,
        starts_at=starts,
        minutes=round(choice.price / 60, 1),
        applies=True,
    )


def told(day: StandingDay, fix: Fix, names: dict[str, str]) -> FoundFix:
    words = sentence(fix)
    starts = None if fix.start is None else day.stands.day.origin + timedelta(seconds=fix.start)
    return FoundFix(
        kind=fix.kind,
        en=spoken(words.en, names),
        zh=spoken(words.zh, names),
        technician_id=UUID(fix.technician) if fix.technician else None,
        position=None,
        starts_at=starts,
        minutes=None,
        applies=fix.kind in AS_AN_EDIT and not fix.moved,
    )

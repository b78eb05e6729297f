"""What a visit's move would cost with each technician, as the board shows it while somebody drags."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from api.queries.spoken import names_in, spoken
from api.queries.standing_days import StandingDay
from domain.errors import Invalid
from scheduler.choices import Choice
from scheduler.rules import HARD
from scheduler.solution import Violation

RULES = {rule.name: rule for rule in HARD}


class Reason(Struct):
    """A rule that would be broken: what it asks, and how it would be broken, in English only."""

    rule: str
    en: str
    zh: str
    sentence: str


class Risk(Struct):
    """An owner who would be told another time, or get none that was agreed."""

    job_id: UUID
    ticket_number: str


class TechnicianChoice(Struct):
    """The cheapest place with this technician. `position` counts the visits still to come before it.

    `minutes` is what the day costs more, in minutes of driving, moved promises included. `promise` says how the owner's
    own is kept: kept, moved or broken; None where nothing was promised.
    """

    technician_id: UUID
    technician: str
    allowed: bool
    position: int
    starts_at: datetime | None
    minutes: float | None
    promise: str | None
    at_risk: list[Risk]
    reasons: list[Reason]


class WhatIf(Struct):
    """`version` is that of the visit that was asked about, to be sent with the move; None: the job has none yet."""

    job_id: UUID
    version: int | None
    choices: list[TechnicianChoice]


async def what_if(day: StandingDay, job_id: UUID) -> WhatIf:
    """Raises Invalid for a job that isn't of this day, or whose visit may not move."""
    async with day.asking:
        try:
            found = await asyncio.to_thread(day.choices.of, str(job_id))
        except ValueError as error:
            raise Invalid(f"It can't be placed: {spoken(str(error), names_in(day.stands))}.") from error
    names = names_in(day.stands)
    visit = day.stands.visits.get(job_id)
    return WhatIf(job_id, visit.version if visit else None, [told(day, choice, names) for choice in found])


def told(day: StandingDay, choice: Choice, names: dict[str, str]) -> TechnicianChoice:
    return TechnicianChoice(
        technician_id=UUID(choice.technician),
        technician=names[choice.technician],
        allowed=choice.allowed,
        position=choice.position,
        starts_at=None if choice.start is None else day.stands.day.origin + timedelta(seconds=choice.start),
        minutes=None if choice.price is None else round(choice.price / 60, 1),
        promise=choice.promise,
        at_risk=[Risk(UUID(job), names[job]) for job in choice.at_risk],
        reasons=[reason(violation, names) for violation in choice.violations],
    )


def reason(violation: Violation, names: dict[str, str]) -> Reason:
    rule = RULES[violation.rule]
    return Reason(rule.name, rule.en, rule.zh, spoken(violation.sentence, names))

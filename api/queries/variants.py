"""What if: a day made different on purpose, to see what it would be worth. The real day is never touched by it."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from api.queries.day import Day
from api.queries.day_problem import SECOND, Point, seconds
from domain.errors import Invalid
from domain.people import Technician
from domain.places import Territory
from scheduler.problem import Problem
from scheduler.problem import Technician as Worker

Minutes = Annotated[int, Meta(ge=1, le=480)]
Skill = Annotated[str, Meta(min_length=1, max_length=100)]


class Place(Struct, forbid_unknown_fields=True):
    """WGS-84 degrees."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]


class OneMore(Struct, forbid_unknown_fields=True):
    """One technician more, in everything `like` an existing one but for what is said here: abilities (certificates
    among them), where the day starts and ends, and when on the territory's clock."""

    like: UUID
    abilities: Annotated[list[Skill], Meta(max_length=100)] | None = None
    home: Place | None = None
    starts: time | None = None
    ends: time | None = None


class Overtime(Struct, forbid_unknown_fields=True):
    """So much more than may be worked already, by one technician or by all."""

    minutes: Minutes
    technician_id: UUID | None = None


class Depot(Struct, forbid_unknown_fields=True):
    """Where one technician, or all, would start and end the day."""

    place: Place
    technician_id: UUID | None = None


class Variant(Struct, forbid_unknown_fields=True):
    """One of these or more together."""

    one_more: OneMore | None = None
    overtime: Overtime | None = None
    depot: Depot | None = None

    def places(self) -> list[Point]:
        """Where the day would have to reach that it doesn't now."""
        found = [self.one_more.home if self.one_more else None, self.depot.place if self.depot else None]
        return [(place.latitude, place.longitude) for place in found if place is not None]


async def check_variant(session: AsyncSession, territory: Territory, day: date, variant: Variant) -> None:
    """Raises Invalid for what changes nothing, and for a technician who isn't at work there on that day."""
    if not (variant.one_more or variant.overtime or variant.depot):
        raise Invalid("The what-if changes nothing: say one_more, overtime or depot.")
    more = variant.one_more
    if more and more.starts and more.ends and more.starts >= more.ends:
        raise Invalid(f"one_more would start at {more.starts} and end at {more.ends}: the end must come later.")
    found = await session.scalars(
        select(Technician)
        .where(Technician.territory_id == territory.id, Technician.active)
        .options(joinedload(Technician.territory), selectinload(Technician.shifts), selectinload(Technician.absences))
    )
    working = {technician.id for technician in found if technician.duty_on(day)}
    parts = (variant.overtime, variant.depot)
    asked = {part.technician_id for part in parts if part and part.technician_id} | ({more.like} if more else set())
    if strangers := asked - working:
        raise Invalid(
            f"Not at work in {territory.name} on {day}: {', '.join(sorted(map(str, strangers)))}. "
            "Choose a technician who is."
        )


def varied(problem: Problem, day: Day, points: Sequence[Point], variant: Variant) -> Problem:
    """The same day, made different. `points` are the problem's locations and hold the variant's places."""
    index = {point: number for number, point in enumerate(points)}

    def changed(worker: Worker) -> Worker:
        overtime, depot = variant.overtime, variant.depot
        if overtime and overtime.technician_id in (None, UUID(worker.id)):
            worker = replace(worker, max_overtime=worker.max_overtime + 60 * overtime.minutes)
        if depot and depot.technician_id in (None, UUID(worker.id)):
            there = index[depot.place.latitude, depot.place.longitude]
            worker = replace(worker, start=there, end=there)
        return worker

    team = tuple(map(changed, problem.technicians))
    more = variant.one_more
    if more is None:
        return replace(problem, technicians=team)
    same = next((worker for worker in team if worker.id == str(more.like)), None)
    if same is None:
        raise Invalid("The technician that one more was to be like is not at work that day any more.")
    home = index[more.home.latitude, more.home.longitude] if more.home else None
    return replace(problem, technicians=(*team, second(same, more, day, home)))


def second(same: Worker, more: OneMore, day: Day, home: int | None) -> Worker:
    """Raises Invalid for working hours that end before they start."""

    def at(clock: time | None, otherwise: int) -> int:
        return otherwise if clock is None else seconds(day, datetime.combine(day.day, clock, tzinfo=day.territory.zone))

    shift = (at(more.starts, same.shift[0]), at(more.ends, same.shift[1]))
    if shift[0] >= shift[1]:
        raise Invalid("The technician more would start after the end of the day: say both starts and ends.")
    return replace(
        same,
        id=same.id + SECOND,
        start=same.start if home is None else home,
        end=same.end if home is None else home,
        shift=shift,
        breaks=tuple(rest for rest in same.breaks if shift[0] <= rest.window[0] and rest.window[1] <= shift[1]),
        skills=same.skills if more.abilities is None else tuple(sorted(set(more.abilities))),
    )

"""The roster in the columns that `doorstep import technicians` reads; phone numbers are masked."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from api.adapters.sheets import Table, Value
from api.adapters.sheets.weekdays import write_weekdays
from domain.people import Shift, Technician, masked
from domain.places import Territory

COLUMNS = (
    "code", "name", "phone", "territory", "latitude", "longitude", "skills", "certificates", "shift_days",
    "shift_starts", "shift_ends", "break_from", "break_to", "break_minutes", "max_overtime_minutes", "speed", "active",
)  # fmt: skip


async def technicians_table(session: AsyncSession, territory: Territory | None) -> Table:
    """All of a territory, or of all; those that are no longer active too."""
    query = select(Technician).options(
        joinedload(Technician.territory), selectinload(Technician.certificates), selectinload(Technician.shifts)
    )
    if territory is not None:
        query = query.where(Technician.territory_id == territory.id)
    rows = [row(one) for one in await session.scalars(query.order_by(Technician.code))]
    return Table("technicians", COLUMNS, rows)


def row(technician: Technician) -> list[Value]:
    certificates = sorted(technician.certificates, key=lambda one: (one.kind, one.valid_from))
    return [
        technician.code,
        technician.name,
        masked(technician.phone),
        technician.territory.name,
        technician.latitude,
        technician.longitude,
        ";".join(technician.skills),
        ";".join(f"{one.kind}:{one.number}:{one.valid_from}:{one.valid_to}" for one in certificates),
        *week(technician.shifts),
        in_minutes(technician.max_overtime),
        technician.speed,
        technician.active,
    ]


def week(shifts: Sequence[Shift]) -> list[Value]:
    """The six columns of shifts; one part for each kind of day, in order of its first weekday."""
    kinds: dict[tuple[Value, ...], list[int]] = defaultdict(list)
    for shift in sorted(shifts, key=lambda one: one.weekday):
        length = None if shift.break_from is None else in_minutes(shift.break_length)
        kinds[shift.starts, shift.ends, shift.break_from, shift.break_to, length].append(shift.weekday)
    times = [parts(column) for column in zip(*kinds, strict=True)] if kinds else [None] * 5
    return [";".join(map(write_weekdays, kinds.values())), *times]


def parts(values: Sequence[Value]) -> Value:
    """A single value as it is, so that a workbook shows a time; several as text."""
    if len(values) == 1 or not any(value is not None for value in values):
        return values[0]
    return ";".join(f"{value:%H:%M}" if isinstance(value, time) else str(value or "") for value in values)


def in_minutes(length: timedelta) -> int | float:
    minutes = length / timedelta(minutes=1)
    return int(minutes) if minutes.is_integer() else minutes

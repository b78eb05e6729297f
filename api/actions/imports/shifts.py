"""A technician's week in six columns; a second kind of day, such as a short Saturday, follows after a semicolon."""

from dataclasses import dataclass
from datetime import time, timedelta
from itertools import zip_longest

from api.actions.imports.cells import clock, minutes, several, text
from api.actions.imports.columns import BadValues, Column, Values
from api.adapters.sheets import Cell
from api.adapters.sheets.weekdays import read_weekdays
from domain.people import Shift

LONGEST_BREAK_MIN = 240


def _per_kind_of_day(cell: Cell) -> list[Cell]:
    """Keeps empty parts: the second kind of day may have no break."""
    return [part.strip() for part in cell.replace("；", ";").split(";")] if isinstance(cell, str) else [cell]


COLUMNS = {
    "shift_days": Column(
        "班次日期", several(lambda cell: read_weekdays(text(100)(cell))), "Mon-Fri, or Mon-Fri;Sat", empty=[]
    ),
    "shift_starts": Column("上班时间", several(clock), "08:00, or 08:00;09:00", empty=[]),
    "shift_ends": Column("下班时间", several(clock), "17:00, or 17:00;13:00", empty=[]),
    "break_from": Column("休息最早", _per_kind_of_day, "earliest start of the break", empty=[]),
    "break_to": Column("休息最晚", _per_kind_of_day, "latest start of the break", empty=[]),
    "break_minutes": Column("休息分钟", _per_kind_of_day, "length of the break", empty=[]),
}


@dataclass(frozen=True, order=True)
class WorkingDay:
    """A row of `shifts` without its technician."""

    weekday: int
    starts: time
    ends: time
    break_from: time | None
    break_to: time | None
    break_length: timedelta

    @classmethod
    def of(cls, shift: Shift) -> "WorkingDay":
        return cls(shift.weekday, shift.starts, shift.ends, shift.break_from, shift.break_to, shift.break_length)

    def onto(self, shift: Shift | None) -> Shift:
        """The same row where there is one: a day of the week has no more than one."""
        shift = shift or Shift()
        for name, value in vars(self).items():
            setattr(shift, name, value)
        return shift


def week_of(values: Values) -> list[WorkingDay] | None:
    """By weekday; None if the file says nothing of shifts. Raises BadValues."""
    if not values.keys() & COLUMNS.keys():
        return None
    days: list[list[int]] = values.get("shift_days", [])
    starts: list[time] = values.get("shift_starts", [])
    ends: list[time] = values.get("shift_ends", [])
    if not len(days) == len(starts) == len(ends):
        raise BadValues(
            {"shift_days": f"has {len(days)} kinds of day, shift_starts {len(starts)} and shift_ends {len(ends)}"}
        )
    breaks = _breaks(values)
    if len(breaks) > len(days):
        raise BadValues({"break_from": f"there are {len(breaks)} breaks for {len(days)} kinds of day"})
    breaks += [None] * (len(days) - len(breaks))
    week: dict[int, WorkingDay] = {}
    for those, begins, stops, rest in zip(days, starts, ends, breaks, strict=True):
        _check(begins, stops, rest)
        for weekday in those:
            if weekday in week:
                raise BadValues({"shift_days": "names a day twice"})
            week[weekday] = WorkingDay(weekday, begins, stops, *(rest or (None, None, timedelta())))
    return sorted(week.values())


Break = tuple[time, time, timedelta]


def _breaks(values: Values) -> list[Break | None]:
    """One for each kind of day, as far as they go; None for a day without."""
    columns = [values.get(name, []) for name in ("break_from", "break_to", "break_minutes")]
    return [_break(*cells) for cells in zip_longest(*columns, fillvalue="")]


def _break(first: Cell, last: Cell, length: Cell) -> Break | None:
    given = {"break_from": first, "break_to": last, "break_minutes": length}
    if all(cell == "" for cell in given.values()):
        return None
    if empty := [name for name, cell in given.items() if cell == ""]:
        raise BadValues({empty[0]: "is empty; a break has its earliest and latest start and its minutes"})
    try:
        reading = "break_from"
        earliest = clock(first)
        reading = "break_to"
        latest = clock(last)
        reading = "break_minutes"
        return earliest, latest, minutes(LONGEST_BREAK_MIN)(length)
    except ValueError as error:
        raise BadValues({reading: str(error)}) from None


def _check(begins: time, stops: time, rest: Break | None) -> None:
    if begins >= stops:
        raise BadValues({"shift_ends": f"{stops:%H:%M} is not after the start, {begins:%H:%M}"})
    if rest is None:
        return
    first, last, length = rest
    if not length:
        raise BadValues({"break_minutes": "is 0; leave all three empty for a day without a break"})
    if not begins <= first <= last <= stops:
        raise BadValues({"break_from": "the break lies outside of the shift, or its latest start before its earliest"})
    until = timedelta(hours=last.hour, minutes=last.minute) + length
    if until > timedelta(hours=stops.hour, minutes=stops.minute):
        raise BadValues({"break_to": f"a break that starts at {last:%H:%M} ends after the shift"})

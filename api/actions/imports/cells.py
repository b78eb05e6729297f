"""What a cell may mean: one function a kind of value. Each raises ValueError saying what is wrong with the cell."""

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from api.adapters.sheets import Broken, Cell
from domain.people import masked

T = TypeVar("T")

DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0?0:00(?::00)?)?")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
"""How Excel saves a long number in a CSV: the digits are lost."""

YEARS = range(1950, 2200)
EXAMPLE = datetime(2024, 2, 29, 17, 30, tzinfo=UTC)
YES = {"yes": True, "y": True, "true": True, "1": True, "是": True}
NO = {"no": False, "n": False, "false": False, "0": False, "否": False}


def shown(cell: Cell) -> str:
    """The cell in quotes for a message, cut to a readable length."""
    text = cell.shown if isinstance(cell, Broken) else str(cell)
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'


def plain(cell: Cell) -> str:
    match cell:
        case str():
            return cell
        case Broken():
            raise ValueError(cell.reason)
        case _:
            raise ValueError(f"{shown(cell)} was made a date or time by the spreadsheet; format the column as text")


def text(most: int) -> Callable[[Cell], str]:
    """Up to `most` characters, spaces tidied but for line breaks."""

    def parse(cell: Cell) -> str:
        lines = [" ".join(line.split()) for line in plain(cell).splitlines()]
        tidy = "\n".join(lines).strip()
        if len(tidy) > most:
            raise ValueError(f"has {len(tidy):,} characters; {most:,} are the most")
        return tidy

    return parse


def code(cell: Cell) -> str:
    """A number or name that another system gave, kept letter by letter."""
    written = text(100)(cell)
    if SHORTENED.fullmatch(written):
        raise ValueError(f"{shown(cell)} was shortened by the spreadsheet; format the column as text")
    return written


def phone(cell: Cell) -> str:
    """As it is dialled; a masked one, 138****0000, is for the importer to compare."""
    written = unicodedata.normalize("NFKC", code(cell)).removesuffix(".0")
    digits = sum(letter.isdigit() for letter in written)
    if digits < 5 and "*" not in written:
        raise ValueError(f"{shown(cell)} is not a phone number")
    if len(written) > 30:
        raise ValueError(f"{shown(cell)} is longer than a phone number")
    return written


def number(least: float, most: float) -> Callable[[Cell], float]:
    """Both ends inclusive."""

    def parse(cell: Cell) -> float:
        try:
            value = float(unicodedata.normalize("NFKC", plain(cell)))
        except ValueError as error:
            raise (error if isinstance(cell, Broken) else ValueError(f"{shown(cell)} is not a number")) from None
        if not least <= value <= most:
            raise ValueError(f"{shown(cell)} is not between {least:g} and {most:g}")
        return value

    return parse


def minutes(most: int) -> Callable[[Cell], timedelta]:
    def parse(cell: Cell) -> timedelta:
        return timedelta(minutes=number(0, most)(cell))

    return parse


def yes_or_no(cell: Cell) -> bool:
    written = plain(cell).casefold()
    if written not in YES | NO:
        raise ValueError(f"{shown(cell)} is neither yes nor no")
    return (YES | NO)[written]


def day(cell: Cell) -> date:
    """Year first, for nobody can tell 3/4/2024 from 4/3/2024."""
    if isinstance(cell, datetime):
        found = cell.date()
    else:
        if isinstance(cell, time) or not (match := DAY.fullmatch(plain(cell))):
            raise ValueError(f"{shown(cell)} is not a day written year first, such as 2024-02-29")
        try:
            found = date(*map(int, match.groups()))
        except ValueError:
            raise ValueError(f"{shown(cell)} is not a day of the calendar") from None
    if found.year not in YEARS:
        raise ValueError(f"{shown(cell)} is not in the years {YEARS.start} to {YEARS.stop - 1}")
    return found


def clock(cell: Cell) -> time:
    """A time of day such as 8:30, to the minute."""
    if isinstance(cell, datetime | time):
        return time(cell.hour, cell.minute)
    match = CLOCK.fullmatch(unicodedata.normalize("NFKC", plain(cell)))
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"{shown(cell)} is not a time of day such as 08:30")
    return time(int(match[1]), int(match[2]))


def moment(zone: ZoneInfo, *formats: str) -> Callable[[Cell], datetime]:
    """An aware datetime. Without an offset of its own it is on the zone's clock; ISO 8601 is always understood."""

    def parse(cell: Cell) -> datetime:
        found = cell if isinstance(cell, datetime) else _read(cell)
        if found.year not in YEARS:
            raise ValueError(f"{shown(cell)} is not in the years {YEARS.start} to {YEARS.stop - 1}")
        return found if found.tzinfo else found.replace(tzinfo=zone)

    def _read(cell: Cell) -> datetime:
        written = plain(cell)
        for time_format in formats:
            with suppress(ValueError):
                return datetime.strptime(written, time_format)  # noqa: DTZ007 (the zone is added above)
        try:
            return datetime.fromisoformat(written)
        except ValueError:
            example = EXAMPLE.strftime((*formats, "%Y-%m-%d %H:%M")[0])
            raise ValueError(f"{shown(cell)} is not a time written like {example}") from None

    return parse


def several(parse: Callable[[Cell], T]) -> Callable[[Cell], list[T]]:
    """Values separated by semicolons, of either width."""

    def parse_all(cell: Cell) -> list[T]:
        if not isinstance(cell, str):
            return [parse(cell)]
        return [parse(part.strip()) for part in re.split("[;；]", cell) if part.strip()]

    return parse_all


def is_mask_of(written: str, phone: str) -> bool:
    """Whether `written` is how an export shows this number."""
    return "*" in written and written == masked(phone)

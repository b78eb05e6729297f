"""What is written to a file: a title, named columns, rows of values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

Value = str | int | float | bool | date | datetime | time | None


class Share(float):
    """Of 1; a workbook shows it in percent."""


@dataclass(frozen=True, slots=True)
class Table:
    """Aware datetimes are in the zone that the reader wants to see; None is an empty cell."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Value]]


def as_text(value: Value) -> str:
    """ISO 8601 with a space for the T, and with the offset of an aware datetime; yes and no."""
    match value:
        case None:
            return ""
        case Share():
            return f"{value:.4f}"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case time():
            return value.isoformat(timespec="minutes" if value.second == 0 else "seconds")
        case _:
            return str(value)

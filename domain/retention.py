"""How long what is about persons is kept: rows with a source, whose days an operator may set otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.data import read_seed


@dataclass(frozen=True)
class Keep:
    """`what` and `why` in both languages, for those who ask what is kept of them."""

    code: str
    days: int
    what_en: str
    what_zh: str
    why_en: str
    why_zh: str
    source: str

    @property
    def lasts(self) -> timedelta:
        return timedelta(days=self.days)


def load_retention(days: Mapping[str, int]) -> dict[str, Keep]:
    """By code; `days` are those that the operator has set."""
    rows = [Keep(**row) for row in read_seed("retention")["keep"]]
    return {row.code: replace(row, days=days.get(row.code, row.days)) for row in rows}


def days_in(told: str) -> dict[str, int]:
    """Of `messages=180, intakes=30`. Raises ValueError that says what is wrong."""
    known = load_retention({})
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in told.split(","))):
        code, _, days = (word.strip() for word in part.partition("="))
        if code not in known:
            raise ValueError(f"it has {code!r}; what is kept is {', '.join(known)}")
        if not (days.isascii() and days.isdigit() and 1 <= int(days) <= 36525):
            raise ValueError(f"{code} is {days!r}; it must be days from 1 to 36525")
        found[code] = int(days)
    return found

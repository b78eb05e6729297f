"""How long a repair is watched, which defects count as the same fault, and who redoes what did not hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from domain.data import read_seed
from domain.warranty import Payer


@dataclass(frozen=True)
class Watch:
    """`defects` are one fault under several names; none: each defect is a fault of its own."""

    code: str
    length: timedelta
    after_rain: bool
    defects: frozenset[str]
    source: str


@cache
def watches() -> tuple[Watch, ...]:
    """The default comes last."""
    seed = read_seed("watch")
    rows = [*seed["watch"], {"code": "default"} | seed["default"]]
    return tuple(
        Watch(
            row["code"],
            timedelta(days=row["days"]),
            row.get("after_rain", False),
            frozenset(row.get("defects", ())),
            row["source"],
        )
        for row in rows
    )


def watch_of(defect: str) -> Watch:
    return next(watch for watch in watches() if defect in watch.defects or not watch.defects)


def watch_end(repaired: date, defect: str) -> date:
    """The last day, included, on the site's calendar."""
    return repaired + watch_of(defect).length


def same_fault(one: str, other: str) -> bool:
    return one == other or other in watch_of(one).defects


def redone_for_nothing(
    earlier: Mapping[str, Any], today: Mapping[str, Any], repaired: date, until: date
) -> dict[str, Any]:
    """The verdict on a repair that came back, as `Verdict.record` writes it.

    What the home's own warranty covers `today` stays so. Otherwise whoever paid for the repair that did not hold pays
    again, the developer in the owner's place (《民法典》 art. 781: whoever took the work on does it again).
    """
    if today["covered"]:
        return dict(today)
    row, paid = read_seed("watch")["repair"], earlier.get("payer")
    payer = Payer.BUILDER if paid == Payer.BUILDER else Payer.DEVELOPER
    days = {"day": repaired.isoformat(), "until": until.isoformat()}
    return {
        "item": today["item"],
        "covered": True,
        "payer": str(payer),
        "until": until.isoformat(),
        "articles": [row["article"]],
        "missing": [],
        "why_en": row["why_en"].format(**days) + ".",
        "why_zh": row["why_zh"].format(**days) + "。",
    }

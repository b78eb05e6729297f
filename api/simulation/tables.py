"""A simulated day in numbers, both ways of dispatch beside each other."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Group
from rich.table import Table
from rich.text import Text

from api.simulation.city import City
from api.simulation.day import Day
from api.simulation.outcome import Measures
from domain.triage import Tier

OURS, THEIRS = "Doorstep", "first come, nearest"


@dataclass(frozen=True)
class Run:
    seed: int
    city: City
    day: Day
    ours: Measures
    theirs: Measures
    seconds: float


def rows(run: Run) -> Iterator[tuple[str, str, str]]:
    """What is measured, by us, by them."""
    for (what, ours), (_, theirs) in zip(told_of(run.ours), told_of(run.theirs), strict=True):
        yield what, ours, theirs


def told_of(one: Measures) -> Iterator[tuple[str, str]]:
    for tier in Tier:
        yield f"attended in time, {tier}", ratio(*one.attended[tier])
    yield "promises kept", ratio(one.kept, one.promised)
    yield "visits done", ratio(one.served, one.calls)
    yield "driving, hours", f"{one.travel_minutes / 60:,.0f}"
    yield "driving a visit, minutes", f"{one.travel_minutes / max(1, one.served):.1f}"
    yield "overtime, hours", f"{one.overtime_minutes / 60:,.1f}"
    wait = one.emergency_wait_minutes
    yield "emergency, median wait, minutes", "–" if wait is None else f"{wait:.0f}"


def ratio(good: int, all_: int) -> str:
    return f"{100 * good / all_:.1f} %  ({good} of {all_})" if all_ else "–"


def table(run: Run) -> Group:
    shown = Table(title=title(run), title_justify="left")
    shown.add_column("")
    for name in (OURS, THEIRS):
        shown.add_column(name, justify="right")
    for row in rows(run):
        shown.add_row(*row)
    return Group(shown, Text(told(run)))


def title(run: Run) -> str:
    return f"A city's day, seed {run.seed}: {len(run.city.workers)} technicians, {len(run.city.calls):,} jobs"


def told(run: Run) -> str:
    day, invariants = run.day, run.day.invariants
    ill = sum(worker.ill_from is not None for worker in run.city.workers)
    today = sum(call.reported >= 0 for call in run.city.calls)
    refused = "".join(f"\n  {times} × {what}" for what, times in day.desk.refused.most_common(3))
    return (
        f"{today} jobs came in on the day, {ill} technicians fell ill, {day.desk.tried} repairs were asked for; "
        f"{day.desk.accepted} of their lines accepted, {day.desk.rejected} rejected, "
        f"{day.desk.refused.total()} refused by the site; {day.flagged} records of phones were refused or in conflict."
        f"{refused}\n"
        f"{day.events:,} events in {run.seconds:.0f} s; what must hold was asked {invariants.looks} times: "
        f"{len(invariants.broken)} broken."
    )

"""How fast a running day is repaired: `python -m bench.repair`.

2,000 visits with 200 technicians, at ten in the morning. An urgent job is answered from a day that was read
once; every other event changes the day itself, which is then read anew.
"""

import random
import time
from collections.abc import Callable
from statistics import quantiles

import msgspec

from bench.published import EIGHT, PublishedDay, job, published_day
from scheduler.events import Away, Cancelled, Event, NoShow, Overrun, Urgent
from scheduler.replan import LiveDay
from scheduler.running import RunningDay, Status

NOW = EIGHT + 2 * 3600
URGENT, OTHERS = 300, 20  # events of a kind
GOAL_MS = 10.0  # p99 of one urgent job


def at_ten(published: PublishedDay) -> RunningDay:
    status = {}
    for route in published.solution.routes:
        for stop in route.stops:
            if stop.end <= NOW:
                status[stop.job] = Status.DONE
            elif stop.start <= NOW:
                status[stop.job] = Status.STARTED
    return RunningDay(published.problem, published.solution, NOW, status)


def measured(live: LiveDay, events: list[Event]) -> tuple[list[float], float]:
    """Milliseconds of each repair, and how many moves it proposes on average."""
    took, moves = [], 0
    for event in events:
        began = time.perf_counter()
        moves += len(live.repair(event).moves)
        took.append((time.perf_counter() - began) * 1000)
    return took, moves / len(events)


def main() -> None:
    published = published_day(seed=1, lunch=True)
    day = at_ten(published)
    began = time.perf_counter()
    live = LiveDay(day)
    live.repair(Urgent(job(random.Random(0), "first")))
    print(f"A running day of {published.visits:,} visits, read in {(time.perf_counter() - began) * 1000:.0f} ms")

    draw = random.Random(5)
    begun = [name for name, status in day.status.items() if status is Status.STARTED]
    names = [route.technician for route in published.solution.routes]
    kinds: dict[str, tuple[int, Callable[[int], Event]]] = {
        "urgent": (URGENT, lambda n: Urgent(_emergency(draw, n))),
        "ill": (OTHERS, lambda n: Away(names[n], NOW)),
        "overrun": (OTHERS, lambda n: Overrun(begun[n], 2_400)),
        "no show": (OTHERS, lambda n: NoShow(begun[n])),
        "cancelled": (OTHERS, lambda n: Cancelled(published.solution.routes[n].stops[-1].job)),
    }
    print(f"{'event':>10} {'p50':>10} {'p99':>10} {'moves':>6}")
    for name, (count, event) in kinds.items():
        took, moves = measured(live, [event(number) for number in range(count)])
        percent = quantiles(took, n=100, method="inclusive")
        print(f"{name:>10} {percent[49]:>7.1f} ms {percent[98]:>7.1f} ms {moves:>6.1f}")
        if name == "urgent":
            print(f"Goal: p99 within {GOAL_MS:g} ms: {'met' if percent[98] <= GOAL_MS else 'MISSED'}")


def _emergency(draw: random.Random, number: int) -> msgspec.Struct:
    """Due within two hours, wherever it is."""
    asked = job(draw, f"urgent {number}", promised=0)
    return msgspec.structs.replace(
        asked, tier="emergency", unserved_cost=200_000, due=NOW + 3_600, windows=((NOW, NOW + 7_200),)
    )


if __name__ == "__main__":
    main()

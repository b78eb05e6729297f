"""How fast an owner's question for a time is answered: `python -m bench.slots`.

One job against the published plans of five days, four slots a day, each offer proven and priced exactly.
"""

import random
import time
from statistics import quantiles

from bench.published import SLOTS, job, published_day
from scheduler.slots import OpenDay, offer_slots

DAYS, QUESTIONS = 5, 1_000
GOAL_MS = 2.0  # p99 of one question


def main() -> None:
    print(f"One job, {DAYS} days × {len(SLOTS)} slots")
    print(f"{'breaks':>7} {'visits/day':>10} {'open a day':>11} {'offers':>7} {'p50':>8} {'p99':>8} {'book p99':>9}")
    for lunch in (False, True):
        published = [published_day(seed, lunch) for seed in range(DAYS)]
        began = time.perf_counter()
        days = [OpenDay(one.problem, one.solution) for one in published]
        opening_ms = (time.perf_counter() - began) / DAYS * 1000
        draw, asked_ms, booked_ms, offers = random.Random(9), [], [], 0
        for number in range(QUESTIONS):
            asked = job(draw, f"asked {number}", promised=0)
            began = time.perf_counter()
            found = offer_slots(days, asked, SLOTS)
            asked_ms.append((time.perf_counter() - began) * 1000)
            offers += len(found)
            if found and number % 10 == 0:
                began = time.perf_counter()
                days[found[0].day].book(found[0])
                booked_ms.append((time.perf_counter() - began) * 1000)
        visits = sum(one.visits for one in published) // DAYS
        percent = quantiles(asked_ms, n=100)
        print(
            f"{'lunch' if lunch else 'none':>7} {visits:>10,} {opening_ms:>8.0f} ms {offers / QUESTIONS:>7.1f}"
            f" {percent[49]:>5.2f} ms {percent[98]:>5.2f} ms {quantiles(booked_ms, n=100)[98]:>6.2f} ms"
        )
        print(f"Goal: p99 within {GOAL_MS:g} ms: {'met' if percent[98] <= GOAL_MS else 'MISSED'}")


if __name__ == "__main__":
    main()

"""How long the travel matrix takes as the number of places grows: `python -m bench.travel`."""

import time

import numpy as np

from scheduler.travel import WORKDAY, GreatCircle

SIZES = (250, 500, 1000, 2000)
RUNS = 3
GOAL_S = 2.0  # for 2,000 places


def best_s(places: int) -> float:
    """The fastest of a few runs: the others measure who else uses the machine."""
    points = (np.array([31.0, 121.2]) + np.random.default_rng(places).random((places, 2)) * 0.5).tolist()
    travel, runs = GreatCircle(speed_kmh=WORKDAY), []
    for _ in range(RUNS):
        began = time.perf_counter()
        travel.matrix(points, departure_s=8 * 3600)
        runs.append(time.perf_counter() - began)
    return min(runs)


def main() -> None:
    print("Great-circle travel times and distances, all pairs, best of", RUNS)
    print(f"{'places':>7} {'pairs':>10} {'seconds':>8} {'growth':>7}")
    earlier = None
    for places in SIZES:
        seconds = best_s(places)
        growth = f"{seconds / earlier:.1f} ×" if earlier else ""
        print(f"{places:>7,} {places**2:>10,} {seconds:>8.3f} {growth:>7}")
        earlier = seconds
    print(f"Goal: 2,000 places within {GOAL_S:g} s: {'met' if seconds <= GOAL_S else 'MISSED'}")


if __name__ == "__main__":
    main()

"""Doorstep keeps up with its peers: a shortened `python -m bench.solver` that fails when it falls behind.

Machines are noisy, and two seconds are short. So a peer must be ahead by more than a margin, and by that in
each of three rounds: noise slows one planner in one round, a slower planner is behind in all of them. The
full comparison, with longer budgets, more seeds and larger cities, is the command's.
"""

import pytest

from bench import catalogue, engines
from bench.cities import Rules, city
from bench.day import Day
from bench.rounds import run

SECONDS, ROUNDS = 2.0, 3
MARGIN = 1.05
PEERS = [name for name in engines.MODULES if name != "doorstep"]
DAYS = {
    "CITY_40_6_s1": lambda: catalogue.load("CITY_40_6_s1"),
    "CITY_40_6_s1b": lambda: catalogue.load("CITY_40_6_s1b"),
    "a hundred jobs with lunch and overtime": lambda: city(100, 12, 4, Rules(breaks=True, overtime=True)),
}


@pytest.mark.parametrize("name", DAYS)
def test_no_peer_is_ahead_by_more_than_the_margin_in_every_round(name: str) -> None:
    day = Day(DAYS[name]())
    told = []
    for seed in range(1, ROUNDS + 1):
        behind = behind_in_round(day, name, seed)
        if behind is None:
            return
        told.append(behind)
    pytest.fail(f"{name}, {SECONDS:g} s: {'; '.join(told)}")


def behind_in_round(day: Day, name: str, seed: int) -> str | None:
    """What the best peer and Doorstep came to, if it is ahead by more than the margin."""
    ours = run(day, name, "doorstep", SECONDS, seed)
    theirs = [run(day, name, peer, SECONDS, seed) for peer in PEERS]
    valid = [one for one in theirs if one.cost is not None]
    assert valid, [one.failure for one in theirs]
    best = min(valid, key=lambda one: one.cost or 0)
    if ours.cost is not None and best.cost is not None and ours.cost <= MARGIN * best.cost:
        return None
    return f"{best.engine} {best.cost}, doorstep {ours.cost or ours.failure}"

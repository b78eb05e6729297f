"""The city that a simulation lives through, the way of dispatch that it is compared with, and what is measured."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import clock
from api.settings import Settings, SettingsError
from api.simulation.city import City, city
from api.simulation.desk import chosen
from api.simulation.nearest import dispatch
from api.simulation.outcome import Clocks, Facts, Promise, measured
from api.simulation.rates import rates
from domain.defects import load_defects
from domain.triage import Tier

HOUR = 3600.0
KINDS = load_defects()


def made(technicians: int = 10, jobs: int = 60, seed: int = 1) -> City:
    return city(technicians, jobs, seed, rates(), KINDS)


def clocks_of(made_up: City, attend_by: float = 18 * HOUR) -> dict[int, Clocks]:
    return {call.number: Clocks(call.tier, attend_by) for call in made_up.calls}


def test_a_city_follows_from_its_seed() -> None:
    assert made() == made()
    assert made(seed=2) != made()


@given(st.integers(1, 60), st.integers(1, 200), st.integers(0, 5))
def test_every_job_of_a_city_is_for_somebody_of_its_territory(technicians: int, jobs: int, seed: int) -> None:
    made_up = made(technicians, jobs, seed)
    assert len(made_up.workers) == technicians
    assert len(made_up.calls) == jobs
    assert all(0 <= call.territory < made_up.territories and call.takes > 0 for call in made_up.calls)
    for territory in range(made_up.territories):
        team = [one for one in made_up.workers if one.territory == territory]
        if len(team) < len(rates().trades):
            continue  # too few for every trade
        can = [frozenset({*one.skills, *one.certificates}) for one in team]
        mine = [call for call in made_up.calls if call.territory == territory]
        assert all(any(call.abilities <= one for one in can) for call in mine)


def test_shares_and_factors_are_those_of_the_data() -> None:
    calls = made(50, 4000).calls
    today = [call for call in calls if call.reported >= 0]
    assert len(today) == 1000
    assert sum(call.tier is Tier.EMERGENCY for call in today) / 1000 == pytest.approx(0.27, abs=0.04)
    assert sum(call.nobody_home for call in calls) / 4000 == pytest.approx(0.05, abs=0.01)
    assert sum(call.takes / 60 / call.minutes for call in calls) / 4000 == pytest.approx(1, abs=0.02)


def test_first_come_first_served_books_nobody_twice_and_sends_whoever_can() -> None:
    made_up = made(10, 90)
    promises = {call.number: Promise(10 * HOUR, 12 * HOUR) for call in made_up.calls if call.wants_a_time}
    facts = dispatch(made_up, rates(), clocks_of(made_up), promises)
    assert facts.served
    assert all(
        facts.started[number] >= promise.opens for number, promise in promises.items() if number in facts.started
    )
    assert all(facts.arrived[call.number] >= call.reported for call in made_up.calls if call.number in facts.arrived)
    takes = {call.number: call.takes for call in made_up.calls}
    busy = sum(takes[number] for number in facts.served)
    assert busy <= sum(facts.home_at[one.number] - one.starts for one in made_up.workers if one.number in facts.home_at)


def test_one_technician_goes_from_one_job_to_the_next_in_the_order_of_reports() -> None:
    alone = made(1, 12)
    able = {*alone.workers[0].skills, *alone.workers[0].certificates}
    calls = [
        replace(call, tier=Tier.GENERAL, nobody_home=False, abilities=frozenset(), reported=-HOUR * (20 - number))
        for number, call in enumerate(alone.calls)
    ]
    assert able
    facts = dispatch(replace(alone, calls=calls), rates(), clocks_of(replace(alone, calls=calls)), {})
    order = [call.number for call in calls if call.number in facts.started]
    assert all(facts.started[one] < facts.started[other] for one, other in pairwise(order))
    for one, other in pairwise(order):
        took = next(call.takes for call in calls if call.number == one)
        assert facts.arrived[other] >= facts.started[one] + took


def test_what_is_measured_counts_who_came_in_time_and_which_promises_were_kept() -> None:
    made_up = made(2, 4)
    first, second, third, fourth = (call.number for call in made_up.calls)
    told = {
        first: Clocks(Tier.EMERGENCY, 10 * HOUR),
        second: Clocks(Tier.EMERGENCY, 10 * HOUR),
        third: Clocks(Tier.GENERAL, 6 * HOUR),
        fourth: Clocks(Tier.MINOR, 90 * HOUR),
    }
    facts = Facts(
        arrived={first: 9 * HOUR, second: 11 * HOUR}, started={first: 9 * HOUR, second: 11 * HOUR}, served={first}
    )
    facts.home_at[made_up.workers[0].number] = made_up.workers[0].ends + HOUR
    promises = {first: Promise(8 * HOUR, 10 * HOUR), second: Promise(8 * HOUR, 10 * HOUR)}
    told_by = measured(made_up, facts, told, promises)
    assert told_by.attended == {Tier.EMERGENCY: (1, 2), Tier.GENERAL: (0, 0), Tier.MINOR: (0, 0)}
    assert (told_by.kept, told_by.promised, told_by.served, told_by.overtime_minutes) == (1, 2, 1, 60)


def line(
    job: str, promise: str | None = "kept", *, needs: tuple[str, ...] = (), rejected: bool = True
) -> dict[str, object]:
    return {
        "job": job,
        "promise": promise,
        "needs": list(needs),
        "shifts": [],
        "rejected": {"starts_at": "2026-03-12T12:00:00Z"} if rejected else None,
    }


def test_the_desk_s_rule_accepts_what_breaks_no_promise_and_emergencies_with_what_they_need() -> None:
    assert chosen([line("a"), line("b", "moved"), line("c", None)], set(), {}) == ["a", "b", "c"]
    assert chosen([line("a", "broken")], set(), {}) == []
    assert chosen([line("a", "broken", rejected=False)], set(), {}) == ["a"]
    assert chosen([line("a", needs=("b",)), line("b", "broken")], set(), {}) == []
    assert chosen([line("a", None, needs=("b",)), line("b", "broken")], {"a"}, {}) == ["a", "b"]


def test_the_desk_moves_a_visit_whose_promised_time_is_lost_anyway() -> None:
    noon = datetime(2026, 3, 12, 12, tzinfo=UTC)
    moved = line("a", "broken") | {"rejected": {"starts_at": noon.isoformat()}}
    assert chosen([moved], set(), {"a": noon - timedelta(hours=1)}) == ["a"]
    assert chosen([moved], set(), {"a": noon}) == []


def test_the_site_s_clock_stands_still_where_a_file_says_so(tmp_path: Path) -> None:
    moment, file = datetime(2026, 3, 12, 8, tzinfo=UTC), tmp_path / "clock"
    clock.set_to(file, moment)
    clock.follow(str(file))
    try:
        assert clock.now() == clock.now() == moment
    finally:
        clock.follow("")
    assert abs(clock.now() - datetime.now(UTC)).total_seconds() < 60


@pytest.mark.parametrize("content", [None, "", "tomorrow", "2026-03-12T08:00:00"])
def test_a_clock_that_can_t_be_read_is_refused_at_the_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "clock"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match="DOORSTEP_CLOCK"):
        Settings.from_environment({"DOORSTEP_CLOCK": str(file)})

"""What a visit's waiting and lateness cost a plan: by its tier, by what its owner was promised, and by the day."""

from datetime import UTC, datetime, timedelta

import pytest

from api.queries.day_problem import prices_of
from domain.jobs import Job
from domain.priorities import priorities, promise_priority
from domain.triage import Tier

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def job(tier: Tier, promised: tuple[datetime, datetime] | None = None) -> Job:
    begins, ends = promised or (None, None)
    return Job(tier=tier, due=NOW + 2 * HOUR, promised_from=begins, promised_to=ends)


def test_an_emergency_of_the_running_day_costs_from_now_on_so_that_whoever_is_free_goes_at_once() -> None:
    row = priorities()[Tier.EMERGENCY]
    assert row.wait_per_s > 0
    assert prices_of(job(Tier.EMERGENCY), NOW, running=True) == (row.unserved, NOW, row.wait_per_s)
    assert prices_of(job(Tier.EMERGENCY), NOW + 3 * HOUR, running=True)[1] == NOW + 2 * HOUR


def test_a_plan_of_another_day_prices_an_emergency_from_when_it_is_due() -> None:
    row = priorities()[Tier.EMERGENCY]
    assert prices_of(job(Tier.EMERGENCY), NOW) == (row.unserved, NOW + 2 * HOUR, row.late_per_s)


@pytest.mark.parametrize("tier", [Tier.GENERAL, Tier.MINOR])
def test_what_is_no_emergency_waits_for_nothing_until_it_is_due(tier: Tier) -> None:
    row = priorities()[tier]
    assert prices_of(job(tier), NOW, running=True) == (row.unserved, NOW + 2 * HOUR, row.late_per_s)


@pytest.mark.parametrize("running", [False, True])
def test_the_last_minutes_of_a_promised_time_cost_as_it_may_not_be_kept_in_them(running: bool) -> None:
    promise = promise_priority()
    slot = (NOW + HOUR, NOW + 3 * HOUR)
    expected = (promise.unserved, NOW + 3 * HOUR - promise.reserve, promise.late_per_s)
    assert prices_of(job(Tier.MINOR, slot), NOW, running=running) == expected


def test_the_reserve_of_a_short_promised_time_begins_with_it() -> None:
    slot = (NOW + HOUR, NOW + HOUR + timedelta(minutes=10))
    assert prices_of(job(Tier.MINOR, slot), NOW)[1] == slot[0]


def test_a_promise_that_was_missed_costs_more_with_every_second_since() -> None:
    slot = (NOW - 2 * HOUR, NOW - HOUR)
    unserved, since, per_second = prices_of(job(Tier.MINOR, slot), NOW, running=True)
    assert (unserved, since) == (priorities()[Tier.MINOR].unserved, NOW - HOUR)
    assert per_second >= promise_priority().late_per_s

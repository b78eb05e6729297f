"""Territories are planned by any number of workers; whichever of them die, each gets one plan, and no queue stands."""

from pathlib import Path
from uuid import UUID

import pytest

from bench.workers import Workers, set_up, solved_by


@pytest.fixture(scope="module")
def territories(database_url: str) -> list[UUID]:
    return set_up(database_url, 4, jobs=8, team=2)


def test_three_workers_of_which_two_are_killed_make_one_plan_of_each_territory(
    database_url: str, redis_url: str, territories: list[UUID], tmp_path: Path
) -> None:
    with Workers(3, tmp_path, database_url, redis_url) as workers:
        outcome = solved_by(workers, database_url, redis_url, territories, seconds=3.0, kills=2, seed=4)
    assert outcome.broken == [], workers.log.read_text()[-4000:]
    assert outcome.kills == 2
    assert outcome.attempts > 1

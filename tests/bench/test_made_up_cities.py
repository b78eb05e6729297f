import json

import pytest

from bench.cities import HELP, LUNCH_S, Rules, city, main
from bench.day import Day
from bench.features import used
from bench.growth import measure
from scheduler.problem import Problem

ALL = Rules(**dict.fromkeys(HELP, True))


def test_the_same_seed_draws_the_same_city_and_another_seed_another() -> None:
    assert city(40, 6, 3, ALL) == city(40, 6, 3, ALL)
    assert city(40, 6, 3) != city(40, 6, 4)


@pytest.mark.parametrize(("jobs", "technicians"), [(1, 1), (2, 9), (40, 6), (700, 80)])
@pytest.mark.parametrize("rules", [Rules(), ALL], ids=["plain", "every rule"])
def test_the_planner_takes_a_city_of_any_size(jobs: int, technicians: int, rules: Rules) -> None:
    problem = Problem.from_json(json.dumps(city(jobs, technicians, 1, rules)).encode())
    assert (len(problem.jobs), len(problem.technicians)) == (jobs, technicians)


@pytest.mark.parametrize("rules", [Rules(), Rules(breaks=True)], ids=["no lunch", "lunch"])
def test_four_fifths_of_the_time_at_work_is_service(rules: Rules) -> None:
    problem = city(500, 60, 2, rules)
    rested = LUNCH_S if rules.breaks else 0
    at_work = sum(who["shift"][1] - who["shift"][0] - rested for who in problem["technicians"])
    assert sum(job["service"] for job in problem["jobs"]) / at_work == pytest.approx(0.8, abs=0.01)


def test_six_in_ten_jobs_without_an_emergency_are_promised_for_two_hours_and_some_for_one_of_two_slots() -> None:
    calm = [job for job in city(2_000, 200, 1)["jobs"] if job["tier"] != "emergency"]
    promised = [job for job in calm if all(closes - opens == 7200 for opens, closes in job["windows"])]
    assert len(promised) / len(calm) == pytest.approx(0.6, abs=0.04)
    assert 0.1 < sum(len(job["windows"]) == 2 for job in promised) / len(promised) < 0.3


def test_every_job_has_somebody_who_may_do_it_and_buildings_are_shared() -> None:
    day = Day(city(300, 30, 5, ALL))
    assert all(any(day.may_serve(name, job) for name in day.technicians) for job in day.jobs)
    assert len({job["location"] for job in day.jobs.values()}) < len(day.jobs) / 4


def test_each_option_brings_its_rule_into_the_problem() -> None:
    ties = {"sequence", "not_before", "same_technician", "same_time"}
    plain = set(used(Day(city(200, 20, 1))))
    assert plain == {"unserved cost"}
    assert set(used(Day(city(200, 20, 1, ALL)))) - plain == {
        *("breaks", "setup", "overtime", "late", "preferred", "imbalance_s"),
        *ties,
    }
    rich = city(200, 20, 1, ALL)
    assert any(job.get("pinned") for job in rich["jobs"])
    assert any(who["end"] is None for who in rich["technicians"])
    assert {who["speed"] for who in rich["technicians"]} == {0.8, 1.0, 1.2}
    assert any(job["load"] for job in rich["jobs"])


def test_the_command_prints_a_problem(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["12", "3", "--seed", "3", "--breaks", "--open-routes"]) == 0
    assert json.loads(capsys.readouterr().out) == city(12, 3, 3, Rules(breaks=True, open_routes=True))


def test_a_city_without_anybody_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["12", "0"])
    assert ended.value.code == 2
    assert "at least one job and one technician" in capsys.readouterr().err


def test_growth_measures_a_size_in_a_process_of_its_own() -> None:
    size = measure(60, 1.0, seed=1)
    assert size.failure is None
    assert size.cost is not None
    assert size.took_s <= 1.0 + 0.5 + 0.02 + 1.0  # the front door's promise, and a second for a busy machine
    assert size.peak_mib > 20

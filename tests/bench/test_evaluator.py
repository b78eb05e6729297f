"""The referee and the planner's own judge were written apart; where they differ, one of them is wrong."""

import json
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_days import problems

from bench.day import Day
from bench.evaluator import judge
from bench.timing import timetable
from scheduler.check import check
from scheduler.problem import Problem
from scheduler.solution import Solution
from scheduler.solve import solve
from scheduler.stop import Stop

PLANS = 10  # for each of the problems below: 3,000 in all, most of them broken in several ways
MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOME = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def random_plan(day: Day, draw: random.Random) -> dict[str, Any]:
    """Jobs dealt out at random, the best times for that, and then a few of them shifted or left out."""
    orders: dict[str, list[str]] = {name: [] for name in day.technicians}
    for job in draw.sample(list(day.jobs), len(day.jobs)):
        if draw.random() < 0.8:
            able = [name for name in orders if day.may_serve(name, job)]
            orders[draw.choice(able if able and draw.random() < 0.9 else list(orders))].append(job)
    plan = timetable(day, orders)
    for route in plan["routes"]:
        for stop in route["stops"]:
            for moment in stop.keys() - {"job"}:
                stop[moment] = _shifted(stop[moment], draw)
        for rest in route["breaks"]:
            rest["start"] = _shifted(rest["start"], draw)
            rest["end"] = max(rest["start"], _shifted(rest["end"], draw))
        if draw.random() < 0.1 and route["breaks"]:
            route["breaks"].pop()
        if draw.random() < 0.05:
            route["breaks"].append({"start": 36_000, "end": 36_900})
        route["leaves"], route["returns"] = _shifted(route["leaves"], draw), _shifted(route["returns"], draw)
        if draw.random() < 0.05:
            route["stops"].append(dict(draw.choice(route["stops"])))
    idle = draw.choice(list(day.technicians))
    if draw.random() < 0.1 and not orders[idle]:
        plan["routes"].append(
            {"technician": idle, "stops": [], "breaks": [{"start": 0, "end": 9}], "leaves": 0, "returns": 9}
        )
    listed = [job for job in day.jobs if draw.random() < 0.1]
    return plan | {"format": "doorstep.solution/1", "unserved": [{"job": job} for job in listed]}


def _shifted(moment: int, draw: random.Random) -> int:
    return max(0, moment + draw.choice([-900, -60, -1, 1, 60, 900])) if draw.random() < 0.04 else moment


def agree(problem: Problem, plan: dict[str, Any]) -> None:
    ours = judge(Day(json.loads(problem.to_json())), plan)
    theirs = check(problem, Solution.from_json(json.dumps(plan).encode()))
    assert (ours.cost, ours.terms) == (theirs.cost, theirs.terms)
    assert ours.broken == {(one.rule, one.technician, one.job) for one in theirs.violations}


@MANY
@given(problems(), st.integers(0, 2**32))
def test_the_referee_and_the_planners_judge_agree_on_any_plan(problem: Problem, seed: int) -> None:
    day, draw = Day(json.loads(problem.to_json())), random.Random(seed)
    for _ in range(PLANS):
        agree(problem, random_plan(day, draw))


@SOME
@given(problems(related=False))
def test_orders_alone_are_given_times_as_good_as_the_planners(problem: Problem) -> None:
    answer = solve(problem, Stop(0.25))
    day = Day(json.loads(problem.to_json()))
    orders = {route.technician: [stop.job for stop in route.stops] for route in answer.routes}
    judged = judge(day, timetable(day, orders))
    assert judged.cost == answer.cost
    assert {one.rule for one in judged.broken} <= {"must_be_served"}


@SOME
@given(problems())
def test_orders_of_jobs_that_wait_for_each_other_are_given_valid_times(problem: Problem) -> None:
    answer = solve(problem, Stop(0.25))
    day = Day(json.loads(problem.to_json()))
    orders = {route.technician: [stop.job for stop in route.stops] for route in answer.routes}
    assert {one.rule for one in judge(day, timetable(day, orders)).broken} <= {"must_be_served"}


def test_travel_is_estimated_from_coordinates_as_the_format_says() -> None:
    places = [{"id": f"L{n}", "lat": 31.2 + n / 37, "lon": 121.4 - n / 41} for n in range(40)]
    stated = {"locations": places, "technicians": [], "jobs": []}
    day, problem = Day(stated), Problem.from_json(json.dumps({"format": "doorstep.problem/1"} | stated).encode())
    assert (day.durations == problem.durations).all()
    assert (day.distances == problem.distances).all()

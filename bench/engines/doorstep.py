"""Doorstep through its front door, with the engine it takes by itself."""

import json
from typing import Any

from bench.day import Day
from scheduler.problem import Problem
from scheduler.solve import Stop, solve

PROCESSES = 1  # of two threads
DISTRIBUTION = "doorstep"
CANNOT: dict[str, str] = {}


def plan(day: Day, seconds: float, seed: int, process: int) -> dict[str, Any]:
    problem = Problem.from_json(json.dumps(dict(day.problem)).encode())
    found: dict[str, Any] = json.loads(solve(problem, Stop(seconds), seed=seed, threads=2).to_json())
    return found

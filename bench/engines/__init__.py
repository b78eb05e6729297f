"""The planners that are compared. Each is a module here that reads the problem by itself and answers alone.

A module has
    PROCESSES          how many run at the same time, so that every planner gets two cores
    DISTRIBUTION       what it is installed as, for its version
    CANNOT             by rule (`features.used`): what the planner can't express, and what was done instead
    plan(day, seconds, seed, process)   routes with times, or orders of jobs by technician; None without a plan

It runs in a process of its own, which has imported it before the clock starts.
"""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any, Protocol, cast

from bench.day import Day
from bench.timing import Orders

Answer = Mapping[str, Any] | Orders | None

MODULES = {
    "doorstep": "bench.engines.doorstep",
    "pyvrp": "bench.engines.pyvrp_model",
    "vroom": "bench.engines.vroom_model",
    "ortools": "bench.engines.ortools_model",
}
LIBRARIES = {"doorstep": "scheduler", "pyvrp": "pyvrp", "vroom": "vroom", "ortools": "ortools"}


class Engine(Protocol):
    PROCESSES: int
    DISTRIBUTION: str
    CANNOT: Mapping[str, str]

    def plan(self, day: Day, seconds: float, seed: int, process: int) -> Answer: ...


def load(name: str) -> Engine:
    return cast(Engine, import_module(MODULES[name]))


def missing(names: list[str]) -> list[str]:
    """Those whose library isn't installed."""
    return [name for name in names if find_spec(LIBRARIES[name]) is None]


def version_of(name: str) -> str:
    try:
        return version(load(name).DISTRIBUTION)
    except PackageNotFoundError:
        return "from source"

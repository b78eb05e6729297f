"""The instances to measure on, by name, and the least cost that is known of each."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import vrptw
from scheduler.errors import ProblemError
from scheduler.problem import Problem

FOLDER = Path(__file__).parent / "instances"
BEST_KNOWN = FOLDER / "best_known.json"
QUICK = ("CITY_40_6_s1", "CITY_40_6_s1b")


class UnknownInstance(ValueError):
    """A sentence that says what there is instead."""


def names() -> list[str]:
    """From small to large."""
    cities = sorted((path.stem for path in FOLDER.glob("CITY_*.json")), key=lambda name: (_size(name), name))
    return cities + sorted(path.stem for path in (FOLDER / "vrptw").glob("*.vrp"))


def load(name: str) -> dict[str, Any]:
    """One of `names`, or the path of a `doorstep.problem/1` or VRPLIB file of your own."""
    for path in (FOLDER / f"{name}.json", FOLDER / "vrptw" / f"{name}.vrp", Path(name)):
        if path.is_file():
            return _named(path)
    raise UnknownInstance(f"there is no instance {name!r}: give a file, or one of {', '.join(names())}")


def _named(path: Path) -> dict[str, Any]:
    """Read as the planner would, which says what is wrong; measured on as it is written."""
    if path.suffix == ".vrp":
        return vrptw.read(path)
    text = path.read_bytes()
    try:
        Problem.from_json(text)
    except ProblemError as error:
        raise UnknownInstance(f"{path} is not a doorstep.problem/1: {error}") from error
    problem: dict[str, Any] = json.loads(text)
    return problem if problem.get("name") else problem | {"name": path.stem}


def _size(name: str) -> int:
    return int(name.split("_")[1])


def best_known() -> dict[str, int]:
    """By instance, on the scale of its costs."""
    return {name: known["cost"] for name, known in json.loads(BEST_KNOWN.read_text()).items()}


def lower_best_known(found: Mapping[str, Sequence[int]], source: str) -> list[str]:
    """Writes down each least cost that is below the one known, and returns the names of those instances."""
    known = json.loads(BEST_KNOWN.read_text())
    lowered = [
        name
        for name, costs in found.items()
        if name in names() and costs and (name not in known or min(costs) < known[name]["cost"])
    ]
    for name in lowered:
        known[name] = {"cost": min(found[name]), "source": source}
    BEST_KNOWN.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    return lowered

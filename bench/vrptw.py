"""Vehicle routing with time windows, the textbook's problem, as `doorstep.problem/1`.

Reads Solomon's and Gehring and Homberger's instances in the VRPLIB format, and their solutions. All numbers
are multiplied by 10 and rounded down, which is the DIMACS convention the best known solutions are stated in.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCALE = 10
DEPOT = "1"  # the number of the depot's node in every one of these files


class VrplibError(ValueError):
    """The file and what is missing in it."""


def read(path: Path) -> dict[str, Any]:
    """One technician a vehicle, one job a customer, and travel the only cost: every customer must be served."""
    facts, sections = _parts(path)
    try:
        points = {number: (float(x), float(y)) for number, x, y in sections["NODE_COORD_SECTION"]}
        demand = {number: int(load) for number, load in sections["DEMAND_SECTION"]}
        windows = {number: [int(a) * SCALE, int(b) * SCALE] for number, a, b in sections["TIME_WINDOW_SECTION"]}
        vehicles, capacity, service = (int(facts[key]) for key in ("VEHICLES", "CAPACITY", "SERVICE_TIME"))
        customers = [number for number in points if number != DEPOT]
        return {
            "format": "doorstep.problem/1",
            "name": path.stem,
            "locations": [{"id": f"L{number}"} for number in points],
            "matrix": {"durations": [[_distance(a, b) for b in points.values()] for a in points.values()]},
            "technicians": [
                {"id": f"T{number}", "start": 0, "end": 0, "shift": windows[DEPOT], "capacity": capacity}
                for number in range(vehicles)
            ],
            "jobs": [
                {
                    "id": _job(index),
                    "location": index,
                    "service": service * SCALE,
                    "windows": [windows[number]],
                    "load": demand[number],
                    "unserved_cost": None,
                }
                for index, number in enumerate(customers, start=1)
            ],
        }
    except (KeyError, ValueError) as error:
        raise VrplibError(f"{path.name} is not a VRPLIB file with time windows: {error}") from error


def read_solution(path: Path) -> tuple[dict[str, list[str]], int]:
    """The orders of jobs by technician, and the cost the file states, on the scale of `read`."""
    orders: dict[str, list[str]] = {}
    cost = None
    for line in path.read_text().splitlines():
        if line.startswith("Route"):
            orders[f"T{len(orders)}"] = [_job(int(customer)) for customer in line.split(":")[1].split()]
        elif line.startswith("Cost"):
            cost = round(float(line.split()[1]) * SCALE)
    if cost is None:
        raise VrplibError(f"{path.name} states no cost")
    return orders, cost


def _job(customer: int) -> str:
    """Solutions count customers from 1, without the depot."""
    return f"J{customer}"


def _distance(a: tuple[float, float], b: tuple[float, float]) -> int:
    return math.floor(SCALE * math.dist(a, b))


def _parts(path: Path) -> tuple[dict[str, str], dict[str, list[list[str]]]]:
    """The facts at the top, and each section's lines as words."""
    facts: dict[str, str] = {}
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in _lines(path):
        if line.endswith("_SECTION"):
            rows = sections.setdefault(line, [])
        elif ":" in line:
            key, value = line.split(":", 1)
            facts[key.strip()] = value.strip()
        else:
            rows.append(line.split())
    return facts, sections


def _lines(path: Path) -> Iterator[str]:
    try:
        text = path.read_text()
    except UnicodeDecodeError as error:
        raise VrplibError(f"{path.name} is not a text file") from error
    return (line.strip() for line in text.splitlines() if line.strip())

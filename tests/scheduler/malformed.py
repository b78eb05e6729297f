"""Problem files that are wrong, each with the JSON path its error must name: by hand, and by mutation."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

EVERYTHING = Path(__file__).parent / "problems" / "everything.json"
REQUIRED = {
    "$": ("locations", "technicians", "jobs"),
    "$.matrix": ("durations",),
    "$.technicians[1]": ("id", "start", "end", "shift"),
    "$.technicians[0].breaks[0]": ("window", "duration"),
    "$.jobs[2]": ("id", "location", "service"),
    "$.jobs[0].pinned": ("technician",),
    "$.relations[0]": ("type", "jobs"),
    "$.locations[0]": ("id",),
}
DROP = object()

# path to change, what to put there, the path the error must name
BY_HAND: list[tuple[str, Any, str]] = [
    ("$.format", "doorstep.problem/2", "$.format"),
    ("$.locations", [], "$.technicians[0].start"),
    ("$.locations[1].id", "depot", "$.locations[1].id"),
    ("$.locations[1].id", "", "$.locations[1].id"),
    ("$.locations[1].id", "x" * 201, "$.locations[1].id"),
    ("$.locations[1].id", "\u001b[31m", "$.locations[1].id"),
    ("$.locations[0].lat", 90.01, "$.locations[0].lat"),
    ("$.locations[0].lat", -91, "$.locations[0].lat"),
    ("$.locations[0].lon", 180.5, "$.locations[0].lon"),
    ("$.locations[0].lon", -181, "$.locations[0].lon"),
    ("$.locations[0].lat", None, "$.locations[0].lat"),
    ("$.locations[2].lon", DROP, "$.locations[2].lon"),
    ("$.matrix.durations", [], "$.matrix.durations"),
    ("$.matrix.durations", [[0, 1, 2], [1, 0, 2]], "$.matrix.durations"),
    ("$.matrix.durations[1]", [0, 1], "$.matrix.durations[1]"),
    ("$.matrix.durations[2]", [0, 1, 2, 3], "$.matrix.durations[2]"),
    ("$.matrix.distances[0]", [0, 1], "$.matrix.distances[0]"),
    ("$.matrix.durations[0][1]", -1, "$.matrix.durations[0][1]"),
    ("$.matrix.durations[0][1]", 10_000_001, "$.matrix.durations[0][1]"),
    ("$.matrix.distances[2][0]", 100_000_001, "$.matrix.distances[2][0]"),
    ("$.matrix.distances[1][1]", -5, "$.matrix.distances[1][1]"),
    ("$.matrix.durations[0][1]", float("nan"), "$.matrix.durations[0][1]"),
    ("$.matrix.durations[2][2]", float("inf"), "$.matrix.durations[2][2]"),
    ("$.locations[0].lat", float("-inf"), "$.locations[0].lat"),
    ("$.technicians[0].speed", float("nan"), "$.technicians[0].speed"),
    ("$.technicians[0].speed", 0, "$.technicians[0].speed"),
    ("$.technicians[0].speed", -1.0, "$.technicians[0].speed"),
    ("$.technicians[0].speed", 11, "$.technicians[0].speed"),
    ("$.technicians[1].id", "T1", "$.technicians[1].id"),
    ("$.technicians[0].start", 3, "$.technicians[0].start"),
    ("$.technicians[0].start", -1, "$.technicians[0].start"),
    ("$.technicians[0].end", 9, "$.technicians[0].end"),
    ("$.technicians[0].shift", [61200, 28800], "$.technicians[0].shift"),
    ("$.technicians[0].shift", [28800], "$.technicians[0].shift"),
    ("$.technicians[0].shift", [28800, 61200, 70000], "$.technicians[0].shift"),
    ("$.technicians[0].shift", [-1, 61200], "$.technicians[0].shift[0]"),
    ("$.technicians[0].shift", [0, 10_000_001], "$.technicians[0].shift[1]"),
    ("$.technicians[0].breaks[0].window", [46800, 41400], "$.technicians[0].breaks[0].window"),
    ("$.technicians[0].breaks[0].duration", -1800, "$.technicians[0].breaks[0].duration"),
    ("$.technicians[0].breaks", [{"window": [1, 2], "duration": 1}] * 4, "$.technicians[0].breaks"),
    ("$.technicians[0].capacity", -1, "$.technicians[0].capacity"),
    ("$.technicians[0].max_overtime", -1, "$.technicians[0].max_overtime"),
    ("$.jobs[1].id", "J1", "$.jobs[1].id"),
    ("$.jobs[0].location", 3, "$.jobs[0].location"),
    ("$.jobs[0].service", -1, "$.jobs[0].service"),
    ("$.jobs[0].service", 10**30, "$.jobs[0].service"),
    ("$.jobs[0].setup", -300, "$.jobs[0].setup"),
    ("$.jobs[0].windows[1]", [57600, 50400], "$.jobs[0].windows[1]"),
    ("$.jobs[0].windows", [[1, 2]] * 51, "$.jobs[0].windows"),
    ("$.jobs[0].windows[0]", [], "$.jobs[0].windows[0]"),
    ("$.jobs[0].unserved_cost", -1, "$.jobs[0].unserved_cost"),
    ("$.jobs[0].unserved_cost", 10**12 + 1, "$.jobs[0].unserved_cost"),
    ("$.jobs[0].late_cost_per_s", 10**6 + 1, "$.jobs[0].late_cost_per_s"),
    ("$.jobs[0].due", -1, "$.jobs[0].due"),
    ("$.jobs[0].load", -1, "$.jobs[0].load"),
    ("$.jobs[0].technicians", ["T1", "T9"], "$.jobs[0].technicians[1]"),
    ("$.jobs[0].preferred", ["T9"], "$.jobs[0].preferred[0]"),
    ("$.jobs[0].pinned.technician", "T9", "$.jobs[0].pinned.technician"),
    ("$.jobs[0].pinned.start", -1, "$.jobs[0].pinned.start"),
    ("$.jobs[0].pinned.position", -1, "$.jobs[0].pinned.position"),
    ("$.relations[0].type", "before", "$.relations[0].type"),
    ("$.relations[0].jobs", ["J1"], "$.relations[0].jobs"),
    ("$.relations[0].jobs", [], "$.relations[0].jobs"),
    ("$.relations[0].jobs", ["J1", "J9"], "$.relations[0].jobs[1]"),
    ("$.relations[0].jobs", ["J1", "J1"], "$.relations[0].jobs[1]"),
    ("$.relations[0].gap", -1, "$.relations[0].gap"),
    ("$.relations[1].gap", 60, "$.relations[1].gap"),
    ("$.objective.travel_s", -1, "$.objective.travel_s"),
    ("$.objective.moved", 10**6 + 1, "$.objective.moved"),
    ("$.name", "x" * 201, "$.name"),
]


def wrong_files() -> Iterator[tuple[str, bytes, str]]:
    """(what is wrong, the file, the path its error must name)."""
    good = json.loads(EVERYTHING.read_bytes())
    for path, value, named in BY_HAND:
        shown = "nothing" if value is DROP else repr(value)[:30]
        yield f"{path} = {shown}", _with(good, path, value), named
    for path, keys in REQUIRED.items():
        for key in keys:
            yield f"{path} without {key}", _with(good, f"{path}.{key}", DROP), path
    for path, value in _walk(good, "$"):
        if isinstance(value, dict):
            yield f"{path} with an unknown key", _with(good, f"{path}.colour", "red"), path
        yield f"{path} of another type", _with(good, path, _another_type(value)), path
    yield "no coordinates and no matrix", _without_matrix(good), "$.locations[0]"
    yield "distance priced without distances", _without_distances(good), "$.objective.distance_m"
    yield from _not_json(json.dumps(good).encode())
    yield from _too_large(good)


def _not_json(good: bytes) -> Iterator[tuple[str, bytes, str]]:
    yield "an empty file", b"", "$"
    yield "half a file", good[: len(good) // 2], "$"
    yield "something after the end", good + b"{}", "$"
    yield "a list", b"[]", "$"
    yield "a number", b"7", "$"
    yield "null", b"null", "$"
    yield "a byte-order mark", b"\xef\xbb\xbf" + good, "$"
    yield "bytes that are no text", good.replace(b"depot", b"\xff\xfe"), "$"
    yield "half a surrogate pair", good.replace(b"depot", b"\\ud800"), "$"
    yield "a single quote", good.replace(b'"depot"', b"'depot'"), "$"
    yield "nested lists", b"[" * 100_000, "$"
    yield "nested lists under an unknown key", b'{"deep":' + b"[" * 100_000, "$"
    yield "nested objects under an unknown key", b'{"deep":' + b'{"a":' * 100_000, "$"
    yield "a zip archive", b"PK\x03\x04" + bytes(100), "$"


def _too_large(good: dict[str, Any]) -> Iterator[tuple[str, bytes, str]]:
    jobs = [good["jobs"][2] | {"id": f"J{j}"} for j in range(10_001)]
    technicians = [good["technicians"][1] | {"id": f"T{k}"} for k in range(1001)]
    relation = {"type": "sequence", "jobs": ["J1", "J2"]}
    places = [{"id": f"L{place}", "lat": 0, "lon": 0} for place in range(12_001)]
    slow = [{**technicians[0], "id": f"T{k}", "speed": 1 + k / 1000} for k in range(10)]
    yield "10,001 jobs", _with(good, "$.jobs", jobs), "$.jobs"
    yield "1,001 technicians", _with(good, "$.technicians", technicians), "$.technicians"
    yield "5,001 relations", _with(good, "$.relations", [relation] * 5001), "$.relations"
    yield "12,001 locations", _with(good, "$.locations", places), "$.locations"
    everybody = [f"J{j}" for j in range(101)]
    yield "101 jobs in a relation", _with(good, "$.relations[0].jobs", everybody), "$.relations[0].jobs"
    city = {"locations": places[:4000], "technicians": slow, "jobs": []}
    yield "too many speeds for so many places", json.dumps(city).encode(), "$.technicians"


def _without_matrix(good: dict[str, Any]) -> bytes:
    changed = deepcopy(good)
    del changed["matrix"], changed["locations"][0]["lat"], changed["locations"][0]["lon"]
    return json.dumps(changed).encode()


def _without_distances(good: dict[str, Any]) -> bytes:
    changed = deepcopy(good)
    del changed["matrix"]["distances"]
    changed["objective"]["distance_m"] = 1
    return json.dumps(changed).encode()


def _another_type(value: Any) -> Any:
    if isinstance(value, str):
        return 7
    return {"not": "this"} if isinstance(value, list) else "seven"


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, f"{path}[{index}]")


def _with(good: dict[str, Any], path: str, value: Any) -> bytes:
    changed: dict[str, Any] = {"$": deepcopy(good)}
    steps: list[Any] = []
    for part in path.split("."):
        name, *indices = part.replace("]", "").split("[")
        steps += [name, *map(int, indices)]
    here: Any = changed
    for step in steps[:-1]:
        here = here[step]
    if value is DROP:
        del here[steps[-1]]
    else:
        here[steps[-1]] = value
    return json.dumps(changed["$"]).encode()

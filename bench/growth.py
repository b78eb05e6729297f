"""How cost, time and memory grow with the city: `python -m bench.growth [--jobs 100 … 10000] [--seconds 60]`.

Each size is read and solved within the same wall time by a process of its own, through the front door, with a
technician for every ten jobs. Memory is the peak of that process and its children together (resident, so
that pages they share count more than once).
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench import machine
from bench.child import start
from bench.cities import city
from bench.day import Day
from bench.evaluator import judge

SIZES = (100, 300, 1_000, 3_000, 10_000)
JOBS_PER_TECHNICIAN = 10
GLANCE_S = 0.1  # between two looks at memory
MIB = 2**20


@dataclass(frozen=True)
class Size:
    """Seconds and MiB. `read_s` counts from bytes to a checked problem with its travel times."""

    jobs: int
    technicians: int
    locations: int
    read_s: float
    took_s: float
    cost: int | None
    unserved: int | None
    peak_mib: float
    failure: str | None = None


def measure(jobs: int, seconds: float, seed: int) -> Size:
    problem = city(jobs, max(1, jobs // JOBS_PER_TECHNICIAN), seed)
    technicians, locations = len(problem["technicians"]), len(problem["locations"])
    child, answers = start(_solve, problem, seconds)
    peak = 0.0
    try:
        while child.is_alive() and not answers.poll(GLANCE_S):
            peak = max(peak, _resident(child.pid))
        read_s, took_s, answer, failure = answers.recv()
    except EOFError:
        return Size(jobs, technicians, locations, 0.0, 0.0, None, None, peak / MIB, "its process died")
    finally:
        child.kill()
        child.join()
    if failure is not None:
        return Size(jobs, technicians, locations, read_s, took_s, None, None, peak / MIB, failure)
    judged = judge(Day(problem), json.loads(answer))
    rules = sorted({broken.rule for broken in judged.broken})
    broken = f"rules broken: {', '.join(rules)}" if rules else None
    return Size(jobs, technicians, locations, read_s, took_s, judged.cost, len(judged.unserved), peak / MIB, broken)


def _solve(pipe: Connection, problem: object, seconds: float) -> None:
    from scheduler.errors import ProblemError
    from scheduler.problem import Problem
    from scheduler.solve import Stop, solve

    text = json.dumps(problem).encode()
    began = time.perf_counter()
    try:
        stated = Problem.from_json(text)
        assert stated.durations.size  # computed when first asked for
    except ProblemError as error:
        pipe.send((time.perf_counter() - began, 0.0, b"", f"refused: {error}"))
        return
    read_s = time.perf_counter() - began
    answer = solve(stated, Stop(max(0.1, seconds - read_s)), threads=2)
    pipe.send((read_s, time.perf_counter() - began, answer.to_json(), None))


def _resident(pid: int | None) -> float:
    """Bytes of the process and all below it; 0 for those that have just ended."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return total
    for member in family:
        try:
            total += member.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def table(sizes: Sequence[Size]) -> Table:
    drawn = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    for column in ("jobs", "crew", "places", "read s", "all s", "cost", "per job", "unserved", "peak MiB"):
        drawn.add_column(column, justify="right", no_wrap=True)
    for one in sizes:
        found = (
            ("–", "–", "–")
            if one.cost is None
            else (f"{one.cost:,}", f"{one.cost / one.jobs:,.0f}", f"{one.unserved:,}")
        )
        drawn.add_row(
            f"{one.jobs:,}",
            f"{one.technicians:,}",
            f"{one.locations:,}",
            f"{one.read_s:.2f}",
            f"{one.took_s:.1f}",
            *found,
            f"{one.peak_mib:,.0f}",
        )
    return drawn


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__)
    parser.add_argument("--jobs", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--seconds", type=float, default=60.0, help="for each size, reading included")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args(arguments)
    if min(options.jobs) < 1 or not 0 < options.seconds <= 3600:
        parser.error("--jobs must be 1 or more, and --seconds above 0 and at most 3600")
    sizes: list[Size] = []
    stopped = False
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=len(options.jobs))
        try:
            for jobs in options.jobs:
                progress.update(task, description=f"{jobs:,} jobs")
                sizes.append(measure(jobs, options.seconds, options.seed))
                progress.advance(task)
        except KeyboardInterrupt:
            stopped = True
    screen = Console()
    screen.print(machine.sentence(), highlight=False)
    screen.print(table(sizes))
    for one in sizes:
        if one.failure:
            screen.print(f"{one.jobs:,} jobs: {one.failure}", highlight=False)
    if options.json:
        found = {"machine": machine.facts(), "sizes": [asdict(one) for one in sizes]}
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    return 130 if stopped else 0


if __name__ == "__main__":
    sys.exit(main())

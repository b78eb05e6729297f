"""One planner, one problem, one budget: run in processes of its own, answer judged by the referee."""

import json
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from bench import engines
from bench.child import start
from bench.day import Day
from bench.evaluator import Judgement, judge
from bench.timing import timetable

START_S = 60.0  # to import a planner's library


@dataclass(frozen=True)
class Run:
    """`cost` is None without a plan that keeps every rule; then `failure` says what came instead."""

    instance: str
    engine: str
    seconds: float
    seed: int
    took_s: float
    cost: int | None
    unserved: int | None
    failure: str | None = None


def run(day: Day, instance: str, engine: str, seconds: float, seed: int) -> Run:
    """Wall clock counts from the problem in memory to the answer; the time to start and import doesn't.

    A planner that overruns its time is waited for as long again and 20 s, and its figure says so.
    """
    processes = engines.load(engine).PROCESSES
    with _started(day, engine, seconds, seed, processes) as pipes:
        for pipe in pipes:
            pipe.send("go")
        answers = [_receive(pipe, 2 * seconds + 20) for pipe in pipes]
    took = max(answer.took_s for answer in answers)
    judged = [_judged(day, answer.plan) for answer in answers if answer.plan is not None]
    valid = [one for one in judged if not one.broken]
    if valid:
        best = min(valid, key=lambda one: one.cost)
        return Run(instance, engine, seconds, seed, took, best.cost, len(best.unserved))
    if judged:
        best = min(judged, key=lambda one: len(one.broken))
        rules = sorted({broken.rule for broken in best.broken})
        failure = f"{len(best.broken)} violations: {', '.join(rules)}"
        return Run(instance, engine, seconds, seed, took, None, len(best.unserved), failure)
    return Run(instance, engine, seconds, seed, took, None, None, answers[0].failure or "no plan")


def _judged(day: Day, plan: Mapping[str, Any]) -> Judgement:
    return judge(day, plan if "routes" in plan else timetable(day, plan))


@dataclass(frozen=True)
class _Answer:
    took_s: float
    plan: Mapping[str, Any] | None
    failure: str | None = None


@contextmanager
def _started(day: Day, engine: str, seconds: float, seed: int, processes: int) -> Iterator[list[Connection]]:
    """The pipes to processes that have imported everything; whatever happens, none of them is left."""
    text = json.dumps(day.problem)
    pipes: list[Connection] = []
    children: list[BaseProcess] = []
    try:
        for process in range(processes):
            child, pipe = start(_work, engine, text, seconds, seed, process)
            children.append(child)
            pipes.append(pipe)
        for pipe in pipes:
            if not pipe.poll(START_S) or pipe.recv() != "ready":
                raise RuntimeError(f"{engine} did not start within {START_S:g} s")
        yield pipes
    finally:
        for child in children:
            child.kill()
            child.join()


def _receive(pipe: Connection, patience_s: float) -> _Answer:
    if not pipe.poll(patience_s):
        return _Answer(patience_s, None, f"no answer after {patience_s:.0f} s")
    try:
        answer: _Answer = pipe.recv()
    except EOFError:
        return _Answer(0.0, None, "its process died")
    return answer


def _work(pipe: Connection, engine: str, text: str, seconds: float, seed: int, process: int) -> None:
    planner = engines.load(engine)
    day = Day(json.loads(text))
    pipe.send("ready")
    pipe.recv()
    began = time.perf_counter()
    try:
        plan = planner.plan(day, seconds, seed, process)
        pipe.send(_Answer(time.perf_counter() - began, plan))
    except Exception as error:  # a peer that can't take the problem is a result, and the others go on
        traceback.print_exc()
        pipe.send(_Answer(time.perf_counter() - began, None, f"{type(error).__name__}: {error}"))

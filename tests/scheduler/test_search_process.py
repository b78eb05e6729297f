"""The child process of a search, and what it and its parent say to each other."""

import sys
import time
from pathlib import Path

import pytest
from cities import city
from processes import is_alive, wait_until

from scheduler.search.child import MEMORY_CAP_BYTES
from scheduler.search.wire import Assignment, Failed, Found, Inbox, Report, frame
from scheduler.search.worker import Worker

PROBLEM = city(12, 3)
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def assignment(engine: str = "ortools", seconds: float = 0.5) -> Assignment:
    return Assignment(PROBLEM.to_json(), engine, seed=1, seconds=seconds, start=None)


def listen(worker: Worker, seconds: float = 10.0) -> list[Report]:
    reports: list[Report] = []
    ends = time.monotonic() + seconds
    while worker.running and time.monotonic() < ends:
        worker.feed()
        reports += worker.hear()
        time.sleep(0.01)
    return reports


def test_reports_are_understood_in_pieces_of_any_size() -> None:
    sent = [Found(((0, 2), (), (1,)), 7), Failed("no"), Found(((), (), ()), 8)]
    data = b"".join(frame(report) for report in sent)
    for size in (1, 3, 8, len(data)):
        inbox, heard = Inbox(), []
        for begin in range(0, len(data), size):
            heard += inbox.take(data[begin : begin + size])
        assert heard == sent


def test_a_search_reports_better_plans_and_ends_by_itself() -> None:
    with Worker() as worker:
        worker.assign(assignment())
        reports = listen(worker)
    assert worker.failure is None
    assert reports
    last = reports[-1]
    assert isinstance(last, Found)
    jobs = [job for order in last.orders for job in order]
    assert len(jobs) == len(set(jobs)) > 6


def test_a_search_that_fails_says_why() -> None:
    with Worker() as worker:
        worker.assign(assignment(engine="magic"))
        listen(worker)
    assert worker.failure == "KeyError: 'magic'"


@on_linux
def test_a_search_may_use_only_so_much_memory() -> None:
    with Worker() as worker:
        limits = Path(f"/proc/{worker.pid}/limits")
        assert wait_until(lambda: str(MEMORY_CAP_BYTES) in limits.read_text(), 5)


@on_linux
def test_a_search_that_is_ended_leaves_no_process_behind() -> None:
    with Worker() as worker:
        worker.assign(assignment(seconds=60))
        worker.feed()
        assert is_alive(worker.pid)
    assert not is_alive(worker.pid)

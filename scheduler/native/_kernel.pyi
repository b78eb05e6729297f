"""
The search kernel. Jobs, technicians and places are indices, times integer seconds.
"""

from collections.abc import Sequence
from typing import Annotated

import numpy
from numpy.typing import NDArray


class Day:
    """The day to plan, as arrays that never change."""

    @staticmethod
    def of(durations: Sequence[Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu', writable=False)]], metres: Annotated[NDArray[numpy.int32], dict(shape=(None, None), order='C', device='cpu', writable=False)] | None, technicians: Sequence[tuple[int, int | None, int, int, int, int | None, int, Sequence[tuple[int, int, int]]]], jobs: Sequence[tuple[int, int, int, Sequence[tuple[int, int]], int, int, int, bool, int | None, int]], able: Annotated[NDArray[numpy.uint8], dict(shape=(None, None), order='C', device='cpu', writable=False)], dislike: Annotated[NDArray[numpy.int64], dict(shape=(None, None), order='C', device='cpu', writable=False)] | None, ties: Sequence[tuple[int, Sequence[int], int]], prices: tuple[int, int, int, int, int]) -> Day:
        """
        ValueError for an index out of range or arrays that don't belong together.
        """

    @property
    def kinds(self) -> list[int]:
        """By technician: those of one kind are the same in every respect."""

class Search:
    """A search on threads of its own; it begins when it is made."""

    def __init__(self, day: Day, seconds: float, threads: int, seed: int, steps: int = 0, start: Sequence[Sequence[int]] | None = None) -> None:
        """
        With `steps` it counts these instead of seconds: with one thread a run that can be repeated exactly.
        """

    def wait(self, seconds: float) -> bool:
        """Waits until it is over, but no longer than that; whether it is over."""

    def stop(self) -> None:
        """Asks it to end; it does within milliseconds."""

    def end_after(self, seconds: float) -> None:
        """Ends it so many seconds after it began instead."""

    def best(self) -> tuple[list[list[int]], int, int] | None:
        """
        (orders by technician, cost, steps so far); None before the first plan.
        """

    def offer(self, orders: Sequence[Sequence[int]]) -> None:
        """A plan found elsewhere, taken over if it is valid and better."""

    def pool(self) -> list[tuple[int, int, list[int]]]:
        """
        (kind of technician, price, jobs) of each route that good plans were made of.
        """

class OpenDay:
    """A plan that jobs may still join. One thread at a time."""

    def __init__(self, day: Day) -> None: ...

    def describe(self, job: int, data: tuple[int, int, int, Sequence[tuple[int, int]], int, int, int, bool, int | None, int], able: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order='C', device='cpu', writable=False)], dislike: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)] | None) -> None:
        """
        What that job is from now on; the next number is a new one, tied to no other.
        """

    def assign(self, technician: int, jobs: Sequence[int]) -> None:
        """What the technician does from now on."""

    def cheapest(self, job: int, slots: Sequence[Sequence[tuple[int, int]]], surcharge: Annotated[NDArray[numpy.int64], dict(shape=(None,), order='C', device='cpu', writable=False)] | None) -> list[tuple[int, int, int, int] | None]:
        """
        (price, technician, index, start) of the cheapest place in each slot, but in routes that wait for others.
        """

    def exchanges(self, job: int, below: int | None) -> list[tuple[int, int, int]]:
        """
        (price, technician, index) of visits in whose place the job fits, for a detour below that price.
        """

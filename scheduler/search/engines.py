"""The searches that run in child processes. Each reports orders of jobs; what they cost is for others to say.

An engine is a function `search(model, start, seconds, seed, report)`: it runs in a child process, begins at
the plan `start` if there is one, reports every plan that it takes for better than those before it, and
returns when `seconds` are over or it has nothing left to try. Invalid plans are dropped by the caller.
"""

from collections.abc import Callable
from importlib import import_module

from scheduler.search.model import Model, Orders

Report = Callable[[Orders, int], None]  # the plan, and how many plans the search has accepted so far
Engine = Callable[[Model, Orders | None, float, int, Report], None]

ENGINES = {"ortools": "scheduler.search.routing:search"}


def load(name: str) -> Engine:
    """Imports the engine only where it runs, for the parent of a search needs none of its libraries."""
    module, function = ENGINES[name].split(":")
    engine: Engine = getattr(import_module(module), function)
    return engine

"""How a solve is coming along, on standard error: a bar in a terminal, a line for each better plan elsewhere."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from scheduler.solve import Progress as Tell


@contextmanager
def progress_bar(seconds: float, jobs: int) -> Iterator[Tell]:
    """What to call with (seconds since the start, cost, jobs served) for each better plan."""
    console = Console(stderr=True)
    if not console.is_terminal:

        def line(elapsed: float, cost: int, served: int) -> None:
            console.print(f"{elapsed:8.2f} s  cost {cost}  served {served}/{jobs}", highlight=False)

        yield line
        return
    with _Clockwork(
        BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn(), console=console, transient=True
    ) as bar:
        task = bar.add_task("planning", total=seconds)

        def show(_: float, cost: int, served: int) -> None:
            bar.update(task, description=f"cost {cost:,}  served {served}/{jobs}")

        yield show


class _Clockwork(Progress):
    """Moves with the clock, not with the plans, which come at no steady pace."""

    def get_renderables(self) -> Iterable[RenderableType]:
        for task in self.tasks:
            task.completed = min(task.elapsed or 0.0, task.total or 0.0)
        return super().get_renderables()

"""`doorstep explain`: why jobs are left out or late, and what was proved to help."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.fix_table import fix_table
from api.cli.plan_files import CannotGoOn, read, shown, to_stdout
from api.cli.planner_input import LEAST_SECONDS, Seconds, interrupts, read_problem
from scheduler.errors import FormatError, printable
from scheduler.fixes import JobFixes, find_fixes, sentence
from scheduler.fixes import Progress as Tell
from scheduler.limits import MAX_FILE_BYTES
from scheduler.solution import Solution
from scheduler.stop import Stop


@click.command()
@click.argument("problem", type=click.Path(path_type=Path))
@click.argument("solution", type=click.Path(path_type=Path))
@click.option("--job", "jobs", multiple=True, metavar="ID", help="Only this job; may be given several times.")
@click.option("--seconds", type=Seconds(), default=10.0, show_default=True, help="Wall clock, reading included.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, plans included, and nothing else.")
@click.pass_context
def explain(
    ctx: click.Context, problem: Path, solution: Path, jobs: tuple[str, ...], seconds: float, as_json: bool
) -> None:
    """Say what would let in a job that is left out or late.

    Every fix listed was proved by a plan: overtime, another window, another visit moved, a technician who may
    not do it now, the next day. What the time did not allow to prove is listed as "not proved". Ctrl-C ends the
    search, prints what was found so far and exits with status 130.
    """
    began = time.monotonic()
    with interrupts() as interrupt, _progress_bar() as tell:
        day = read_problem(problem)
        try:
            plan = Solution.from_json(read(solution, MAX_FILE_BYTES))
            left = max(LEAST_SECONDS, seconds - (time.monotonic() - began))
            found = find_fixes(day, plan, Stop(left, interrupt.event), jobs or None, progress=tell)
        except FormatError as error:
            raise CannotGoOn(f"{shown(solution)}: {error}") from None
        except ValueError as error:
            raise CannotGoOn(printable(str(error))) from None
    to_stdout(_json(found) if as_json else fix_table(plan, found))
    if interrupt.signal is not None:
        ctx.exit(128 + interrupt.signal)


def _json(found: list[JobFixes]) -> bytes:
    jobs = msgspec.to_builtins(found)
    for job, told in zip(found, jobs, strict=True):
        for fix, fields in zip(job.fixes, told["fixes"], strict=True):
            fields["sentence"] = sentence(fix)._asdict() if fix.verified else None
    return msgspec.json.encode({"format": "doorstep.fixes/1", "jobs": jobs})


@contextmanager
def _progress_bar() -> Iterator[Tell]:
    """What to call with (tried, of how many, verified), shown on standard error if that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("Trying fixes"), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)

        def show(tried: int, of: int, verified: int) -> None:
            bar.update(task, total=of, completed=tried, description=f"{tried} of {of}, {verified} verified")

        yield show

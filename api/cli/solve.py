"""`doorstep solve` and `doorstep check`: the planner on files, with no database."""

import time
from contextlib import ExitStack
from pathlib import Path

import click
import msgspec

from api.cli.plan_files import CannotGoOn, Output, read, shown, to_stdout
from api.cli.plan_progress import progress_bar
from api.cli.plan_table import plan_table, verdict_table
from api.cli.planner_input import LEAST_SECONDS, Seconds, interrupts, read_problem
from scheduler.check import check as judge
from scheduler.errors import FormatError
from scheduler.limits import MAX_FILE_BYTES
from scheduler.solution import Solution
from scheduler.solve import ENGINES, MAX_THREADS, Stop
from scheduler.solve import solve as plan

MAX_SEED = 1_000_000_000


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--seconds", type=Seconds(), default=10.0, show_default=True, help="Wall clock, reading included.")
@click.option("--seed", type=click.IntRange(0, MAX_SEED), default=1, show_default=True)
@click.option("--threads", type=click.IntRange(1, MAX_THREADS), default=2, show_default=True)
@click.option("--engine", type=click.Choice(ENGINES), help="kernel where it was built, else ortools.")
@click.option("--output", type=click.Path(path_type=Path), help="Write the solution to this file as well.")
@click.option("--json", "as_json", is_flag=True, help="Print the solution's JSON and nothing else.")
@click.option("--progress", is_flag=True, help="Show progress on standard error.")
@click.pass_context
def solve(
    ctx: click.Context,
    file: Path,
    seconds: float,
    seed: int,
    threads: int,
    engine: str | None,
    output: Path | None,
    as_json: bool,
    progress: bool,
) -> None:
    """Plan the day in FILE, a doorstep.problem/1.

    Ctrl-C ends the search, writes the best plan so far and exits with status 130. Status 2 means that
    the input is wrong or a file can't be read or written, and nothing was solved.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        interrupt = stack.enter_context(interrupts())
        problem = read_problem(file)
        written = None if output is None else stack.enter_context(Output(output))
        tell = stack.enter_context(progress_bar(seconds, len(problem.jobs))) if progress else None
        left = max(LEAST_SECONDS, seconds - (time.monotonic() - began))
        stop = Stop(left, interrupt.event)
        try:
            solution = plan(problem, stop, engine=engine, seed=seed, threads=threads, progress=tell)
        except ValueError as error:  # an engine that isn't there
            raise CannotGoOn(str(error)) from None
        if written is not None:
            written.write(solution.to_json() + b"\n")
    if as_json:
        to_stdout(solution.to_json())
    else:
        to_stdout(plan_table(problem, solution))
    if interrupt.signal is not None:
        ctx.exit(128 + interrupt.signal)


@click.command()
@click.argument("problem", type=click.Path(path_type=Path))
@click.argument("solution", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdict's JSON and nothing else.")
@click.pass_context
def check(ctx: click.Context, problem: Path, solution: Path, as_json: bool) -> None:
    """Price SOLUTION, and list every rule of PROBLEM that it breaks.

    SOLUTION is a doorstep.solution/1 from anywhere. Exits with status 1 if a rule is broken.
    """
    day = read_problem(problem)
    try:
        verdict = judge(day, Solution.from_json(read(solution, MAX_FILE_BYTES)))
    except FormatError as error:
        raise CannotGoOn(f"{shown(solution)}: {error}") from None
    if as_json:
        to_stdout(msgspec.json.encode(verdict))
    else:
        to_stdout(verdict_table(verdict))
    if verdict.violations:
        ctx.exit(1)

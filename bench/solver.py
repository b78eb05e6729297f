"""Doorstep beside its peers: the same instances, wall time and two cores, one planner after the other.

    python -m bench.solver [--instances …] [--seconds 2 10 30] [--seeds 1 2 3] [--engines doorstep pyvrp vroom ortools]

Every answer, ours too, is judged by `bench.evaluator`, which shares no code with the planner. Ctrl-C ends the
run; what was measured by then is still printed and written. Needs the dependency group `bench`.
"""

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench import catalogue, engines, features, machine, report
from bench.day import Day
from bench.rounds import Run, run
from bench.vrptw import VrplibError

QUICK = {"instances": list(catalogue.QUICK), "seconds": [2.0], "seeds": [1]}


def main(arguments: Sequence[str] | None = None) -> int:
    parser, options = _read(arguments)
    try:
        days = {day.name: day for day in (Day(catalogue.load(name)) for name in options.instances)}
    except (OSError, VrplibError, catalogue.UnknownInstance) as error:
        parser.error(str(error))
    if absent := engines.missing(options.engines):
        parser.error(f"not installed: {', '.join(absent)}. They are the dependency group bench; or choose --engines")
    screen = Console(width=None if sys.stdout.isatty() else 120)  # a file gets the whole table
    notes = list(_notes(days, options.engines))
    for note in notes:
        screen.print(note, highlight=False)
    runs: list[Run] = []
    stopped = False
    try:
        measure(days, options, runs)
    except KeyboardInterrupt:
        stopped = True
    measured = report.lines(runs, catalogue.best_known())
    screen.print(machine.sentence(), highlight=False)
    screen.print(report.table(measured))
    for sentence in report.remarks(measured):
        screen.print(sentence, highlight=False)
    if stopped:
        screen.print(f"Stopped after {len(runs)} run{'' if len(runs) == 1 else 's'}.")
    _write(options, screen, runs, measured, notes)
    return 130 if stopped else 0


def measure(days: dict[str, Day], options: argparse.Namespace, runs: list[Run]) -> None:
    """Appends each run as it ends; rounds are the outer loop, so that a slower hour of the machine hits all."""
    rounds = list(product(days.items(), options.seconds, options.seeds))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=len(rounds) * len(options.engines))
        for (name, day), seconds, seed in rounds:
            for engine in options.engines:
                progress.update(task, description=f"{name}, {seconds:g} s, seed {seed}: {engine}")
                runs.append(run(day, name, engine, seconds, seed))
                progress.advance(task)


def _notes(days: dict[str, Day], names: Sequence[str]) -> Iterator[str]:
    """What each planner can't express of the rules these problems use."""
    used = set().union(*(features.used(day) for day in days.values()))
    for name in names:
        for rule, sentence in engines.load(name).CANNOT.items():
            if rule in used:
                yield f"Note: {name} {sentence}."


def _write(
    options: argparse.Namespace, screen: Console, runs: list[Run], measured: list[report.Line], notes: list[str]
) -> None:
    if not runs:
        return
    if options.json:
        versions = {name: engines.version_of(name) for name in options.engines}
        report.write_json(options.json, runs, versions, notes)
    if options.plot:
        report.write_plot(options.plot, measured)
    if options.update_best:
        costs: dict[str, list[int]] = {}
        for one in runs:
            if one.cost is not None:
                costs.setdefault(one.instance, []).append(one.cost)
        for name in catalogue.lower_best_known(costs, f"bench.solver, {datetime.now(UTC).date()}"):
            screen.print(f"Best known of {name} is now {min(costs[name]):,}.")


def _read(arguments: Sequence[str] | None) -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    parser = argparse.ArgumentParser(prog="bench.solver", description=__doc__, formatter_class=_Plain)
    parser.add_argument("--instances", nargs="+", default=catalogue.names(), help="names or files; all if not given")
    parser.add_argument("--seconds", nargs="+", type=_budget, default=[2.0, 10.0, 30.0], help="wall-clock budgets")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--engines", nargs="+", choices=list(engines.MODULES), default=list(engines.MODULES))
    parser.add_argument("--json", type=_writable, metavar="FILE", help="write every run, the machine and versions")
    parser.add_argument("--plot", type=_writable, metavar="FILE", help="draw gaps against budgets: .svg, .png or .pdf")
    parser.add_argument("--quick", action="store_true", help=f"only {', '.join(catalogue.QUICK)}, 2 s, one seed")
    parser.add_argument("--update-best", action="store_true", help="write lower costs down as best known")
    options = parser.parse_args(arguments)
    if options.quick:
        vars(options).update(QUICK)
    if options.plot and options.plot.suffix not in (".svg", ".png", ".pdf"):
        parser.error(f"--plot: {options.plot.name} must end in .svg, .png or .pdf")
    return parser, options


class _Plain(argparse.RawDescriptionHelpFormatter):
    """The text above as it is written."""


def _budget(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= 3600:  # false for NaN
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0 and at most 3600")
    return seconds


def _writable(text: str) -> Path:
    """Said at once and not after an hour of measuring."""
    path = Path(text)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text} can't be written: its folder is missing, or it is one")
    return path


if __name__ == "__main__":
    sys.exit(main())

"""`./doorstep faults`: phones work through a network that breaks while servers are killed; then everything is counted.

A schedule follows from its seed, and prints itself, so that one that found something can be run again. How it falls
in with the processes' own pace is chance, as it is in life.
"""

import signal
import sys

import click
from fault_schedules.house import House
from fault_schedules.report import said, table
from fault_schedules.run import Outcome, run
from fault_schedules.schedule import Schedule
from rich.console import Console


@click.command()
@click.option("--seed", default=1, show_default=True, help="Of the first schedule; the next ones count on from it.")
@click.option("--schedules", default=30, show_default=True, type=click.IntRange(min=1), help="How many to run.")
@click.option(
    "--operations", default=500, show_default=True, type=click.IntRange(min=1), help="That each phone records."
)
@click.option("--phones", default=8, show_default=True, type=click.IntRange(2, 50), help="Each with a technician.")
def main(seed: int, schedules: int, operations: int, phones: int) -> None:
    """Let phones work through broken networks and killed servers, and count what became of their records.

    Exit status 1 if anything was lost, took effect twice, or did not heal; what did is named. Ctrl-C leaves nothing.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that it stops all it started, as for Ctrl-C
    console, outcomes = Console(width=160), list[Outcome]()
    try:
        with House() as house:
            for number in range(seed, seed + schedules):
                schedule = Schedule.of(number, phones=phones, operations=operations)
                console.print(str(schedule), highlight=False)
                outcomes.append(run(house, schedule))
                console.print(said(outcomes[-1]), highlight=False)
                if not house.stands:
                    break
    except KeyboardInterrupt:
        console.print("Stopped; nothing is left running.")
    if outcomes:
        console.print(table(outcomes))
    sys.exit(1 if any(one.broken for one in outcomes) else 130 if len(outcomes) < schedules else 0)


if __name__ == "__main__":
    main(prog_name="./doorstep faults")

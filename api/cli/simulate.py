"""`doorstep simulate`: a city's day through the real site, against first-come-first-served, as a table and a chart."""

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click
import httpx
from rich.console import Console
from rich.status import Status

from api.cli.running import clear_errors
from api.db.engine import Database
from api.simulation.chart import chart
from api.simulation.city import City, city
from api.simulation.day import BEGINS, DAY, Day, new_password
from api.simulation.desk import DeskRefused
from api.simulation.house import House
from api.simulation.nearest import dispatch
from api.simulation.outcome import measured
from api.simulation.rates import rates
from api.simulation.stage import set_stage
from api.simulation.tables import Run, table
from domain.defects import load_defects
from mobile_contract.client import PhoneError

A_LINE_EVERY_S = 15.0


@click.command()
@click.option("--technicians", type=click.IntRange(1, 1000), default=200, show_default=True, help="Each has a phone.")
@click.option("--jobs", type=click.IntRange(1, 10_000), default=1600, show_default=True, help="A quarter of them new.")
@click.option("--seed", default=1, show_default=True, help="The city, and all that happens in it.")
@click.option("--plan-seconds", type=click.FloatRange(0.5, 600), default=20.0, show_default=True, help="A territory's.")
@click.option("--chart", "chart_file", type=click.Path(dir_okay=False, path_type=Path), help="SVG file to write.")
@clear_errors()
def simulate(technicians: int, jobs: int, seed: int, plan_seconds: float, chart_file: Path | None) -> None:
    """Live through a made-up city's day, beside simpler dispatch.

    It runs against real servers, through the real API, with reference phones and a clock that is set by hand.

    Nothing of your own data is touched. Exit status 1 if anything broke that must hold; what did is named.
    """
    if chart_file and not chart_file.absolute().parent.is_dir():
        raise click.UsageError(f"--chart: there is no folder {chart_file.absolute().parent}.")
    console, began = Console(stderr=True), time.monotonic()
    made_up, given = city(technicians, jobs, seed, rates(), load_defects()), rates()
    with (
        console.status("starting PostgreSQL, Valkey, the site and a worker") as status,
        House(BEGINS) as house,
    ):
        password = new_password()
        territories, people = asyncio.run(staged(house.database_url, made_up, password))
        day = Day(
            house=house,
            city=made_up,
            rates=given,
            territories=territories,
            technicians=people,
            password=password,
            told=Progress(console, status),
            plan_seconds=plan_seconds,
        )
        try:
            day.run()
        except (DeskRefused, PhoneError, httpx.HTTPError) as refusal:
            click.echo(
                f"doorstep: The day can't go on. {type(refusal).__name__}: {refusal}\n{house.last_words()}", err=True
            )
            sys.exit(2)
    ours = measured(made_up, day.facts, day.clocks, day.promises)
    theirs = measured(made_up, dispatch(made_up, given, day.clocks, day.promises), day.clocks, day.promises)
    run = Run(seed, made_up, day, ours, theirs, time.monotonic() - began)
    Console(width=None if sys.stdout.isatty() else 120).print(table(run))
    if chart_file:
        chart_file.write_text(chart(run), encoding="utf-8")
        click.echo(f"Chart: {chart_file}")
    for what in day.invariants.broken:
        click.echo(f"BROKEN: {what}", err=True)
    sys.exit(1 if day.invariants.broken else 0)


class Progress:
    """One line that changes on a terminal; elsewhere a new one now and then."""

    def __init__(self, console: Console, status: Status) -> None:
        self.console, self.status = console, status
        self.began = self.last = time.monotonic()

    def __call__(self, what: str) -> None:
        now = time.monotonic()
        told = f"{now - self.began:5.0f} s  {what}"
        self.status.update(told)
        if not self.console.is_terminal and now - self.last >= A_LINE_EVERY_S:
            self.last = now
            self.console.print(told, highlight=False)


async def staged(database_url: str, made_up: City, password: str) -> tuple[Sequence[UUID], Sequence[UUID]]:
    database = Database(database_url, writers=1, readers=1)
    try:
        return await database.write(set_stage, made_up, rates(), DAY, password)
    finally:
        await database.close()

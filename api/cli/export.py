"""`doorstep export`: tickets, technicians, homes and plans as CSV or XLSX. Phone numbers are masked, always."""

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import click
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.imports.territories import territory_for
from api.adapters.sheets import Table, kind_of, write_table
from api.cli.running import clear_errors, with_database
from api.cli.warranty import Day
from api.db.engine import Database
from api.queries.exports.homes import homes_table
from api.queries.exports.plan import plan_table
from api.queries.exports.technicians import technicians_table
from api.queries.exports.tickets import tickets_table
from domain.places import Territory

Gather = Callable[[AsyncSession, Territory | None], Awaitable[Table]]

file = click.argument("file", type=Path)
territory = click.option("--territory", help="Only this territory's.")


@click.group()
def export() -> None:
    """Write tickets, technicians, homes or a plan as CSV or XLSX. FILE's ending says which."""


@export.command()
@file
@territory
@click.option("--day", type=Day(), help="Only tickets reported on this day.")
def tickets(file: Path, territory: str | None, day: date | None) -> None:
    """Tickets with their clocks and warranty verdicts."""
    run(file, territory, lambda session, here: tickets_table(session, here, day))


@export.command()
@file
@territory
def technicians(file: Path, territory: str | None) -> None:
    """The roster. `doorstep import technicians` reads it back, and keeps the numbers that are masked."""
    run(file, territory, technicians_table)


@export.command()
@file
@territory
def homes(file: Path, territory: str | None) -> None:
    """Homes with their owners. `doorstep import homes` reads them back, and keeps the numbers that are masked."""
    run(file, territory, homes_table)


@export.command()
@file
@territory
@click.option("--day", type=Day(), required=True, help="The plan's day, such as 2026-02-28.")
def plan(file: Path, territory: str | None, day: date) -> None:
    """A day's published plan, or its newest draft."""
    run(file, territory, lambda session, here: plan_table(session, here, day))


def run(file: Path, territory: str | None, gather: Gather) -> None:
    with clear_errors():
        kind_of(file)

        async def work(database: Database) -> Table:
            async with database.read() as session:
                here = await territory_for(session, territory) if territory else None
                return await gather(session, here)

        table = with_database(work)
        write_table(file, table)
    click.echo(f"{len(table.rows)} rows in {file}.")

"""`doorstep audit`: whether anybody has changed what was done."""

import sys

import click

from api.cli.running import clear_errors, with_database
from api.db.engine import Database
from api.queries.audit import check_trail


@click.command()
@clear_errors()
def audit() -> None:
    """Check the audit trail from its first entry to its last. Exit status 1 if an entry was altered or is missing."""

    async def check(database: Database) -> tuple[int, int | None]:
        async with database.read() as session:
            return await check_trail(session)

    read, broken = with_database(check)
    if broken is not None:
        click.echo(f"Entry {broken} does not follow from the one before it: somebody has changed the trail.")
        sys.exit(1)
    click.echo(f"All {read:,} entries follow from one another.")

"""`doorstep retention`: what is kept of persons, for how long, and what of it is over."""

import click

from api import clock
from api.actions.retention import over, sweep
from api.cli.running import clear_errors, with_database
from api.db.engine import Database
from api.settings import Settings


@click.command()
@click.option("--end", is_flag=True, help="End it now; workers do so every hour. Without, nothing is changed.")
@clear_errors()
def retention(end: bool) -> None:
    """Show how long what is kept of persons, and what is over."""
    keep, now = Settings.from_environment().retention_rules(), clock.now()

    async def count(database: Database) -> dict[tuple[str, str], int]:
        async with database.read() as session:
            return await over(session, keep, now)

    async def ended(database: Database) -> dict[str, int]:
        return await sweep(database, keep, now)

    counts = with_database(count)
    for code, rule in keep.items():
        click.echo(f"{code}: {rule.days} days. {rule.what_en}; {rule.why_en} ({rule.source})")
        for (of, table), rows in counts.items():
            if of == code:
                click.echo(f"  {table}: {rows:,} rows are over")
    if end:
        told = ", ".join(f"{rows:,} of {table}" for table, rows in with_database(ended).items())
        click.echo(f"Ended: {told or 'nothing'}.")

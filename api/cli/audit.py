"""`doorstep audit`: whether anybody has changed what was done."""

import sys
from uuid import UUID

import click

from api.cli.running import clear_errors, with_database
from api.db.engine import Database
from api.queries.audit import Trail, check_operations, check_sealed, check_trail


@click.command()
@clear_errors()
def audit() -> None:
    """Check the audit trail, sealed sign-offs and what phones told.

    Exit status 1 if anything was altered or is missing.
    """

    async def check(database: Database) -> tuple[Trail, tuple[int, list[UUID | None]], tuple[int, list[UUID]]]:
        async with database.read() as session:
            return await check_trail(session), await check_sealed(session), await check_operations(session)

    trail, (sealed, broken), (told, altered) = with_database(check)
    if trail.broken is not None:
        click.echo(f"Entry {trail.broken} does not follow from the one before it: somebody has changed the trail.")
    for sign_off in broken:
        click.echo(f"The sealed sign-off {sign_off} is missing or not as it was sealed.")
    for op_id in altered:
        click.echo(f"The operation {op_id} is missing or not what the phone told.")
    if trail.broken is not None or broken or altered:
        sys.exit(1)
    click.echo(
        f"All {trail.read:,} entries follow from one another; {sealed:,} sealed sign-offs and {told:,} operations of "
        "phones are as they were."
    )

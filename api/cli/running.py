"""What every command that touches the database needs: the servers, whoever runs them, and one event loop."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

import click
from sqlalchemy.exc import OperationalError

from api.adapters.servers import ServerError, bring_up, running
from api.cli.stops import stoppable
from api.db.engine import Database
from api.db.migrate import upgrade
from api.settings import Settings, SettingsError
from domain.errors import DomainError

T = TypeVar("T")


@contextmanager
def clear_errors() -> Iterator[None]:
    """What a person can mend is one sentence on standard error and status 2; the rest keeps its traceback.

    Ctrl-C and SIGTERM are no fault (see `stoppable`).
    """
    try:
        with stoppable():
            yield
    except (DomainError, ServerError, SettingsError) as error:
        click.echo(f"doorstep: {error}", err=True)
        sys.exit(2)
    except OperationalError as error:
        click.echo(f"doorstep: The database can't go on; what was not finished was not written. {error.orig}", err=True)
        sys.exit(2)


@contextmanager
def served() -> Iterator[Settings]:
    """Settings with both addresses: given ones, those of a Doorstep that runs here, or embedded ones for now."""
    settings = Settings.from_environment()
    if settings.database_url and settings.redis_url:
        yield settings
        return
    with running() or bring_up(database_url=settings.database_url, redis_url=settings.redis_url) as servers:
        yield replace(settings, database_url=servers.database_url, redis_url=servers.redis_url)


def with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """Migrates, then runs the work, for commands that do one thing and end."""
    with served() as settings:
        upgrade(settings.database_url)

        async def run() -> T:
            database = Database(settings.database_url)
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(run())

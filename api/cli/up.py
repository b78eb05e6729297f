"""`doorstep up`: everything on one machine. `serve`, `worker`, `migrate`: its parts, for machines of one's own."""

import asyncio
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EADDRINUSE, EADDRNOTAVAIL
from ipaddress import ip_address
from secrets import token_urlsafe

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from api import logs
from api.adapters.servers import ServerError, bring_up
from api.adapters.servers.process import forks_dying_with_us
from api.cli.running import clear_errors, served
from api.db.migrate import upgrade
from api.settings import Settings, SettingsError
from api.supervisor import Supervisor
from api.tasks import run_worker

FINISHES_WITHIN_S = 10
"""What requests get to end when the site stops; less than the supervisor's own patience."""

REMEDIES = {
    EADDRINUSE: "Set DOORSTEP_PORT to a free port.",
    EACCES: "Set DOORSTEP_PORT to 1024 or more.",
    EADDRNOTAVAIL: "Set DOORSTEP_HOST to an address of this machine.",
}


@click.command()
@clear_errors()
def up() -> None:
    """Start PostgreSQL, Valkey, the site and a worker. Ctrl-C stops them all."""
    settings = Settings.from_environment()
    logs.configure(settings.log)
    check_port(settings)
    with bring_up(database_url=settings.database_url, redis_url=settings.redis_url) as servers:
        upgrade(servers.database_url)
        supervisor = Supervisor(settings, servers)
        try:
            supervisor.start("serve", "worker")
            click.echo(f"Doorstep is at http://{settings.host}:{settings.port}  (Ctrl-C stops it)")
            supervisor.watch()
        finally:
            supervisor.stop()


def check_port(settings: Settings) -> None:
    """Raises SettingsError where the site can't listen at all, ServerError while somebody else listens there."""
    try:
        host = ip_address(settings.host)
    except ValueError:
        raise SettingsError(f"DOORSTEP_HOST is {settings.host!r}; it must be an address, such as 127.0.0.1.") from None
    if not 0 < settings.port < 65_536:
        raise SettingsError(f"DOORSTEP_PORT is {settings.port}; it must be between 1 and 65535.")
    try:
        with socket.socket(socket.AF_INET6 if host.version == 6 else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((str(host), settings.port))
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        remedy = REMEDIES.get(error.errno or 0, "")
        raise ServerError(f"Can't listen on {where}: {error.strerror}. {remedy}".rstrip()) from None


@click.command()
@clear_errors()
def serve() -> None:
    """Answer requests. Needs DATABASE_URL and REDIS_URL."""
    settings = both_addresses()
    logs.configure(settings.log)
    check_port(settings)
    os.environ["DOORSTEP_SECRET"] = settings.secret or token_urlsafe(32)  # the same for all its processes
    forks_dying_with_us()
    with shared_metrics():
        Granian(
            "api.app:create_app",
            factory=True,
            interface=Interfaces.ASGI,
            address=settings.host,
            port=settings.port,
            workers=settings.api_processes,
            log_access=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=FINISHES_WITHIN_S,
        ).serve()


@contextmanager
def shared_metrics() -> Iterator[None]:
    """A folder where the processes add up what they count; the Prometheus client reads its place when it is loaded."""
    with tempfile.TemporaryDirectory(prefix="doorstep-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


@click.command()
@clear_errors()
def worker() -> None:
    """Make plans and do what else waits in the queue. Any number may run, on any number of machines."""
    settings = both_addresses()
    logs.configure(settings.log)
    asyncio.run(run_worker(settings))


@click.command()
@clear_errors()
def migrate() -> None:
    """Bring the database to this version. Adds the shipped rule rows that it lacks."""
    with served() as settings:
        upgrade(settings.database_url)
    click.echo("The database is at this version.")


def both_addresses() -> Settings:
    settings = Settings.from_environment()
    if not (settings.database_url and settings.redis_url):
        raise SettingsError("DATABASE_URL and REDIS_URL must be set here; `doorstep up` starts servers of its own.")
    return settings

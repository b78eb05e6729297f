"""The servers Doorstep needs, PostgreSQL and Valkey: the user's own, or embedded ones it looks after."""

from pathlib import Path
from typing import Self

from api.adapters.servers.errors import HomeInUse, ServerError
from api.adapters.servers.given import checked_postgres, checked_redis
from api.adapters.servers.home import Home, default_folder
from api.adapters.servers.postgres import Postgres
from api.adapters.servers.valkey import Valkey

__all__ = [
    "Home",
    "HomeInUse",
    "Postgres",
    "ServerError",
    "Servers",
    "Valkey",
    "bring_up",
    "default_folder",
    "running",
]


class Servers:
    """Where the servers answer. `stop()` stops those that were started here and no others."""

    def __init__(
        self, database_url: str, redis_url: str, started: dict[str, Postgres | Valkey], home: Home | None
    ) -> None:
        self.database_url = database_url
        self.redis_url = redis_url
        self._started = started
        self._home = home

    @property
    def pids(self) -> dict[str, int | None]:
        """Of the servers started here, by name."""
        return {name: server.pid for name, server in self._started.items()}

    def mend(self) -> list[str]:
        """Starts again, at the same address, each embedded server that has died; returns their names."""
        died = {name: server for name, server in self._started.items() if not server.alive}
        for server in died.values():
            server.start()
        return list(died)

    def stop(self) -> None:
        for server in reversed(self._started.values()):
            server.stop()
        self._started = {}
        if self._home:
            self._home.close()
            self._home = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def bring_up(
    folder: Path | None = None,
    database_url: str | None = None,
    redis_url: str | None = None,
    *,
    fast: bool = False,
) -> Servers:
    """Checks the servers that are given and starts those that are not, with their data in `folder`.

    Call it in the main thread. `folder` defaults to `default_folder()`; `fast` is for tests (see `Postgres`).
    Raises ServerError, with nothing left running.
    """
    database_url = checked_postgres(database_url) if database_url else None
    redis_url = checked_redis(redis_url) if redis_url else None
    if database_url and redis_url:
        return Servers(database_url, redis_url, {}, None)
    home = Home(folder)
    started: dict[str, Postgres | Valkey] = {}
    try:
        if not database_url:
            started["PostgreSQL"] = postgres = Postgres(home, fast=fast)
            database_url = postgres.start()
        if not redis_url:
            started["Valkey"] = valkey = Valkey(home)
            redis_url = valkey.start()
        home.announce({"database_url": database_url, "redis_url": redis_url})
    except BaseException:
        Servers("", "", started, home).stop()
        raise
    return Servers(database_url, redis_url, started, home)


def running(folder: Path | None = None) -> Servers | None:
    """The servers of a Doorstep that runs on `folder` now, for a second command such as a backup, or None."""
    addresses = Home.announced(folder)
    return Servers(**addresses, started={}, home=None) if addresses else None

"""An embedded PostgreSQL 18 for one machine: no container, no port, no password."""

import signal
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg

from api.adapters.servers.account import client
from api.adapters.servers.cluster import data_folder
from api.adapters.servers.errors import explained
from api.adapters.servers.home import Home
from api.adapters.servers.orphan import stop_orphans
from api.adapters.servers.process import Process
from api.adapters.servers.programs import postgres_programs
from api.adapters.servers.sockets import socket_folder

READY_WITHIN = 120.0  # seconds: after a crash it first replays what it wrote since its last checkpoint

# Fast shutdown ends sessions and keeps everything; immediate shutdown leaves the replay to the next start.
STOPS = [(signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0)]

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",  # only a part of the socket's name
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and key values hold names and phone numbers, which no log may carry.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}

# Commits may be lost when the machine loses power, never when a process is killed.
FAST = {"fsync": "off", "full_page_writes": "off"}


class Postgres:
    """Data in `postgres/` of the home. `fast`, for tests, trades safety on power loss for speed.

    Whoever runs Doorstep, and nobody else, may sign in over the socket: as `doorstep` (owns the database, no
    superuser) or as `postgres` (superuser, for repairs). The kernel vouches for them; there is no password.
    """

    def __init__(self, home: Home, *, fast: bool = False) -> None:
        self._home = home
        self._settings = SETTINGS | (FAST if fast else {})
        self._fast = fast
        self.url = ""
        self._process = Process("PostgreSQL", home.account, home.log("postgres"), STOPS)

    @property
    def alive(self) -> bool:
        return self._process.alive

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def start(self) -> str:
        """Returns SQLAlchemy's URL of the database `doorstep`; without `+psycopg` it is also libpq's."""
        programs = postgres_programs(self._home)
        data = data_folder(self._home, programs, fast=self._fast)
        with explained(f"look after {data}"):
            stop_orphans(data)
        sockets = socket_folder(self._home)
        with explained(f"clear {sockets}"):
            for left in sockets.glob(".s.PGSQL.*"):
                left.unlink()
        settings = self._settings | self._access() | {"unix_socket_directories": _quoted(sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.url = f"postgresql+psycopg://doorstep@/doorstep?host={quote(str(sockets))}&port=5432"
        self._process.start([programs / "postgres", "-D", data, *options], lambda: _obstacle(sockets), READY_WITHIN)
        return self.url

    def stop(self) -> None:
        self._process.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _access(self) -> dict[str, str]:
        """Written anew at every start, outside the data folder, where only we can write."""
        rules = self._home.folder / "postgres.hba"
        names = self._home.folder / "postgres.ident"
        person = client().name.replace('"', '""')
        with explained(f"write {rules}"):
            rules.write_text("local all doorstep,postgres peer map=doorstep\n")
            names.write_text("".join(f'doorstep "{person}" {role}\n' for role in ("doorstep", "postgres")))
            for file in (rules, names):
                file.chmod(0o644)
        return {"hba_file": str(rules), "ident_file": str(names)}


def _quoted(path: Path) -> str:
    """In a setting that lists paths, a comma or a space would end this one."""
    return '"' + str(path).replace('"', '""') + '"'


def _obstacle(sockets: Path) -> str:
    try:
        psycopg.connect(host=str(sockets), port=5432, user="doorstep", dbname="doorstep", connect_timeout=5).close()
    except psycopg.OperationalError as error:
        return str(error)
    return ""

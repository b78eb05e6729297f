"""An embedded Valkey: it wakes, caches and fans out, and keeps nothing. PostgreSQL is the truth."""

import signal
from contextlib import suppress
from typing import Self
from urllib.parse import quote

import redis

from api.adapters.servers.errors import explained
from api.adapters.servers.home import Home
from api.adapters.servers.process import Process
from api.adapters.servers.programs import valkey_program
from api.adapters.servers.sockets import socket_folder

READY_WITHIN = 20.0  # seconds
STOPS = [(signal.SIGTERM, 2.0)]

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "maxmemory": "256mb",
    # A full queue must be heard about: dropping the oldest keys would lose tasks in silence.
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
    "loglevel": "warning",
}


class Valkey:
    """Only its Unix socket listens, in a folder that nobody but its account can enter."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.url = ""
        self._process = Process("Valkey", home.account, home.log("valkey"), STOPS)

    @property
    def alive(self) -> bool:
        return self._process.alive

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def start(self) -> str:
        """Returns a URL for redis-py's and SAQ's `RedisQueue.from_url` (SAQ's `Queue.from_url` takes no socket)."""
        program = valkey_program(self._home)
        sockets = socket_folder(self._home)
        socket = sockets / "valkey.sock"
        self.url = url = f"unix://{quote(str(socket))}?db=0"
        _end_orphan(url)
        with explained(f"clear {socket}"):
            socket.unlink(missing_ok=True)
        settings = SETTINGS | {"unixsocket": str(socket), "dir": str(sockets)}
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self._process.start([program, *options], lambda: _obstacle(url), READY_WITHIN)
        return url

    def stop(self) -> None:
        self._process.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _end_orphan(url: str) -> None:
    """Left by a Doorstep that was killed, where the system does not end a child with its parent."""
    with suppress(redis.ConnectionError), redis.Redis.from_url(url) as connection:
        connection.shutdown(nosave=True, force=True)


def _obstacle(url: str) -> str:
    try:
        with redis.Redis.from_url(url) as connection:
            connection.ping()
    except redis.ConnectionError as error:
        return str(error)
    return ""

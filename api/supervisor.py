"""Keeps Doorstep's own processes running: the API and a worker, beside the servers. Stops all it started."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from secrets import token_urlsafe
from types import FrameType

import structlog

from api.adapters.servers import ServerError, Servers
from api.adapters.servers.process import dying_with_us
from api.settings import Settings

log = structlog.get_logger()

STOPS_WITHIN_S = 15.0
RESTART_AFTER_S = 1.0
MEND_AGAIN_AFTER_S = 3.0


class Supervisor:
    """Children get the settings through their environment, and die with this process even when it is killed.

    They log to `log_file`, or where this process does.
    """

    def __init__(self, settings: Settings, servers: Servers, log_file: Path | None = None) -> None:
        self.servers, self.log_file = servers, log_file
        self.environment = os.environ | {
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "DOORSTEP_HOST": settings.host,
            "DOORSTEP_PORT": str(settings.port),
            "DOORSTEP_SECRET": settings.secret or token_urlsafe(32),
            "DOORSTEP_PHOTOS": str(settings.photo_folder),
            "DOORSTEP_MESSAGES": str(settings.message_folder),
            "DOORSTEP_LOG": settings.log,
        }
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = threading.Event()

    def start(self, *commands: str) -> None:
        for command in commands:
            with self.log_file.open("ab") if self.log_file else nullcontext() as output:
                self.children[command] = subprocess.Popen(
                    [sys.executable, "-m", "api", command],
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,  # Ctrl-C reaches this process alone, which stops them in order
                    preexec_fn=dying_with_us(signal.SIGTERM),
                )

    def watch(self) -> None:
        """Until SIGINT or SIGTERM; what dies meanwhile is started again, and said."""
        with stop_signals(lambda: self.stopping.set()):
            while not self.stopping.wait(0.5):
                self.mend_servers()
                for command, child in list(self.children.items()):
                    if (status := child.poll()) is not None and not self.stopping.wait(RESTART_AFTER_S):
                        log.error("process_restarted", process=command, status=status)
                        self.start(command)

    def mend_servers(self) -> None:
        """One that can't start, for want of disk space perhaps, is tried until it can or somebody stops us."""
        try:
            for name in self.servers.mend():
                log.error("server_restarted", server=name)
        except ServerError as error:
            log.error("server_waits", error=str(error))
            self.stopping.wait(MEND_AGAIN_AFTER_S)

    def stop(self) -> None:
        for child in self.children.values():
            child.terminate()
        deadline = time.monotonic() + STOPS_WITHIN_S
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.children.clear()


class stop_signals:
    """Within it, SIGINT and SIGTERM call `told` and nothing else."""

    def __init__(self, told: Callable[[], None]) -> None:
        self.told = told

    def __enter__(self) -> None:
        def handle(_: int, __: FrameType | None) -> None:
            self.told()

        self.before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

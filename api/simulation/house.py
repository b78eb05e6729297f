"""The real servers of a simulation: PostgreSQL, Valkey, the site and a worker, all on a clock that is set by hand."""

import os
import time
from dataclasses import fields
from datetime import datetime

import httpx

from api import clock
from api.adapters.servers import ServerError, bring_up
from api.db.migrate import upgrade
from api.settings import Settings
from api.simulation.premises import Premises
from api.supervisor import Supervisor

READY_WITHIN_S = 60.0
SET_HERE = {f"DOORSTEP_{name}" for name in ("HOST", "PORT", "SECRET", "PHOTOS", "MESSAGES", "LOG")} | {
    "DATABASE_URL",
    "REDIS_URL",
}
"""By the supervisor, for each of its processes."""


class House(Premises):
    """What is measured is the day and not the disk: PostgreSQL doesn't wait for it here. Settings that are given for a
    real site don't count."""

    name = "simulation"

    def __init__(self, began: datetime) -> None:
        self.began = began

    def start(self) -> None:
        self.clock = self.folder / "clock"
        self.set_clock(self.began)
        self.servers = bring_up(self.folder / "home", fast=True)
        self.database_url, self.redis_url = self.servers.database_url, self.servers.redis_url
        upgrade(self.database_url)
        settings = Settings(port=self.port, photos=str(self.folder / "photos"), messages=str(self.folder / "messages"))
        self.supervisor = Supervisor(settings, self.servers, self.log)
        for name in os.environ.keys() & {one.metadata["variable"] for one in fields(Settings)} - SET_HERE:
            del self.supervisor.environment[name]
        self.supervisor.environment |= {
            "DOORSTEP_CLOCK": str(self.clock),
            "DOORSTEP_SEAL_KEYS": str(self.folder / "seal"),
        }
        self.supervisor.start("serve", "worker")
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                if httpx.get(f"{self.address}/ready", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            if time.monotonic() > deadline:
                raise ServerError(f"The site did not start within {READY_WITHIN_S:.0f} s:\n{self.last_words()}")
            time.sleep(0.1)

    def stop(self) -> None:
        if hasattr(self, "supervisor"):
            self.supervisor.stop()
        if hasattr(self, "servers"):
            self.servers.stop()

    def set_clock(self, moment: datetime) -> None:
        self.now = moment
        clock.set_to(self.clock, moment)

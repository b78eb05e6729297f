"""Settings: every one is a variable of the environment, read once at the start of a process."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from api.adapters.geocoders import Geocoder


class SettingsError(ValueError):
    """A variable that can't be used: its name, what it holds, and what it should hold."""


def variable(name: str, default: Any, about: str) -> Any:
    return field(default=default, metadata={"variable": name, "about": about})


@dataclass(frozen=True)
class Settings:
    """`docs/settings.md` lists the same table; a test compares the two."""

    database_url: str = variable("DATABASE_URL", "", "PostgreSQL 18 of your own; empty: the embedded one")
    redis_url: str = variable("REDIS_URL", "", "Valkey or Redis of your own; empty: the embedded one")
    host: str = variable("DOORSTEP_HOST", "127.0.0.1", "address the site listens on")
    port: int = variable("DOORSTEP_PORT", 8311, "port the site listens on")
    api_processes: int = variable("DOORSTEP_API_PROCESSES", 2, "processes that answer requests")
    site_url: str = variable("DOORSTEP_SITE_URL", "", "the site's public address; https makes cookies secure")
    secret: str = variable(
        "DOORSTEP_SECRET",
        "",
        "32 or more random characters, the same for every API process; empty: made anew at each start",
    )
    solve_seconds: float = variable("DOORSTEP_SOLVE_SECONDS", 20.0, "time a plan's search may take, seconds")
    solve_threads: int = variable("DOORSTEP_SOLVE_THREADS", 2, "threads of a plan's search")
    osrm_url: str = variable("DOORSTEP_OSRM_URL", "", "an OSRM server; empty: great circles with a detour factor")
    geocoder: str = variable("DOORSTEP_GEOCODER", "", "nominatim, baidu or amap; empty: addresses are not looked up")
    geocoder_key: str = variable("DOORSTEP_GEOCODER_KEY", "", "the geocoder's key, where it wants one")
    geocoder_url: str = variable(
        "DOORSTEP_GEOCODER_URL", "", "a geocoder of your own in place of the public one, such as http://maps.local:8080"
    )
    log: str = variable("DOORSTEP_LOG", "json", "json, or console for people")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Raises SettingsError naming the first variable that can't be read."""
        readers: dict[type, tuple[Callable[[str], Any], str]] = {
            str: (str, "text"),
            int: (int, "a whole number"),
            float: (float, "a number"),
        }
        given: dict[str, Any] = {}
        for setting in fields(cls):
            name = setting.metadata["variable"]
            if name not in environment:
                continue
            read, wanted = readers[type(setting.default)]
            try:
                given[setting.name] = read(environment[name])
            except ValueError:
                raise SettingsError(f"{name} is {environment[name]!r}; it must be {wanted}.") from None
        settings = cls(**given)
        settings.check()
        return settings

    def check(self) -> None:
        """Raises SettingsError for the first value that makes no sense."""
        rules = (
            ("DOORSTEP_LOG", self.log, self.log in ("json", "console"), "json or console"),
            ("DOORSTEP_SECRET", "too short", len(self.secret) not in range(1, 32), "32 characters or more"),
            ("DOORSTEP_API_PROCESSES", self.api_processes, 1 <= self.api_processes <= 64, "from 1 to 64"),
            ("DOORSTEP_SOLVE_THREADS", self.solve_threads, 1 <= self.solve_threads <= 64, "from 1 to 64"),
            ("DOORSTEP_SOLVE_SECONDS", self.solve_seconds, 0.1 <= self.solve_seconds <= 3600, "from 0.1 to 3600"),
            ("DOORSTEP_SITE_URL", self.site_url, is_address(self.site_url), "like https://repairs.example.com"),
            ("DOORSTEP_OSRM_URL", self.osrm_url, is_address(self.osrm_url), "like http://127.0.0.1:5000"),
        )
        for name, value, good, wanted in rules:
            if not good:
                raise SettingsError(f"{name} is {value}; it must be {wanted}.")
        self.chosen_geocoder()

    def chosen_geocoder(self) -> Geocoder | None:
        if not self.geocoder:
            return None
        scheme, _, domain = self.geocoder_url.rpartition("://")
        try:
            return Geocoder(self.geocoder, self.geocoder_key, domain.rstrip("/"), scheme or "https")
        except ValueError as error:
            raise SettingsError(f"DOORSTEP_GEOCODER can't be used: {error}.") from None

    @property
    def secure(self) -> bool:
        return self.site_url.startswith("https://")


def is_address(url: str) -> bool:
    """Whether it is empty, or an http or https address with a host."""
    parts = urlsplit(url)
    return not url or (parts.scheme in ("http", "https") and bool(parts.hostname))

"""Settings: every one is a variable of the environment, read once at the start of a process."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from api.adapters.geocoders import Geocoder
from api.adapters.messages.mail import mail_server
from api.adapters.servers.home import default_folder
from api.adapters.wechat.account import WechatAccount, account
from api.map_tiles import MapTiles, map_tiles
from domain.messages import Way
from domain.retention import Keep, days_in, load_retention


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
    seal_keys: str = variable(
        "DOORSTEP_SEAL_KEYS", "", "folder of the keys that seal sign-offs; empty: `seal` in DOORSTEP_HOME"
    )
    solve_seconds: float = variable("DOORSTEP_SOLVE_SECONDS", 20.0, "time a plan's search may take, seconds")
    solve_threads: int = variable("DOORSTEP_SOLVE_THREADS", 2, "threads of a plan's search")
    osrm_url: str = variable("DOORSTEP_OSRM_URL", "", "an OSRM server; empty: great circles with a detour factor")
    geocoder: str = variable("DOORSTEP_GEOCODER", "", "nominatim, baidu or amap; empty: addresses are not looked up")
    geocoder_key: str = variable("DOORSTEP_GEOCODER_KEY", "", "the geocoder's key, where it wants one")
    geocoder_url: str = variable(
        "DOORSTEP_GEOCODER_URL", "", "a geocoder of your own in place of the public one, such as http://maps.local:8080"
    )
    photos: str = variable(
        "DOORSTEP_PHOTOS", "", "folder of the photos, the same for all processes; empty: photos in DOORSTEP_HOME"
    )
    photo_bytes: int = variable("DOORSTEP_PHOTO_BYTES", 20_971_520, "bytes that one photo may have")
    photo_bytes_a_day: int = variable(
        "DOORSTEP_PHOTO_BYTES_A_DAY", 1_073_741_824, "bytes of photos that one phone may begin to send in 24 hours"
    )
    slot_days: int = variable("DOORSTEP_SLOT_DAYS", 5, "days ahead, from tomorrow on, that an owner may choose from")
    hold_minutes: int = variable("DOORSTEP_HOLD_MINUTES", 10, "minutes that a chosen time is held before it is booked")
    late_cancel_hours: int = variable(
        "DOORSTEP_LATE_CANCEL_HOURS", 24, "hours before the booked time from which on a cancellation counts as late"
    )
    owner_link_days: int = variable("DOORSTEP_OWNER_LINK_DAYS", 120, "days that an owner's link to a ticket works")
    expiry_days: int = variable(
        "DOORSTEP_EXPIRY_DAYS", 60, "days before its cover ends that a home is offered an inspection"
    )
    messages: str = variable(
        "DOORSTEP_MESSAGES",
        "",
        "folder of the file to which messages are written that go no other way; empty: messages in DOORSTEP_HOME",
    )
    message_ways: str = variable(
        "DOORSTEP_MESSAGE_WAYS",
        "",
        "ways to people in the order in which they are tried, of push, wechat, sms, mail and file, with commas; empty:"
        " push, then those of the next three that are set up, or file",
    )
    sms_url: str = variable(
        "DOORSTEP_SMS_URL", "", "an SMS gateway's address; {to} and {id} in it are filled in; empty: no SMS"
    )
    sms_key: str = variable("DOORSTEP_SMS_KEY", "", "the key that messages to that gateway are signed with")
    sms_signs: str = variable(
        "DOORSTEP_SMS_SIGNS", "hmac", "hmac: the key signs each message; bearer: it is sent as it is"
    )
    smtp_url: str = variable(
        "DOORSTEP_SMTP_URL",
        "",
        "a mail server: smtps://NAME:PASSWORD@HOST, or smtp:// for STARTTLS; empty: no mail",
    )
    mail_from: str = variable("DOORSTEP_MAIL_FROM", "", "the address that mail is sent from")
    wechat_token: str = variable(
        "DOORSTEP_WECHAT_TOKEN", "", "a WeChat official account's token for its callback; empty: no such account"
    )
    wechat_app_id: str = variable("DOORSTEP_WECHAT_APP_ID", "", "that account's AppID")
    wechat_aes_key: str = variable(
        "DOORSTEP_WECHAT_AES_KEY", "", "its EncodingAESKey; empty: messages come in the clear, for test accounts only"
    )
    wechat_secret: str = variable(
        "DOORSTEP_WECHAT_SECRET", "", "its AppSecret, to fetch pictures and to write to followers; empty: neither"
    )
    alarm_seconds: float = variable(
        "DOORSTEP_ALARM_SECONDS", 300.0, "time until the next person on call is told of an emergency, seconds"
    )
    emergency_line: str = variable(
        "DOORSTEP_EMERGENCY_LINE",
        "",
        "a telephone number that is answered at any hour, for owners in an emergency",
    )
    retention: str = variable(
        "DOORSTEP_RETENTION",
        "",
        "days that things about persons are kept where they differ from domain/data/retention.toml, such as"
        " messages=180, intakes=30; empty: as there",
    )
    tiles: str = variable(
        "DOORSTEP_TILES",
        "",
        "a server of map tiles, such as http://maps.local/{z}/{x}/{y}.png; empty: maps have plain ground",
    )
    tiles_by: str = variable("DOORSTEP_TILES_BY", "", "whose tiles they are, as it is named beside each map")
    tiles_datum: str = variable("DOORSTEP_TILES_DATUM", "wgs84", "wgs84, or gcj02 for maps of mainland China")
    clock: str = variable(
        "DOORSTEP_CLOCK",
        "",
        "for simulations only: a file with the moment that counts as now; empty: the machine's clock",
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
            ("DOORSTEP_PHOTOS", self.photos, is_folder(self.photos), "the whole path of a folder, from / on"),
            ("DOORSTEP_PHOTO_BYTES", self.photo_bytes, 0 < self.photo_bytes <= 2**30, "from 1 to 1073741824"),
            (
                "DOORSTEP_PHOTO_BYTES_A_DAY",
                self.photo_bytes_a_day,
                self.photo_bytes <= self.photo_bytes_a_day <= 2**50,
                "DOORSTEP_PHOTO_BYTES or more",
            ),
            ("DOORSTEP_SLOT_DAYS", self.slot_days, 1 <= self.slot_days <= 60, "from 1 to 60"),
            ("DOORSTEP_HOLD_MINUTES", self.hold_minutes, 1 <= self.hold_minutes <= 1440, "from 1 to 1440"),
            ("DOORSTEP_LATE_CANCEL_HOURS", self.late_cancel_hours, 0 <= self.late_cancel_hours <= 720, "from 0 to 720"),
            ("DOORSTEP_OWNER_LINK_DAYS", self.owner_link_days, 1 <= self.owner_link_days <= 730, "from 1 to 730"),
            ("DOORSTEP_EXPIRY_DAYS", self.expiry_days, 1 <= self.expiry_days <= 3650, "from 1 to 3650"),
            ("DOORSTEP_MESSAGES", self.messages, is_folder(self.messages), "the whole path of a folder, from / on"),
            ("DOORSTEP_ALARM_SECONDS", self.alarm_seconds, 0.1 <= self.alarm_seconds <= 3600, "from 0.1 to 3600"),
            ("DOORSTEP_EMERGENCY_LINE", self.emergency_line, is_number(self.emergency_line), "a telephone number"),
            ("DOORSTEP_CLOCK", self.clock, is_clock(self.clock), "the whole path of a file with a moment in it"),
            ("DOORSTEP_SMS_URL", self.sms_url, is_address(self.sms_url), "like https://sms.example.com/send"),
            ("DOORSTEP_SMS_SIGNS", self.sms_signs, self.sms_signs in ("hmac", "bearer"), "hmac or bearer"),
            ("DOORSTEP_SITE_URL", self.site_url, is_address(self.site_url), "like https://repairs.example.com"),
            ("DOORSTEP_OSRM_URL", self.osrm_url, is_address(self.osrm_url), "like http://127.0.0.1:5000"),
        )
        for name, value, good, wanted in rules:
            if not good:
                raise SettingsError(f"{name} is {value}; it must be {wanted}.")
        self.chosen_geocoder()
        self.wechat_account()
        self.map_tiles()
        self.chosen_ways()
        self.retention_rules()

    def retention_rules(self) -> dict[str, Keep]:
        """How long what is kept, by code."""
        try:
            return load_retention(days_in(self.retention))
        except ValueError as error:
            raise SettingsError(f"DOORSTEP_RETENTION can't be used: {error}.") from None

    def chosen_geocoder(self) -> Geocoder | None:
        if not self.geocoder:
            return None
        scheme, _, domain = self.geocoder_url.rpartition("://")
        try:
            return Geocoder(self.geocoder, self.geocoder_key, domain.rstrip("/"), scheme or "https")
        except ValueError as error:
            raise SettingsError(f"DOORSTEP_GEOCODER can't be used: {error}.") from None

    def map_tiles(self) -> MapTiles | None:
        try:
            return map_tiles(self.tiles, self.tiles_by, self.tiles_datum)
        except ValueError as error:
            raise SettingsError(f"The map's tiles (DOORSTEP_TILES…) can't be used: {error}.") from None

    def wechat_account(self) -> WechatAccount | None:
        if not self.wechat_token:
            return None
        try:
            return account(self.wechat_token, self.wechat_app_id, self.wechat_aes_key)
        except ValueError as error:
            raise SettingsError(f"The WeChat account (DOORSTEP_WECHAT_…) can't be used: {error}.") from None

    def chosen_ways(self) -> tuple[Way, ...]:
        """Raises SettingsError for one that isn't known, or isn't set up."""
        set_up = {Way.WECHAT: self.wechat_app_id and self.wechat_secret, Way.SMS: self.sms_url, Way.MAIL: self.smtp_url}
        if self.smtp_url:
            try:
                mail_server(self.smtp_url, self.mail_from)
            except ValueError as error:
                raise SettingsError(f"DOORSTEP_SMTP_URL or DOORSTEP_MAIL_FROM can't be used: {error}.") from None
        if not self.message_ways:
            return Way.PUSH, *(tuple(way for way, given in set_up.items() if given) or (Way.FILE,))
        named = [name.strip() for name in self.message_ways.split(",")]
        if unknown := [name for name in named if name not in tuple(Way)]:
            raise SettingsError(f"DOORSTEP_MESSAGE_WAYS has {unknown[0]!r}; the ways are {', '.join(Way)}.")
        ways = tuple(dict.fromkeys(Way(name) for name in named))
        if lacking := [way for way in ways if not set_up.get(way, True)]:
            raise SettingsError(f"DOORSTEP_MESSAGE_WAYS names {lacking[0]}, which no setting sets up.")
        return ways

    @property
    def public_address(self) -> str:
        """Without a slash at its end. Not given, it is where this machine's own browser finds the site."""
        return (self.site_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def photo_folder(self) -> Path:
        return Path(self.photos) if self.photos else default_folder() / "photos"

    @property
    def message_folder(self) -> Path:
        return Path(self.messages) if self.messages else default_folder() / "messages"

    @property
    def secure(self) -> bool:
        return self.site_url.startswith("https://")


def is_address(url: str) -> bool:
    """Whether it is empty, or an http or https address with a host."""
    parts = urlsplit(url)
    return not url or (parts.scheme in ("http", "https") and bool(parts.hostname))


def is_number(told: str) -> bool:
    """Whether it is empty, or can be dialled: three digits or more, and +()- between them."""
    return not told or (set(told) <= set("+0123456789 ()-") and sum(map(str.isdigit, told)) >= 3)


def is_clock(path: str) -> bool:
    """Whether it is empty, or the whole path of a file with a moment in it, such as 2026-03-12T08:00:00+08:00."""
    try:
        moment = datetime.fromisoformat(Path(path).read_text("ascii")) if path else None
    except (OSError, ValueError):
        return False
    return is_folder(path) and (moment is None or moment.tzinfo is not None)


def is_folder(path: str) -> bool:
    """Whether it is empty, or means the same folder wherever a process was started."""
    return not path or Path(path).is_absolute()

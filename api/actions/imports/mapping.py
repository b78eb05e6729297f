"""How another system's list is read as tickets: a TOML file in the form of api/data/nyc-311/mapping.toml."""

import tomllib
from contextlib import suppress
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from api.actions.imports.cells import EXAMPLE
from api.actions.imports.territories import zone_named
from api.adapters.sheets.names import key
from domain.errors import Invalid

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Columns = Name | Annotated[list[Name], Meta(min_length=1)]

MAX_MAPPING_BYTES = 1_000_000


class Form(Struct, forbid_unknown_fields=True):
    """`time_format` is strptime's; without one, times are ISO 8601."""

    source: Name
    zone: str
    time_format: str = ""

    def __post_init__(self) -> None:
        zone_named(self.zone)
        for time_format in self.formats:
            with suppress(ValueError):
                read = datetime.strptime(EXAMPLE.strftime(time_format), time_format)  # noqa: DTZ007 (only its day counts)
                if read.date() == EXAMPLE.date():
                    continue
            raise Invalid(f'time_format "{time_format}" does not tell a day and time in the way of strptime.')

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def formats(self) -> tuple[str, ...]:
        return (self.time_format,) if self.time_format else ()


class DefectRule(Struct, forbid_unknown_fields=True):
    when: Annotated[dict[Name, str], Meta(min_length=1)]
    code: Name


class Mapping(Struct, forbid_unknown_fields=True):
    """`city` is a constant of the whole file and not of its tickets."""

    file: Form
    columns: dict[str, Columns]
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    defect: list[DefectRule] = []

    @property
    def city(self) -> str:
        return self.constants.get("city", "")


def read_mapping(name: str | Path) -> Mapping:
    """From a file, or the shipped one of that name, such as nyc-311. Raises Invalid with what to mend."""
    path = Path(name)
    if not path.is_file() and key(str(name)) in shipped_mappings():
        return shipped_mapping(str(name))
    try:
        if path.stat().st_size > MAX_MAPPING_BYTES:
            raise Invalid(f"{path.name} is too large for a mapping file.")
        return parsed(path.read_bytes())
    except OSError as error:
        ours = f" Shipped mappings: {', '.join(shipped_mappings())}."
        raise Invalid(f"The mapping {path} can't be read: {error.strerror}.{ours}") from error
    except Invalid as error:
        raise Invalid(f"The mapping {path.name} can't be used: {error}") from error


def mapping_in(told: str) -> Mapping:
    """The name of a shipped one, or what would stand in a file; never a file's path. Raises Invalid."""
    if key(told) in shipped_mappings():
        return shipped_mapping(told)
    try:
        return parsed(told.encode())
    except Invalid as error:
        raise Invalid(f"The mapping can't be used: {error}") from error


def shipped_mapping(name: str) -> Mapping:
    return parsed((Path(str(files("api"))) / "data" / key(name) / "mapping.toml").read_bytes())


def parsed(toml: bytes) -> Mapping:
    """Raises Invalid."""
    try:
        return msgspec.convert(tomllib.loads(toml.decode("utf-8")), Mapping)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise Invalid(str(error)) from error


def shipped_mappings() -> list[str]:
    return sorted(path.parent.name for path in Path(str(files("api"))).glob("data/*/mapping.toml"))

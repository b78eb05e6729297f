"""From the bytes of a file to frozen structs, with one clear error for anything that isn't as documented."""

import json
import re
from collections.abc import Iterator
from typing import NoReturn, TypeVar

import msgspec

from scheduler.errors import FormatError
from scheduler.limits import MAX_FILE_BYTES

T = TypeVar("T")
_AT = re.compile(r"^(?P<message>.*) - at `(?P<path>[^`]*)`$", re.DOTALL)
_NOT_A_NUMBER = object()


def decode(data: bytes, decoder: msgspec.json.Decoder[T], error: type[FormatError]) -> T:
    """Raises `error` for broken JSON, wrong types, unknown keys, values out of bounds, too deep nesting."""
    if len(data) > MAX_FILE_BYTES:
        raise error("$", f"the file is larger than {MAX_FILE_BYTES // 2**20} MiB")
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as problem:
        _raise_at(problem, error)
    except RecursionError:
        raise error("$", "nested too deeply") from None
    except UnicodeDecodeError:
        raise error("$", "not UTF-8 text") from None
    except msgspec.DecodeError as problem:
        for path in _not_numbers(data):
            raise error(path, "NaN and Infinity are not numbers a plan can use") from None
        raise error("$", str(problem)) from None


def _raise_at(problem: msgspec.ValidationError, error: type[FormatError]) -> NoReturn:
    """A struct that checks itself says where inside itself; msgspec says where the struct is."""
    found = _AT.match(str(problem))
    path, message = (found["path"], found["message"]) if found else ("$", str(problem))
    cause = problem.__cause__
    if isinstance(cause, FormatError):
        inside = cause.path.removeprefix("$")
        raise error(path + inside, cause.message) from None
    raise error(path, message) from None


def _not_numbers(data: bytes) -> list[str]:
    """Paths of NaN and ±Infinity, which Python's parser knows and JSON doesn't."""
    if b"NaN" not in data and b"Infinity" not in data:
        return []
    try:
        parsed = json.loads(data, parse_constant=lambda _: _NOT_A_NUMBER)
        return list(_paths_to(_NOT_A_NUMBER, parsed, "$"))
    except (ValueError, RecursionError):
        return []  # broken elsewhere too: the first error stands


def _paths_to(wanted: object, value: object, path: str) -> Iterator[str]:
    if value is wanted:
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths_to(wanted, inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths_to(wanted, inner, f"{path}[{index}]")

"""Canonical JSON (RFC 8785): one way to write a record, so that everybody hashes the same bytes.

Whole numbers and text only. A fraction is written differently by every language, so it has no place in a record.
"""

import json
from hashlib import sha256
from typing import Any, NoReturn

from domain.errors import Invalid


def canonical(value: Any) -> bytes:
    """Keys sorted at every depth, no spaces, UTF-8, nothing escaped that JSON doesn't require."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in lower-case hex."""
    return sha256(canonical(value)).hexdigest()


def read_object(data: bytes) -> dict[str, Any]:
    """The object that the bytes spell, in any layout.

    Invalid where they are no JSON, hold a fraction, or a name twice: of two values for one name every program
    picks its own.
    """
    try:
        value = json.loads(
            data.decode(), object_pairs_hook=_once_each, parse_float=_no_fraction, parse_constant=_no_fraction
        )
        canonical(value)  # half a character (a lone surrogate) can be spelt in JSON but is no text
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise Invalid(f"It is no text in UTF-8: {error.reason}.") from None
    except json.JSONDecodeError as error:
        raise Invalid(f"It is no JSON: {error.msg} at character {error.pos + 1}.") from None
    except RecursionError:
        raise Invalid("It is nested too deeply.") from None
    except ValueError as error:
        raise Invalid(f"It can't be read: {error}.") from None
    if not isinstance(value, dict):
        raise Invalid("It is JSON, but no record.")
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Invalid("It is no record: a name stands in it twice.")
    return found


def _no_fraction(written: str) -> NoReturn:
    raise Invalid(f"It is no record: {written[:40]} is no whole number.")

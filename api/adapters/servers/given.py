"""Servers of the user's own: whether they answer, and whether Doorstep can work with them."""

import re

import psycopg
import redis

from api.adapters.servers.errors import ServerError

OLDEST_POSTGRES = 18  # the version every test runs on
OLDEST_REDIS = (6, 2)  # BLMOVE, with which the queue takes a task and never loses it; every Valkey has it
PATIENCE = 5  # seconds for a connection


def checked_postgres(url: str) -> str:
    """The URL as SQLAlchemy wants it. Raises ServerError that says what is wrong, without the password."""
    scheme, _, rest = url.partition("://")
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg") or not rest:
        raise ServerError(
            f"DATABASE_URL must look like postgresql://user:password@host:5432/doorstep; it starts with {scheme!r}."
        )
    try:
        with psycopg.connect(f"postgresql://{rest}", connect_timeout=PATIENCE) as connection:
            version = connection.info.server_version
            encoding = connection.info.parameter_status("server_encoding")
    except (psycopg.Error, UnicodeError) as error:
        said = str(error).strip().replace(f"postgresql://{rest}", _shown(url))
        raise ServerError(f"The PostgreSQL of DATABASE_URL ({_shown(url)}) does not let Doorstep in: {said}") from None
    if version < OLDEST_POSTGRES * 10_000:
        raise ServerError(
            f"The PostgreSQL of DATABASE_URL ({_shown(url)}) is version {version // 10_000}; Doorstep needs"
            f" {OLDEST_POSTGRES} or newer. Leave DATABASE_URL empty to use the one that Doorstep brings."
        )
    if encoding != "UTF8":
        raise ServerError(
            f"The database of DATABASE_URL ({_shown(url)}) stores text as {encoding}, which has no room for"
            " every name. Make it with ENCODING 'UTF8'."
        )
    return f"postgresql+psycopg://{rest}"


def checked_redis(url: str) -> str:
    """Raises ServerError that says what is wrong, without the password."""
    limits = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    try:
        with redis.Redis.from_url(url, **limits) as connection:
            about = connection.info("server")
    except ValueError as error:
        raise ServerError(f"REDIS_URL must look like redis://:password@host:6379/0: {error}") from None
    except redis.RedisError as error:
        raise ServerError(f"The Redis of REDIS_URL ({_shown(url)}) does not let Doorstep in: {error}") from None
    version = str(about["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_REDIS:
        raise ServerError(
            f"The Redis of REDIS_URL ({_shown(url)}) is version {version}; Doorstep needs"
            f" {'.'.join(map(str, OLDEST_REDIS))} or newer, or any Valkey."
        )
    return url


def _shown(url: str) -> str:
    """The address without user, password and options, which may hold a secret too."""
    return re.sub("^.*(@|//)", "", url).partition("?")[0]

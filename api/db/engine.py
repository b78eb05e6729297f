"""The database: one engine, and the one place where a transaction begins, commits or is tried again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm.exc import StaleDataError

from domain.errors import Conflict, DoubleBooked

P = ParamSpec("P")
T = TypeVar("T")

APP_ROLE = "doorstep_app"
"""The role every connection takes: it may add to the audit trail, never change it."""

TRIES = 4

SEAL_KEY = "seal_key"


def connect_url(url: str) -> str:
    """Any PostgreSQL URL as SQLAlchemy's psycopg one."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgresql", "postgres") else url


class Database:
    """Two pools: one to write in transactions, one to read, where each statement sees what is committed by then."""

    def __init__(self, url: str, *, writers: int = 8, readers: int = 16) -> None:
        self.engine = engine_of(url, writers, pool_pre_ping=True)
        self.reader = engine_of(url, readers, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.reading = async_sessionmaker(self.reader, autoflush=False)

    def seal_with(self, key: Ed25519PrivateKey) -> None:
        """Transactions find the key that seals sign-offs in their session's `info`, under SEAL_KEY."""
        self.sessions.configure(info={SEAL_KEY: key})

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """For looking only: what is changed in it is never saved."""
        async with self.reading() as session:
            yield session

    @asynccontextmanager
    async def look(self) -> AsyncIterator[AsyncConnection]:
        """For the few reads that every request or every phone makes: rows, without objects made of them."""
        async with self.reader.connect() as connection:
            yield connection

    async def write(
        self, action: Callable[Concatenate[AsyncSession, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Runs the action in one transaction and commits. Deadlocks, serialization failures and rows that somebody
        else changed meanwhile are tried again, from the first read on.

        Raises DoubleBooked where two visits of one technician would overlap, Conflict where a row is there
        already or is changed by somebody else at every try.
        """
        for attempt in range(1, TRIES + 1):
            try:
                async with self.sessions.begin() as session:
                    return await action(session, *args, **kwargs)
            except OperationalError as error:
                again = isinstance(error.orig, pg.SerializationFailure | pg.DeadlockDetected)
                if not again or attempt == TRIES:
                    raise
            except StaleDataError as error:
                if attempt == TRIES:
                    raise Conflict(
                        "Somebody else is changing the same thing; nothing was changed. Look at it again."
                    ) from error
            except IntegrityError as error:
                raise as_conflict(error) from error
            await asyncio.sleep(0.02 * attempt)
        raise AssertionError("unreachable")

    async def close(self) -> None:
        await self.engine.dispose()
        await self.reader.dispose()


def engine_of(url: str, pool: int, **options: Any) -> AsyncEngine:
    return create_async_engine(
        connect_url(url),
        pool_size=pool,
        max_overflow=0,
        hide_parameters=True,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        connect_args={"options": f"-c role={APP_ROLE} -c timezone=UTC", "prepare_threshold": 2},
        **options,
    )


def as_conflict(error: DBAPIError) -> Exception:
    if isinstance(error.orig, pg.ExclusionViolation):
        return DoubleBooked("A technician would be at two visits at once; nothing was changed.")
    if isinstance(error.orig, pg.UniqueViolation):
        return Conflict("It is there already; nothing was changed.")
    return error

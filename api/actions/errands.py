"""Reports and imports are asked for, done by a worker, and settled. The row says how far it is; the queue only wakes.

Done means: what came of it and its state are one commit, by the attempt that claimed it last. So a worker that was
killed left nothing behind and another one begins anew; one that comes back too late changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from api import clock
from api.auth import Person
from api.db.engine import Database
from api.db.outbox import emit
from api.db.trail import record
from domain.errands import MOST_ATTEMPTS, Errand, ErrandKind, ErrandState
from domain.errors import DomainError, NotFound
from domain.people import Role

log = structlog.get_logger()

LEASE = timedelta(seconds=20)
"""How long a claimed errand is its worker's without a sign of life; then another worker may take it."""
RENEW_S = 4.0

GIVEN_UP = "Several workers began it and none came back."
LONGEST = 1000
"""Characters of an unforeseen error that are kept."""


class Overtaken(Exception):
    """This attempt is not the last one any more: nothing of it may be kept."""


async def ask(
    session: AsyncSession,
    kind: ErrandKind,
    about: str,
    asked: dict[str, Any],
    by: Person,
    *,
    given: bytes | None = None,
    anew: bool = False,
) -> tuple[UUID, bool]:
    """Its id, and whether it is new: the same that is asked for twice is one errand. With `anew` one that is ready is
    done again."""
    told = msgspec.json.encode([kind, asked], order="sorted")
    fingerprint = sha256(told + b"\n" + sha256(given or b"").digest()).hexdigest()
    if anew:
        same = (Errand.fingerprint == fingerprint) & (Errand.state == ErrandState.READY)
        await session.execute(update(Errand).where(same).values(fingerprint=None))
    row = insert(Errand).values(
        id=uuid7(),
        kind=kind,
        state=ErrandState.REQUESTED,
        attempt=0,
        attempts_left=MOST_ATTEMPTS,
        asked_by=by.id,
        asked_at=clock.now(),
        about=about,
        asked=asked,
        fingerprint=fingerprint,
        given=given,
    )
    made = await session.scalar(row.on_conflict_do_nothing(index_elements=["fingerprint"]).returning(Errand.id))
    if made is None:
        return await session.scalar(select(Errand.id).where(Errand.fingerprint == fingerprint)) or uuid7(), False
    await emit(session, "errand.requested", made)
    await record(session, by.actor, f"{kind}.requested", made, about=about)
    return made, True


async def seen(session: AsyncSession, errand_id: UUID, by: Person, *, lock: bool = False) -> Errand:
    """Of whoever asked for it, and of managers. Raises NotFound."""
    errand = await session.get(Errand, errand_id, with_for_update={"of": Errand} if lock else None)
    if errand is None or (by.role is not Role.MANAGER and errand.asked_by != by.id):
        raise NotFound("There is no such report or import, or it is no longer kept.")
    return errand


async def again(session: AsyncSession, errand_id: UUID, by: Person) -> None:
    """Raises NotFound, and IllegalMove unless it failed."""
    errand = await seen(session, errand_id, by, lock=True)
    errand.again()
    await emit(session, "errand.requested", errand.id)


async def drop(session: AsyncSession, errand_id: UUID, by: Person) -> None:
    """One that runs is ended without a result. Raises NotFound, and IllegalMove for what is done."""
    errand = await seen(session, errand_id, by, lock=True)
    errand.move(ErrandState.DROPPED)
    errand.fingerprint = errand.given = errand.made = None


@dataclass(frozen=True)
class Made:
    """`failure` says why nothing came of it, although its worker did all it could."""

    file: bytes | None = None
    file_name: str | None = None
    result: dict[str, Any] | None = None
    failure: str | None = None


Make = Callable[[AsyncSession, Errand], Awaitable[Made]]
"""Does the errand's work in the transaction that settles it. What it raises leaves nothing behind."""


async def run(database: Database, errand_id: UUID, makers: Mapping[ErrandKind, Make]) -> None:
    """Raises what was unforeseen; it is kept with the errand too."""
    errand = await database.write(claim, errand_id)
    if errand is None:
        return
    attempt = errand.attempt
    work = asyncio.create_task(database.write(settle, errand_id, attempt, makers[errand.kind]))
    try:
        while not (await asyncio.wait({work}, timeout=RENEW_S))[0]:
            if not await database.write(renew_lease, errand_id, attempt):
                work.cancel()
        await work
    except (Overtaken, asyncio.CancelledError):
        if not work.done():  # the worker itself is ending; its lease runs out
            work.cancel()
            raise
        log.info("late_attempt_ignored", errand_id=str(errand_id), attempt=attempt)
    except DomainError as error:
        await database.write(give_up, errand_id, attempt, str(error))
    except Exception as error:
        await database.write(give_up, errand_id, attempt, f"{type(error).__name__}: {error}"[:LONGEST])
        raise


async def claim(session: AsyncSession, errand_id: UUID) -> Errand | None:
    """None when it is not to be done now."""
    now = datetime.now(UTC)  # a claim runs on the machine's clock, like the worker
    errand = await session.get(Errand, errand_id, with_for_update={"of": Errand})
    if errand is None or not errand.waits_for_a_worker(now):
        return None
    if errand.attempts_left <= 0:
        errand.move(ErrandState.FAILED)
        errand.failure, errand.fingerprint, errand.settled_at = GIVEN_UP, None, clock.now()
        return None
    errand.claim(now, LEASE)
    return errand


async def settle(session: AsyncSession, errand_id: UUID, attempt: int, make: Make) -> None:
    """The row is locked at the end only: until then its lease is renewed. Raises Overtaken, and what `make` raises."""
    errand = await session.get_one(Errand, errand_id)
    made = await make(session, errand)
    errand = await claimed(session, errand_id, attempt)
    errand.move(ErrandState.FAILED if made.failure else ErrandState.READY)
    errand.failure, errand.result, errand.settled_at = made.failure, made.result, clock.now()
    errand.made, errand.made_name = made.file, made.file_name
    if made.failure:
        errand.fingerprint = None
    else:
        errand.given = None  # a list of people is kept no longer than its work needs
    await record(session, "system", f"{errand.kind}.{errand.state}", errand_id, attempt=attempt)


async def give_up(session: AsyncSession, errand_id: UUID, attempt: int, why: str) -> None:
    try:
        errand = await claimed(session, errand_id, attempt)
    except Overtaken:
        return
    errand.move(ErrandState.FAILED)
    errand.failure, errand.fingerprint, errand.settled_at = why, None, clock.now()
    await record(session, "system", f"{errand.kind}.failed", errand_id, attempt=attempt)


async def claimed(session: AsyncSession, errand_id: UUID, attempt: int) -> Errand:
    """Locked. Raises Overtaken for an attempt that isn't the last one."""
    errand = await session.get_one(Errand, errand_id, with_for_update={"of": Errand}, populate_existing=True)
    if errand.state is not ErrandState.RUNNING or errand.attempt != attempt:
        raise Overtaken
    return errand


async def renew_lease(session: AsyncSession, errand_id: UUID, attempt: int) -> bool:
    """Whether to go on."""
    renewed = await session.scalar(
        update(Errand)
        .where(Errand.id == errand_id, Errand.attempt == attempt, Errand.state == ErrandState.RUNNING)
        .values(claimed_until=datetime.now(UTC) + LEASE)
        .returning(Errand.id)
        .execution_options(synchronize_session=False)
    )
    return renewed is not None

"""A phone sends a photo: announced by its hash, added to in pieces, received when all of it is there and is right."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.adapters.photos import parts
from api.adapters.photos.folder import PhotoFolder
from api.auth import Person
from api.db.engine import Database
from api.db.trail import record
from api.queries.photos import own_photo
from domain.errors import Conflict, HashMismatch, IllegalMove, NotFound, TooLarge, TooManyTries, WrongOffset
from domain.people import Technician
from domain.photos import LEAST_COUNTED, Photo, PhotoState

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Upload:
    """`offset` counts the bytes that are safe here; all of them once the photo is received."""

    photo: Photo
    offset: int


async def begin(
    session: AsyncSession, phone: Person, sha256: str, size: int, *, most: int, most_a_day: int
) -> tuple[Photo, bool]:
    """The technician's photo of this hash, and whether it is new: announced twice it is one.

    Raises TooLarge over `most` bytes, TooManyTries over `most_a_day` begun by this phone in the last 24 hours,
    Conflict if it was announced with another size.
    """
    if size > most:
        raise TooLarge(f"A photo may have {most} bytes; this one has {size}. Make it smaller.")
    # One announcement of a technician at a time, so that the day's sum holds and a hash is there once.
    await session.execute(select(Technician.id).where(Technician.id == phone.id).with_for_update(key_share=True))
    there = await session.scalar(select(Photo).where(Photo.technician_id == phone.id, Photo.sha256 == sha256))
    if there is not None:
        if there.size != size:
            raise Conflict(f"This photo was announced with {there.size} bytes, not {size}. Delete that upload first.")
        return there, False
    now = clock.now()
    begun = await session.scalar(
        select(func.coalesce(func.sum(func.greatest(Photo.size, LEAST_COUNTED)), 0)).where(
            Photo.device_id == phone.device_id, Photo.begun_at > now - A_DAY
        )
    )
    if (begun or 0) + max(size, LEAST_COUNTED) > most_a_day:
        raise TooManyTries(f"This phone has begun {begun} bytes of photos in 24 hours; {most_a_day} are allowed.")
    photo = Photo(technician_id=phone.id, device_id=phone.device_id, sha256=sha256, size=size, begun_at=now)
    session.add(photo)
    return photo, True


@asynccontextmanager
async def as_it_is(
    database: Database, folder: PhotoFolder, phone: Person, sha256: str
) -> AsyncIterator[tuple[Photo, parts.Part | None]]:
    """The photo, and its part while it is arriving: nobody else adds to it, or receives it, meanwhile.

    Raises NotFound, UploadBusy.
    """
    async with database.read() as session:
        photo = await own_photo(session, phone, sha256)
    if photo.state is not PhotoState.ARRIVING:
        yield photo, None
        return
    with parts.held(folder, folder.part(photo.id)) as part:
        async with database.read() as session:
            photo = await own_photo(session, phone, sha256)
        if photo.state is PhotoState.ARRIVING:
            yield photo, part
        else:  # another request received it before this one held the part, and took the part away
            part.drop()
            yield photo, None


async def look(database: Database, folder: PhotoFolder, phone: Person, sha256: str) -> Upload:
    """Raises NotFound. A whole part whose request was killed before its end is received now."""
    async with database.read() as session:
        photo = await own_photo(session, phone, sha256)
    if photo.state is not PhotoState.ARRIVING:
        return Upload(photo, photo.size)
    offset = await asyncio.to_thread(parts.offset_of, folder.part(photo.id))
    if offset == photo.size:
        async with as_it_is(database, folder, phone, sha256) as (photo, part):
            if part:
                photo = await finish(database, folder, phone, photo, part)
    return Upload(photo, offset)


async def send(
    database: Database, folder: PhotoFolder, phone: Person, sha256: str, offset: int, chunks: AsyncIterator[bytes]
) -> Upload:
    """Adds bytes from `offset` on; what came before a connection broke counts.

    Raises NotFound, WrongOffset, UploadBusy, TooLarge, CanNotStore; HashMismatch when all came and it isn't what the
    hash says: then it was dropped.
    """
    async with as_it_is(database, folder, phone, sha256) as (photo, part):
        if part is None:
            check_offset(offset, photo.size)
            return Upload(photo, photo.size)
        check_offset(offset, part.size)
        await part.append(chunks, photo.size)
        if (size := part.size) == photo.size:
            photo = await finish(database, folder, phone, photo, part)
        return Upload(photo, size)


def check_offset(said: int, here: int) -> None:
    if said != here:
        raise WrongOffset(f"{here} bytes of this photo are here; go on from there, not from {said}.")


async def finish(database: Database, folder: PhotoFolder, phone: Person, photo: Photo, part: parts.Part) -> Photo:
    """The file first, then the row: killed in between, the part is still whole, and the next request ends it."""
    if await asyncio.to_thread(part.sha256) != photo.sha256:
        await database.write(forget, photo)
        part.drop()
        raise HashMismatch("What came isn't what the hash says; it was dropped. Send the photo again from its start.")
    await asyncio.to_thread(folder.keep, part.path, folder.original(photo.sha256))
    received = await database.write(receive, phone, photo)
    part.drop()
    return received


async def receive(session: AsyncSession, phone: Person, photo: Photo) -> Photo:
    now = clock.now()
    stored = await session.get(Photo, photo.id, with_for_update=True)
    if stored is None:
        raise NotFound("This photo was dropped meanwhile. Announce it again.")
    if stored.state is PhotoState.ARRIVING:
        stored.receive(now)
        await record(session, phone.actor, "photo.received", stored.id, sha256=stored.sha256, size=stored.size)
    return stored


async def drop(database: Database, folder: PhotoFolder, phone: Person, sha256: str) -> None:
    """Raises NotFound, UploadBusy; IllegalMove for one that was received: a sign-off may rely on it."""
    async with as_it_is(database, folder, phone, sha256) as (photo, part):
        if part is None:
            raise IllegalMove("This photo has arrived; it is kept.")
        await database.write(forget, photo)
        part.drop()


async def forget(session: AsyncSession, photo: Photo) -> None:
    stored = await session.get(Photo, photo.id, with_for_update=True)
    if stored is None:
        raise NotFound("There is no such upload.")
    if stored.state is not PhotoState.ARRIVING:
        raise IllegalMove("This photo has arrived; it is kept.")
    await session.delete(stored)

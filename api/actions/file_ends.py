"""Deletes the files whose rows have ended, unless another row has the same content."""

import asyncio

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.adapters.photos.folder import PhotoFolder
from api.db.doomed_files import DoomedFile
from domain.intakes import IntakeMessage
from domain.photos import Photo
from domain.ticket_photos import TicketPhoto

AT_A_TIME = 200


async def end_files(session: AsyncSession, folder: PhotoFolder) -> int:
    """How many were looked at, at most AT_A_TIME. Killed in between, it is done again."""
    rows = select(DoomedFile.sha256).order_by(DoomedFile.since).limit(AT_A_TIME).with_for_update(skip_locked=True)
    hashes = list(await session.scalars(rows))
    named = {sha256 for sha256 in hashes if await is_named(session, sha256)}
    await asyncio.to_thread(folder.drop, [sha256 for sha256 in hashes if sha256 not in named])
    await session.execute(delete(DoomedFile).where(DoomedFile.sha256.in_(hashes)))
    return len(hashes)


async def is_named(session: AsyncSession, sha256: str) -> bool:
    names = (
        select(Photo.id).where(or_(Photo.sha256 == sha256, Photo.stored_sha256 == sha256)),
        select(TicketPhoto.id).where(or_(TicketPhoto.sha256 == sha256, TicketPhoto.original_sha256 == sha256)),
        select(IntakeMessage.id).where(
            or_(IntakeMessage.media_sha256 == sha256, IntakeMessage.media_original_sha256 == sha256)
        ),
    )
    return any([await session.scalar(select(one.exists())) for one in names])

"""What a worker does for photos: copies that can be shown, and the end of uploads that nobody finishes."""

import asyncio
import shutil
import time
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.photos import forget
from api.adapters.photos import parts
from api.adapters.photos.copies import Unreadable, make_copies
from api.adapters.photos.folder import PhotoFolder
from api.db.engine import Database
from domain.errors import IllegalMove, NotFound, UploadBusy
from domain.photos import UPLOAD_KEPT, Photo, PhotoState

log = structlog.get_logger()

LEFT_OVER_S = 3600
"""Age of what belongs to nothing; younger, it may belong to what is just beginning or ending."""


async def copy_next(session: AsyncSession, folder: PhotoFolder) -> bool:
    """Makes the copies of one received photo; whether there was one.

    Killed in between, it is done again: the row is locked until the commit, and the copies' names are their content.
    """
    photo = await session.scalar(
        select(Photo)
        .where(Photo.state == PhotoState.RECEIVED)
        .order_by(Photo.received_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if photo is None:
        return False
    try:
        with folder.scratch() as scratch:
            made = await make_copies(folder.original(photo.sha256), scratch)
            await asyncio.to_thread(folder.keep, made.shown, folder.shown(made.sha256))
            await asyncio.to_thread(folder.keep, made.thumbnail, folder.thumbnail(made.sha256))
    except Unreadable as unreadable:
        photo.give_up(str(unreadable))
        log.warning("photo_unreadable", photo=str(photo.id), why=photo.why)
        return True
    photo.show(made.sha256, made.width, made.height)
    log.info("photo_copied", photo=str(photo.id), peak_mb=made.peak_bytes // 2**20)
    return True


async def sweep(database: Database, folder: PhotoFolder, now: datetime) -> None:
    """Drops uploads that were begun long ago and never became whole, and files that a killed process left behind."""
    unfinished = select(Photo).where(Photo.state == PhotoState.ARRIVING)
    async with database.read() as session:
        expired = (await session.scalars(unfinished.where(Photo.begun_at < now - UPLOAD_KEPT).limit(1000))).all()
    for photo in expired:
        try:
            with parts.held(folder, folder.part(photo.id)) as part:
                await database.write(forget, photo)
                part.drop()
        except (UploadBusy, NotFound, IllegalMove):
            continue  # it goes on after all, is swept already, or has just arrived
    old = await asyncio.to_thread(left_over, folder)
    async with database.read() as session:
        arriving = {str(photo) for photo in await session.scalars(unfinished.with_only_columns(Photo.id))}
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in arriving:
            path.unlink(missing_ok=True)


def left_over(folder: PhotoFolder) -> list[Path]:
    """What was not touched for an hour: parts, each named after its upload, and folders of copies half made."""
    since = time.time() - LEFT_OVER_S
    found = [path for place in (folder.parts, folder.scratches) if place.is_dir() for path in place.iterdir()]
    return [path for path in found if path.stat().st_mtime < since]

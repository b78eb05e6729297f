"""Pictures that somebody sent by WeChat: fetched from there before it forgets them, and made into copies to show."""

import asyncio
import hashlib
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.adapters.photos.copies import Unreadable, make_copies
from api.adapters.photos.folder import PhotoFolder
from api.adapters.wechat.platform import CanNotFetch, WechatPlatform
from domain.intakes import MEDIA_LASTS, IntakeMessage, MediaState

log = structlog.get_logger()


async def fetch(
    session: AsyncSession, message_id: UUID, platform: WechatPlatform, folder: PhotoFolder, most: int
) -> None:
    """Killed in between, it is done again: files are named by their content. What fails for now is left waiting."""
    message = await session.scalar(
        select(IntakeMessage)
        .where(IntakeMessage.id == message_id, IntakeMessage.media_state == MediaState.WAITING)
        .with_for_update(skip_locked=True)
    )
    if message is None:
        return
    try:
        content = await platform.picture(message.media_id, most)
        message.media_sha256 = await stored(folder, content)
        message.media_original_sha256 = hashlib.sha256(content).hexdigest()
        message.media_state = MediaState.KEPT
    except (CanNotFetch, Unreadable) as error:
        lasting = isinstance(error, Unreadable) or error.lasting
        over = clock.now() - message.received_at > MEDIA_LASTS
        message.media_why = str(error)
        if lasting or over:
            message.media_state = MediaState.LOST
        log.warning("media_not_fetched", message=str(message.id), why=message.media_why, again=not (lasting or over))


async def stored(folder: PhotoFolder, content: bytes) -> str:
    """The hash of the copy that is shown. Raises Unreadable, CanNotStore."""
    with folder.scratch() as scratch:
        original = scratch / "original"
        await asyncio.to_thread(original.write_bytes, content)
        await asyncio.to_thread(folder.keep, original, folder.original(hashlib.sha256(content).hexdigest()))
        made = await make_copies(original, scratch)
        await asyncio.to_thread(folder.keep, made.shown, folder.shown(made.sha256))
        await asyncio.to_thread(folder.keep, made.thumbnail, folder.thumbnail(made.sha256))
    return made.sha256

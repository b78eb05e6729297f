"""How what is about a person ends: the same for what was kept long enough and for what is erased when asked."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.doomed_files import doom
from domain.intakes import Intake, IntakeLink, IntakeMessage
from domain.photos import Photo
from domain.ticket_photos import TicketPhoto

NO_CONTACT: dict[str, Any] = {"contact_name": "", "contact_phone": "", "contact_mail": "", "contact_language": ""}


async def end_intakes(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """What was said, with its pictures; what came of it stays as the ticket."""
    said = select(IntakeMessage.media_sha256, IntakeMessage.media_original_sha256)
    files = (await session.execute(said.where(IntakeMessage.intake_id.in_(ids)))).all()
    await doom(session, [sha256 for row in files for sha256 in row])
    for table in (IntakeMessage, IntakeLink):
        await session.execute(delete(table).where(table.intake_id.in_(ids)))
    await session.execute(delete(Intake).where(Intake.id.in_(ids)))


async def end_photos(table: type[Photo] | type[TicketPhoto], session: AsyncSession, ids: Sequence[UUID]) -> None:
    copy = table.stored_sha256 if table is Photo else TicketPhoto.sha256
    original = Photo.sha256 if table is Photo else TicketPhoto.original_sha256
    files = (await session.execute(select(original, copy).where(table.id.in_(ids)))).all()
    await doom(session, [sha256 for row in files for sha256 in row])
    await session.execute(delete(table).where(table.id.in_(ids)))

"""An owner sends a photo of what is broken: kept as it came, shown as a copy made in a process of its own."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions.intake_media import stored
from api.adapters.photos.copies import Unreadable
from api.adapters.photos.folder import PhotoFolder
from api.auth import OpenedLink
from domain.errors import IllegalMove, Invalid, TooManyTries
from domain.ticket_photos import MOST_PHOTOS, TicketPhoto
from domain.tickets import Ticket, TicketState


async def add_photo(session: AsyncSession, content: bytes, folder: PhotoFolder, opened: OpenedLink) -> None:
    """Sent twice it is one. Raises Invalid for what is no picture, TooManyTries after MOST_PHOTOS, IllegalMove."""
    ticket = await session.get_one(Ticket, opened.ticket_id, with_for_update=True)
    if ticket.state is not TicketState.OPEN:
        raise IllegalMove("This ticket is closed. Report it again if it is broken again.")
    sha256 = hashlib.sha256(content).hexdigest()
    of_ticket = select(TicketPhoto).where(TicketPhoto.ticket_id == ticket.id)
    if await session.scalar(of_ticket.where(TicketPhoto.original_sha256 == sha256)):
        return
    count = await session.scalar(select(func.count()).select_from(of_ticket.subquery()))
    if (count or 0) >= MOST_PHOTOS:
        raise TooManyTries(f"A ticket takes {MOST_PHOTOS} photos. These are enough; thank you.")
    try:
        shown = await stored(folder, content)
    except Unreadable as unreadable:
        raise Invalid(f"This photo can't be read: {unreadable}") from None
    session.add(TicketPhoto(ticket_id=ticket.id, original_sha256=sha256, sha256=shown, sent_at=clock.now()))

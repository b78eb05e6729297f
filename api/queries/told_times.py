"""When owners were last told to await somebody: by a message, whatever was booked before it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.arrival import Span
from domain.messages import Message, MessageState


async def spans_told(session: AsyncSession, visits: Collection[UUID]) -> dict[UUID, Span]:
    """The newest of each visit. Nothing of one about which no message told a time."""
    newest = await session.scalars(
        select(Message)
        .where(
            Message.visit_id.in_(visits),
            Message.span_ends.is_not(None),
            Message.state.in_((MessageState.WAITING, MessageState.SENT)),
        )
        .order_by(Message.made_at)
    )
    return {
        message.visit_id: Span(message.span_begins, message.span_ends)
        for message in newest
        if message.visit_id and message.span_begins and message.span_ends
    }

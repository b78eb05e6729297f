"""What a worker does with messages, here and now: each one's next try, or all until nothing is due any more."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import Town

from api.actions.delivery import Courier, deliver
from api.adapters.messages.file import MessageFile
from api.adapters.messages.gateway import Gateway
from api.db.engine import Database
from domain.messages import Message, MessageState, Way


class PostOffice:
    """`ways` in their order; by default the file in `folder`."""

    def __init__(self, town: Town, folder: Path, ways: Mapping[Way, Gateway] | None = None) -> None:
        self.town, self.folder = town, folder
        self.courier = Courier(ways or {Way.FILE: MessageFile(folder)}, "http://desk", timedelta(days=120))

    def send(self, message_id: UUID) -> MessageState | None:
        return self.town.run(lambda database: deliver(database, message_id, self.courier))

    def send_all(self, *, waits: bool = True) -> None:
        """Until each is over. With `waits` as if every wait had passed, quiet hours too."""
        if waits:
            self.hurry()
        for message_id in [one.id for one in self.messages() if one.state is MessageState.WAITING]:
            for _ in range(20):
                if self.send(message_id) is not MessageState.WAITING:
                    break
                self.hurry()

    def hurry(self) -> None:
        async def now(session: AsyncSession) -> None:
            waiting = Message.state == MessageState.WAITING
            await session.execute(update(Message).where(waiting).values(next_at=datetime.now(UTC)))

        self.town.write(now)

    def messages(self, kind: str = "") -> list[Message]:
        async def look(database: Database) -> list[Message]:
            async with database.read() as session:
                rows = await session.scalars(select(Message).order_by(Message.made_at, Message.id))
                return [row for row in rows if not kind or row.kind == kind]

        return self.town.run(look)

    def kinds(self) -> list[str]:
        return [str(one.kind) for one in self.messages()]

    def lines(self) -> list[dict[str, Any]]:
        file = self.folder / "outgoing.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

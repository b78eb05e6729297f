"""What a phone's process says on its standard output, a line each, and what is said to it."""

from uuid import UUID

from msgspec import Struct

from mobile_contract.client import Phone
from mobile_contract.v1 import RouteSheet, Stop, Verdict

FINISH = "finish"
"""Record no more, send what is unsent, and say `Emptied`."""
SHOW = "show"
"""Sync, say what is on the screen, and end."""


class Recorded(Struct, tag=True):
    """Said when it is on disk."""

    op_id: UUID


class Sent(Struct, tag=True):
    """A send and what it brought; `unsent` is what is left, to be sent again."""

    verdicts: list[Verdict]
    unsent: int


class Emptied(Struct, tag=True):
    pass


class Broke(Struct, tag=True):
    """The phone was refused, or could not go on: neither may happen."""

    error: str


class Shown(Struct, tag=True):
    """The replica, and the operations that the technician is shown because of their verdict, with its status.

    A visit that was taken away in the middle of the work stays on the phone; it is in `withdrawn` and not in `stops`,
    since no other phone has it.
    """

    sheet: RouteSheet | None
    stops: list[Stop]
    withdrawn: list[UUID]
    flagged: dict[UUID, str]

    @classmethod
    def by(cls, phone: Phone) -> "Shown":
        withdrawn = phone.withdrawn()
        return cls(
            sheet=phone.sheet(),
            stops=[stop for stop in phone.stops() if stop.visit_id not in withdrawn],
            withdrawn=sorted(withdrawn),
            flagged={one.operation.op_id: str(one.verdict.status) for one in phone.flagged()},
        )


Saying = Recorded | Sent | Emptied | Broke | Shown

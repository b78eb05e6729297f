"""What an effect is given, and what it answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.auth import Person
from domain.jobs import Visit
from domain.operations import OperationStatus
from mobile_contract.v1 import ReasonCode


@dataclass(frozen=True)
class Told:
    """Whose phone said it, and when. `happened_at` is the device's time on the server's clock, never in the future."""

    phone: Person
    op_id: UUID
    happened_at: datetime
    received_at: datetime

    def fact(self, visit: Visit) -> dict[str, Any]:
        """The columns that every fact about a visit has."""
        return {
            "op_id": self.op_id,
            "visit_id": visit.id,
            "technician_id": self.phone.id,
            "happened_at": self.happened_at,
            "received_at": self.received_at,
        }


@dataclass(frozen=True)
class Effect:
    status: OperationStatus
    reason: ReasonCode | None = None
    detail: str = ""
    visit: Visit | None = None


def applied(visit: Visit | None = None) -> Effect:
    return Effect(OperationStatus.APPLIED, visit=visit)


def kept(visit: Visit, against: ReasonCode, detail: str = "") -> Effect:
    """What was done is a fact; `against` says what it contradicts, for a dispatcher to settle."""
    return Effect(OperationStatus.ACCEPTED_WITH_CONFLICT, against, detail or against.en, visit)


def refused(reason: ReasonCode, detail: str = "", visit: Visit | None = None) -> Effect:
    return Effect(OperationStatus.REJECTED, reason, detail or reason.en, visit)

"""What a phone said happened: each operation once, with its verdict, for ever (phones come back after weeks)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base


class OperationStatus(StrEnum):
    APPLIED = "applied"
    ACCEPTED_WITH_CONFLICT = "accepted_with_conflict"
    REJECTED = "rejected"


SKEW_WORTH_A_FLAG = timedelta(minutes=5)

ERASED = {"erased": True}
"""What is left of a payload whose person asked for erasure; the audit trail names the operation."""


class Operation(Base):
    """`device_seq` orders the operations of one device; its clock orders nothing, the skew is kept."""

    __tablename__ = "operations"
    __table_args__ = (
        Index("ix_operations_device", "device_id", "device_seq"),
        Index(
            "ix_operations_unsettled",
            "received_at",
            postgresql_where=text("status = 'accepted_with_conflict' AND seen_by IS NULL"),
        ),
    )

    op_id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("devices.id"))
    technician_id: Mapped[UUID] = mapped_column(ForeignKey("technicians.id"))
    device_seq: Mapped[int]
    kind: Mapped[str]
    visit_id: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]]
    payload_hash: Mapped[str]
    device_at: Mapped[datetime]
    received_at: Mapped[datetime]
    skewed: Mapped[bool]

    status: Mapped[OperationStatus]
    reason: Mapped[str | None]
    detail: Mapped[str] = mapped_column(default="")
    visit_state: Mapped[str | None]
    seen_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """The dispatcher who settled the conflict, if it was one."""

"""What technicians did and saw at visits, as the desk reads it: one fact for each of a phone's operations."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct


class Check(Struct):
    code: str
    name_en: str
    name_zh: str
    done: bool
    note: str


class Part(Struct):
    code: str
    name: str
    quantity: int


class Picture(Struct):
    """`state` is that of its file: arriving, received, ready or unreadable; None while nothing of it has come.

    A picture that is ready can be had from /api/v1/photos/{sha256}. `shows` is before, after or other; None where an
    ending named it.
    """

    sha256: str
    shows: str | None
    caption: str
    state: str | None


class Signature(Struct):
    """Strokes are lists of [x, y, milliseconds]; x and y in ten-thousandths of the pad's width.

    `sealed`: the sign-off can be had as /api/v1/sign-offs/{sign_off_id}/sealed.pdf and sealed.json.
    """

    sign_off_id: UUID
    signer_name: str
    relationship_en: str | None
    relationship_zh: str | None
    accepted: bool
    strokes: list[list[list[int]]]
    sealed: bool


class Found(Struct):
    """Another defect, and the ticket that was opened for it."""

    ticket_id: UUID
    ticket_number: str
    name_en: str
    name_zh: str
    place: str
    description: str


class Settled(Struct):
    """By whom a conflict was looked at, and what they wrote into the audit trail."""

    by: str
    at: datetime
    note: str


class Fact(Struct, kw_only=True):
    """`kind` is the operation's; what that kind doesn't say is empty or None.

    `happened_at` is the device's time on the server's clock, `device_at` what the device showed, `skewed` whether they
    were far apart: evidence, not order. `against` is what the fact contradicts, as the phone was told, in the words
    of `detail`; None where it took effect.
    """

    op_id: UUID
    visit_id: UUID
    kind: str
    technician: str
    happened_at: datetime
    device_at: datetime
    received_at: datetime
    skewed: bool
    against: str | None
    detail: str
    settled: Settled | None = None

    reason_en: str | None = None
    reason_zh: str | None = None
    note: str = ""
    done: str = ""
    needed: str = ""
    minutes: int | None = None
    checklist: list[Check] = []
    parts: list[Part] = []
    photos: list[Picture] = []
    signature: Signature | None = None
    witness: str | None = None
    remark: str = ""
    found: Found | None = None

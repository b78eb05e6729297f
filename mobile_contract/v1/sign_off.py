"""The owner's sign-off: a name, a signature drawn on the glass, and the hash of what was read before it."""

from enum import StrEnum
from hashlib import sha256
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, field

from mobile_contract.v1.reasons import Worded
from mobile_contract.v1.route_sheet import Named, Stop
from mobile_contract.v1.wire import Code, Name, Remark, Request, Sha256

MAX_STROKES = 200
MAX_POINTS = 20_000
MAX_PHOTOS = 50
MAX_LINES = 100


class Point(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """[x, y, t] on the wire.

    `x` and `y` count ten-thousandths of the pad's width from its top left corner, so that a signature looks
    the same on every screen; `t` is milliseconds since the first point. Whole numbers, which every language
    writes alike.
    """

    x: Annotated[int, Meta(ge=0, le=10_000)]
    y: Annotated[int, Meta(ge=0, le=20_000)]
    t: Annotated[int, Meta(ge=0, le=3_600_000)]


Stroke = Annotated[list[Point], Meta(min_length=1, max_length=MAX_POINTS)]
"""From finger down to finger up."""

Quantity = Annotated[int, Meta(ge=1, le=10_000)]


class Relationship(Worded):
    """Who signs, as they say it themselves."""

    OWNER = "owner", "The owner", "业主本人"
    FAMILY = "family", "Of the owner's family", "业主家属"
    TENANT = "tenant", "The tenant", "租户"
    CARETAKER = "caretaker", "Looks after the home for the owner", "业主委托的代管人"
    PROPERTY_MANAGER = "property_manager", "From the property management", "物业人员"
    OTHER = "other", "Somebody else", "其他人"


class Language(StrEnum):
    EN = "en"
    ZH = "zh"


class SignOff(Request, frozen=True, kw_only=True):
    """`accepted` is false when the owner looked and refused. `photos` name files that are uploaded apart.

    `consent_version` and `consent_language` say which of the route sheet's consent was read above the signature.
    """

    signer_name: Name
    strokes: Annotated[list[Stroke], Meta(min_length=1, max_length=MAX_STROKES)]
    document_hash: Sha256
    accepted: bool = True
    photos: Annotated[list[Sha256], Meta(max_length=MAX_PHOTOS)] = field(default_factory=list)
    relationship: Relationship | None = None
    consent_version: Code | None = None
    consent_language: Language | None = None

    def __post_init__(self) -> None:
        if sum(map(len, self.strokes)) > MAX_POINTS:
            raise ValueError(f"A signature has at most {MAX_POINTS} points in total")


class ChecklistAnswer(Request, frozen=True, kw_only=True):
    code: Code
    done: bool
    note: Remark


class PartUsed(Request, frozen=True, kw_only=True):
    code: Code
    name: Name
    quantity: Quantity


class ShownDocument(Struct, frozen=True, kw_only=True):
    """What the owner reads before signing. Its hash seals it, so in v1 its fields never change."""

    visit_id: UUID
    ticket_number: str
    address: str
    unit: str
    defect: Named
    description: str
    checklist: list[ChecklistAnswer]
    parts: list[PartUsed]
    minutes: int
    note: str

    @classmethod
    def of(
        cls, stop: Stop, checklist: list[ChecklistAnswer], parts: list[PartUsed], minutes: int, note: str
    ) -> "ShownDocument":
        return cls(
            visit_id=stop.visit_id,
            ticket_number=stop.ticket_number,
            address=stop.address,
            unit=stop.unit,
            defect=stop.defect,
            description=stop.description,
            checklist=checklist,
            parts=parts,
            minutes=minutes,
            note=note,
        )


def document_hash(document: ShownDocument) -> str:
    """SHA-256, in hex, of the document's canonical JSON.

    Canonical is RFC 8785 (JCS): keys sorted, no spaces, UTF-8 with nothing escaped that needn't be. There are
    no fractions in it, so that JSON.stringify over sorted keys gives the same bytes in a browser.
    """
    return sha256(msgspec.json.encode(document, order="sorted")).hexdigest()

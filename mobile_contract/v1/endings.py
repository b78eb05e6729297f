"""How a visit ends. Each of these is kept whatever the office had planned meanwhile: it happened."""

from typing import Annotated

from msgspec import Meta, field

from mobile_contract.v1.reasons import AnotherVisitReason, NoAccessReason, RefusalReason
from mobile_contract.v1.recorded import OnVisit
from mobile_contract.v1.sign_off import MAX_LINES, MAX_PHOTOS, ChecklistAnswer, PartUsed, SignOff
from mobile_contract.v1.wire import Name, Remark, Sha256, Text

Minutes = Annotated[int, Meta(ge=0, le=1440)]
"""Time worked, breaks left out."""


class Complete(OnVisit, frozen=True, kw_only=True, tag="complete"):
    """The work is done and was shown to the owner, who accepted, or refused: then it needs another visit."""

    checklist: Annotated[list[ChecklistAnswer], Meta(max_length=MAX_LINES)]
    parts: Annotated[list[PartUsed], Meta(max_length=MAX_LINES)]
    minutes: Minutes
    note: Text
    sign_off: SignOff


class NoAccess(OnVisit, frozen=True, kw_only=True, tag="no_access"):
    """The technician came and could not get in. The job waits for another visit."""

    reason: NoAccessReason
    note: Remark = ""


class AnotherVisit(OnVisit, frozen=True, kw_only=True, tag="another_visit"):
    """The work can't be finished in this visit: what was done so far, and what the next one needs."""

    reason: AnotherVisitReason
    done: Text
    needed: Text
    minutes: Minutes = 0


class Refuse(OnVisit, frozen=True, kw_only=True, tag="refuse"):
    """The owner saw the work and signs nothing; a witness is named instead.

    It ends the visit as `done`, unsigned, unless the reason says that the defect is still there: then as
    `needs_another`. `document_hash` seals what was shown, as in a sign-off.
    """

    reason: RefusalReason
    witness_name: Name
    checklist: Annotated[list[ChecklistAnswer], Meta(max_length=MAX_LINES)]
    parts: Annotated[list[PartUsed], Meta(max_length=MAX_LINES)]
    minutes: Minutes
    note: Text
    document_hash: Sha256
    photos: Annotated[list[Sha256], Meta(max_length=MAX_PHOTOS)] = field(default_factory=list)
    remark: Remark = ""
    """What the owner said; `note` is part of what was shown."""

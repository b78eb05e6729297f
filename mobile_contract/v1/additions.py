"""What a technician adds to a visit at any time, also after its end. None of these moves it."""

from enum import StrEnum

from mobile_contract.v1.recorded import OnVisit
from mobile_contract.v1.route_sheet import Tier
from mobile_contract.v1.sign_off import Quantity
from mobile_contract.v1.wire import Code, Name, Remark, Sha256, Text, Words


class PhotoShows(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    OTHER = "other"


class AttachPhoto(OnVisit, frozen=True, kw_only=True, tag="attach_photo"):
    """`photo` is the hash of a file that is uploaded apart, before or after this."""

    photo: Sha256
    shows: PhotoShows
    caption: Remark = ""


class AddNote(OnVisit, frozen=True, kw_only=True, tag="add_note"):
    text: Words


class UsePart(OnVisit, frozen=True, kw_only=True, tag="use_part"):
    """Fields as those of `PartUsed`, which says the same at the end of the work."""

    code: Code
    name: Name
    quantity: Quantity


class FoundDefect(OnVisit, frozen=True, kw_only=True, tag="found_defect"):
    """Another defect, seen at the same home: the office opens a ticket for it.

    `defect` is a code of the route sheet's `defects`; `place` says where in the home. `tier` is the technician's
    suggestion, which may raise the urgency that the office's own rules give, never lower it.
    """

    defect: Code
    description: Text
    place: Remark = ""
    tier: Tier | None = None

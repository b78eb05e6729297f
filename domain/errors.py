"""The tree of business errors. `api/problems.py` turns each into HTTP in one table; the code is stable.

DomainError
├── Invalid              input that can't be used, with the place and what to do
│   └── HashMismatch         a photo isn't what its hash says
├── TooLarge             more than may be sent at once
├── NotFound             what was asked for isn't there, or isn't this person's to see
├── NotSignedIn          no valid session
│   ├── NotPaired            no phone has this token
│   ├── DeviceRevoked        the phone's access was withdrawn
│   ├── PairingCodeRefused   wrong, used or too old
│   └── LinkEnded            an owner's link is unknown, too old or withdrawn
├── NotAllowed           signed in, but not for this
│   ├── NumberNotProven      an owner must first type the code that was sent to their phone
│   └── CodeRefused          that code is wrong, used or too old
├── TooOldClient         the phone's app is older than the server understands
├── TooManyTries         wait before the next one
├── IllegalMove          a state does not allow that step
├── UploadBusy           another request is sending the same photo
├── CanNotStore          the disk is full, or can't be written
├── CanNotSend           no way to somebody takes the message just now
└── Conflict             somebody else was first
    ├── ChangedMeanwhile     a visit, or a message's words, aren't any more as the person saw them
    ├── DoubleBooked         a technician would be at two visits at once
    ├── MoveRefused          a visit's new place breaks rules, and nobody took that on themselves
    ├── PlanStale            what the plan was made from has moved since
    ├── PromiseBroken        a plan leaves out a visit whose time an owner was promised
    ├── SlotTaken            the time was chosen by somebody else, or fits no more
    └── WrongOffset          a photo's next bytes don't follow those that are here
"""

from collections.abc import Sequence
from typing import Any, ClassVar


class DomainError(Exception):
    """Says in one sentence what happened and what to do; `code` never changes once published."""

    code: ClassVar[str] = "domain_error"


class Invalid(DomainError):
    code = "invalid"


class HashMismatch(Invalid):
    code = "hash_mismatch"


class TooLarge(DomainError):
    code = "request_too_large"


class NotFound(DomainError):
    code = "not_found"


class NotSignedIn(DomainError):
    code = "not_signed_in"


class NotPaired(NotSignedIn):
    code = "not_paired"


class DeviceRevoked(NotSignedIn):
    code = "device_revoked"


class PairingCodeRefused(NotSignedIn):
    code = "pairing_code_refused"


class LinkEnded(NotSignedIn):
    code = "link_ended"


class NotAllowed(DomainError):
    code = "not_allowed"


class NumberNotProven(NotAllowed):
    code = "number_not_proven"


class CodeRefused(NotAllowed):
    code = "code_refused"


class TooOldClient(DomainError):
    code = "too_old_client"


class TooManyTries(DomainError):
    code = "too_many_requests"


class IllegalMove(DomainError):
    code = "illegal_move"


class UploadBusy(DomainError):
    code = "upload_busy"


class CanNotStore(DomainError):
    code = "can_not_store"


class CanNotSend(DomainError):
    code = "can_not_send"


class Conflict(DomainError):
    code = "conflict"


class ChangedMeanwhile(Conflict):
    code = "changed_meanwhile"


class MoveRefused(Conflict):
    """`reasons` are (rule, sentence)."""

    code = "move_refused"

    def __init__(self, told: str, reasons: Sequence[tuple[str, str]]) -> None:
        super().__init__(told)
        self.reasons = reasons


class DoubleBooked(Conflict):
    code = "double_booked"


class PlanStale(Conflict):
    code = "plan_stale"


class PromiseBroken(Conflict):
    code = "promise_broken"


class SlotTaken(Conflict):
    """`offers` are the times there are instead, as they stand after the refusal."""

    code = "slot_taken"
    offers: Sequence[Any] = ()


class WrongOffset(Conflict):
    code = "wrong_offset"

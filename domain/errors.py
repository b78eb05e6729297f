"""The tree of business errors. `api/problems.py` turns each into HTTP in one table; the code is stable.

DomainError
├── Invalid              input that can't be used, with the place and what to do
├── NotFound             what was asked for isn't there, or isn't this person's to see
├── NotSignedIn          no valid session
│   ├── NotPaired            no phone has this token
│   ├── DeviceRevoked        the phone's access was withdrawn
│   └── PairingCodeRefused   wrong, used or too old
├── NotAllowed           signed in, but not for this
├── TooOldClient         the phone's app is older than the server understands
├── TooManyTries         wait before the next one
├── IllegalMove          a state does not allow that step
└── Conflict             somebody else was first
    ├── DoubleBooked         a technician would be at two visits at once
    └── PlanStale            what the plan was made from has moved since
"""

from typing import ClassVar


class DomainError(Exception):
    """Says in one sentence what happened and what to do; `code` never changes once published."""

    code: ClassVar[str] = "domain_error"


class Invalid(DomainError):
    code = "invalid"


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


class NotAllowed(DomainError):
    code = "not_allowed"


class TooOldClient(DomainError):
    code = "too_old_client"


class TooManyTries(DomainError):
    code = "too_many_requests"


class IllegalMove(DomainError):
    code = "illegal_move"


class Conflict(DomainError):
    code = "conflict"


class DoubleBooked(Conflict):
    code = "double_booked"


class PlanStale(Conflict):
    code = "plan_stale"

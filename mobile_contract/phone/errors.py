"""What can go wrong on a phone. Whatever it is, recorded work stays recorded.

PhoneError
├── Unreachable     no usable answer: no network, a server in trouble, a portal in between; try again later
├── Refused         the server answered and said no; `reason` says whether to pair again, update, or wait
├── NotRecorded     the work given breaks the contract's bounds; nothing was stored
├── StillUnsent     leaving now would strand work that the server doesn't have yet
└── StorageError    the phone's own disk: full, damaged, in use by another process, from a newer client
"""

from mobile_contract.v1 import ReasonCode


class PhoneError(Exception):
    pass


class Unreachable(PhoneError):
    pass


class Refused(PhoneError):
    def __init__(self, reason: ReasonCode, detail: str) -> None:
        super().__init__(f"{reason}: {detail or reason.en}")
        self.reason = reason
        self.detail = detail


class NotRecorded(PhoneError):
    pass


class StillUnsent(PhoneError):
    pass


class StorageError(PhoneError):
    pass

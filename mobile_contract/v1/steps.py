"""How a visit goes on: seen, on the way, there, at work, waiting. None of these ends it."""

from mobile_contract.v1.reasons import PauseReason
from mobile_contract.v1.recorded import OnVisit
from mobile_contract.v1.wire import Remark


class Accept(OnVisit, frozen=True, kw_only=True, tag="accept"):
    """The technician has seen the visit and takes it. Its state stays; the office sees that it is taken."""


class Depart(OnVisit, frozen=True, kw_only=True, tag="depart"):
    """The technician is on the way."""


class Arrive(OnVisit, frozen=True, kw_only=True, tag="arrive"):
    """The technician is at the door."""


class Start(OnVisit, frozen=True, kw_only=True, tag="start"):
    """Work has begun, or goes on after a pause."""


class Pause(OnVisit, frozen=True, kw_only=True, tag="pause"):
    """Work waits, and will go on in this visit."""

    reason: PauseReason
    note: Remark = ""

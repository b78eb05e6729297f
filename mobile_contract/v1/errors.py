"""Every reason a phone can be given, for an operation's verdict or for a refused request."""

from enum import StrEnum
from typing import Self

from mobile_contract.v1.wire import Answer


class VerdictStatus(StrEnum):
    """What became of an operation. All but `retry` are durable: stored with it, the same for ever."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    """Applied by an earlier delivery. (A conflict or a rejection is told again as it was.)"""
    ACCEPTED_WITH_CONFLICT = "accepted_with_conflict"
    """The work is kept as a fact; a person settles what contradicts it."""
    REJECTED = "rejected"
    RETRY = "retry"
    """Nothing was stored: send it again later."""

    @property
    def durable(self) -> bool:
        return self is not VerdictStatus.RETRY


class ReasonCode(StrEnum):
    """A closed list: a code keeps its meaning for ever, and the phone's own texts are keyed by it.

    The server sends no code that isn't listed. A client that meets one newer than itself reads it as
    `unrecognised` and shows the detail that came with it; the verdict's status still says what to do.
    """

    en: str
    zh: str
    verdicts: tuple[VerdictStatus, ...]
    """The statuses that carry this reason in a verdict."""
    http: int | None
    """The HTTP status of the refused request that carries it in an ErrorAnswer."""

    def __new__(cls, code: str, verdicts: tuple[VerdictStatus, ...], http: int | None, en: str, zh: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.verdicts, member.http, member.en, member.zh = verdicts, http, en, zh
        return member

    UNKNOWN_VISIT = (
        "unknown_visit", (VerdictStatus.REJECTED,), None,
        "This visit is not one of yours.",
        "这不是您的上门任务。",
    )  # fmt: skip
    """There is no such visit, or it was never this technician's: the two look the same from outside."""

    NOT_ALLOWED = (
        "not_allowed", (VerdictStatus.REJECTED,), None,
        "You may see this visit but not do this on it.",
        "您可以查看此任务，但不能进行该操作。",
    )  # fmt: skip
    """The visit is theirs to see; the step is not theirs to take."""

    ILLEGAL_MOVE = (
        "illegal_move", (VerdictStatus.REJECTED, VerdictStatus.ACCEPTED_WITH_CONFLICT), None,
        "The visit's state does not allow this step.",
        "该任务的状态不允许这一步。",
    )  # fmt: skip
    """The visit's own state doesn't allow the step, such as starting what is done. Finished work is kept all the
    same, as a conflict: it happened."""

    INVALID_OPERATION = (
        "invalid_operation", (VerdictStatus.REJECTED,), None,
        "The server can't read this record. Please tell the office.",
        "服务器无法识别该记录，请告知服务中心。",
    )  # fmt: skip
    """The operation breaks this contract (unknown kind or field, a bound). Its neighbours go on."""

    PAYLOAD_MISMATCH = (
        "payload_mismatch", (VerdictStatus.REJECTED,), None,
        "This record's number is already used for another record.",
        "该记录编号已用于另一条记录。",
    )  # fmt: skip
    """The same op_id came with other content. Nothing changed, and nothing of the first is told."""

    UNKNOWN_DEFECT = (
        "unknown_defect", (VerdictStatus.REJECTED,), None,
        "The catalogue has no such defect any more. Please tell the office.",
        "目录中已没有该问题类型，请告知服务中心。",
    )  # fmt: skip
    """A defect that was found on site carries a code that the office's catalogue doesn't hold."""

    OFF_SHIFT = (
        "off_shift", (VerdictStatus.REJECTED,), None,
        "You were not on shift; this place was not kept.",
        "您当时不在班次内，该位置未被保存。",
    )  # fmt: skip
    """A ping from outside the technician's working time: forgotten at once."""

    VISIT_MOVED = (
        "visit_moved", (VerdictStatus.ACCEPTED_WITH_CONFLICT,), None,
        "The visit had been moved meanwhile. Your work is kept; the office will settle it.",
        "该任务已被调整，您的工作已保留，由服务中心处理。",
    )  # fmt: skip
    """The dispatcher gave the visit another time or technician before the work arrived."""

    VISIT_CANCELLED = (
        "visit_cancelled", (VerdictStatus.ACCEPTED_WITH_CONFLICT,), None,
        "The visit had been cancelled meanwhile. Your work is kept; the office will settle it.",
        "该任务已被取消，您的工作已保留，由服务中心处理。",
    )  # fmt: skip
    """The dispatcher cancelled the visit before the work arrived."""

    WAITS_FOR_EARLIER = (
        "waits_for_earlier", (VerdictStatus.RETRY,), None,
        "Waiting for an earlier record of this visit.",
        "等待同一任务较早的记录先送达。",
    )  # fmt: skip
    """An earlier operation on the visit got `retry`; applied before it, this one would be refused."""

    TEMPORARILY_UNAVAILABLE = (
        "temporarily_unavailable", (VerdictStatus.RETRY,), 503,
        "The server is busy. Nothing is lost; it will be sent again.",
        "服务器繁忙，内容已保存，稍后自动重发。",
    )  # fmt: skip
    """The server could not decide: a deadlock, a restart, a full queue."""

    MALFORMED_REQUEST = (
        "malformed_request", (), 400,
        "The server could not read this request.",
        "服务器无法识别该请求。",
    )  # fmt: skip
    """No single operation can be told apart. The phone halves the batch and sends the halves."""

    REQUEST_TOO_LARGE = (
        "request_too_large", (), 413,
        "This request is too large.",
        "请求内容过大。",
    )  # fmt: skip
    """Over MAX_REQUEST_BYTES. The phone halves the batch and sends the halves."""

    TOO_MANY_REQUESTS = (
        "too_many_requests", (), 429,
        "Too many requests; please wait a little.",
        "请求过于频繁，请稍后再试。",
    )  # fmt: skip
    """Retry-After says when."""

    PAIRING_CODE_REFUSED = (
        "pairing_code_refused", (), 401,
        "This pairing code is wrong, used or expired. Ask the office for a new one.",
        "配对码错误、已使用或已过期，请向服务中心索取新码。",
    )  # fmt: skip
    """One code pairs one phone, once."""

    NOT_PAIRED = (
        "not_paired", (), 401,
        "This phone is not paired.",
        "此手机尚未配对。",
    )  # fmt: skip
    """No token, or one that no device has."""

    DEVICE_REVOKED = (
        "device_revoked", (), 401,
        "This phone's access was withdrawn. Unsent work stays on it; pair it again to send it.",
        "此手机的访问权限已收回，未发送的记录仍在手机上，重新配对后可继续发送。",
    )  # fmt: skip
    """The office withdrew the device, as for a lost phone."""

    TOO_OLD_CLIENT = (
        "too_old_client", (), 426,
        "This app is too old. Update it; unsent work stays on the phone.",
        "应用版本过旧，请更新。未发送的记录仍在手机上。",
    )  # fmt: skip
    """The `Doorstep-Client` header is missing, unreadable or below the server's minimum."""

    UNRECOGNISED = (
        "unrecognised", (), None,
        "The server gave a reason that this app is too old to know.",
        "服务器给出了此版本无法识别的原因。",
    )  # fmt: skip
    """Never sent: how a client reads a code that is newer than itself."""

    @property
    def final(self) -> bool:
        """Whether sending the same operation again would change nothing; otherwise the phone keeps it."""
        return bool(self.verdicts) and all(status.durable for status in self.verdicts)

    @classmethod
    def _missing_(cls, value: object) -> "ReasonCode":
        return cls.UNRECOGNISED


class ErrorAnswer(Answer, frozen=True, kw_only=True):
    """The body of every refused request (4xx, 5xx). Whatever the outbox holds stays in it."""

    code: ReasonCode
    detail: str

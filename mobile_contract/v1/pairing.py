"""A phone becomes a technician's: the office shows a code, the phone sends it once and keeps the token."""

from uuid import UUID

from mobile_contract.v1.handshake import ClientVersion
from mobile_contract.v1.wire import Answer, Code, Name, Request


class PairRequest(Request, frozen=True, kw_only=True):
    code: Code
    device_name: Name
    client_version: ClientVersion


class PairAnswer(Answer, frozen=True, kw_only=True):
    """`token` goes into `Authorization: Bearer` of every later call. It is told once, here."""

    device_id: UUID
    token: str
    technician_id: UUID
    technician_name: str

"""Whether a sealed sign-off is as it was sealed, and if not, which field is not. Needs nothing but the record."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from domain.audit import entry_hash
from domain.canonical import canonical, digest, read_object
from domain.errors import Invalid
from domain.seals import ALGORITHM, key_id, leaves, page_part, signature_holds, signed_part

SEALED = "sign_off.sealed"
"""The audit trail's action for a sealed record."""

STAMP = {"algorithm", "fields", "key_id", "public_key", "sha256", "signature"}


class Fault(StrEnum):
    CHANGED = "changed"
    ADDED = "added"
    MISSING = "missing"
    LAYOUT = "layout"
    """The bytes are not those that were issued, though they say the same."""
    SEAL = "seal"
    """The seal itself, or the field of it that is named, was tampered with."""
    OTHER_KEY = "other_key"
    DISAGREES = "disagrees"
    """Sealed so, and yet a hash in the record doesn't belong to what it stands for."""
    PAGE = "page"
    """The page around the record was changed."""


@dataclass(frozen=True)
class Finding:
    fault: Fault
    field: str = ""


@dataclass(frozen=True)
class Report:
    """`trusted` says whether a key that was given sealed it; None when no key was given."""

    record: dict[str, Any]
    findings: tuple[Finding, ...]
    public_key: str
    trusted: bool | None

    @property
    def genuine(self) -> bool:
        return not self.findings


def check_bytes(data: bytes, keys: Set[str] = frozenset()) -> Report:
    """Of a record as a file or as an attachment. `keys` are public keys in hex that may have sealed it.

    Invalid where there is no sealed record in the bytes at all.
    """
    record = read_object(data)
    try:
        report = check(record, keys)
    except RecursionError:
        raise Invalid("It is nested too deeply.") from None
    if data == canonical(record):
        return report
    return Report(record, (*report.findings, Finding(Fault.LAYOUT)), report.public_key, report.trusted)


def check(record: dict[str, Any], keys: Set[str] = frozenset()) -> Report:
    stamp = record.get("seal")
    if not isinstance(stamp, dict) or not isinstance(stamp.get("fields"), dict):
        raise Invalid("There is no seal in it: it is no sealed sign-off, or its seal was taken out.")
    told = {name: value for name, value in record.items() if name != "seal"}
    findings = [*_fields(told, stamp), *_stamp(stamp)]
    if not findings and not signature_holds(bytes.fromhex(stamp["public_key"]), stamp["signature"], signed_part(stamp)):
        findings = [Finding(Fault.SEAL, "signature")]
    if not findings:
        findings = [*_document(told), *_audit(told)]
    public = stamp.get("public_key")
    public_key = public if isinstance(public, str) else ""
    trusted = public_key in keys if keys else None
    if trusted is False:
        findings.append(Finding(Fault.OTHER_KEY))
    return Report(record, tuple(findings), public_key, trusted)


def _fields(told: dict[str, Any], stamp: dict[str, Any]) -> list[Finding]:
    """Each field against its hash. Where the hash of the whole still fits, it is the seal's list that was changed."""
    now, then = dict(leaves(told)), stamp["fields"]
    wrong = [
        *(Finding(Fault.MISSING, path) for path in then if path not in now),
        *(Finding(Fault.ADDED, path) for path in now if path not in then),
        *(Finding(Fault.CHANGED, path) for path in now if path in then and then[path] != digest(now[path])),
    ]
    if (stamp.get("sha256") == digest(told)) == (not wrong):
        return wrong
    return [Finding(Fault.SEAL, f"fields.{found.field}") for found in wrong] or [Finding(Fault.SEAL, "sha256")]


def _stamp(stamp: dict[str, Any]) -> list[Finding]:
    wrong = [Finding(Fault.SEAL, name) for name in sorted(STAMP ^ set(stamp))]
    if stamp.get("algorithm") != ALGORITHM:
        wrong.append(Finding(Fault.SEAL, "algorithm"))
    public = stamp.get("public_key")
    if not isinstance(public, str) or not _is_hex(public, 32):
        wrong.append(Finding(Fault.SEAL, "public_key"))
    elif stamp.get("key_id") != key_id(bytes.fromhex(public)):
        wrong.append(Finding(Fault.SEAL, "key_id"))
    if not isinstance(stamp.get("signature"), str):
        wrong.append(Finding(Fault.SEAL, "signature"))
    return list(dict.fromkeys(wrong))


def _document(told: dict[str, Any]) -> list[Finding]:
    """The document shown against its hash, and whether the phone's hash is that one."""
    document = told.get("document")
    if not isinstance(document, dict):
        return [Finding(Fault.MISSING, "document")]
    wrong = []
    if document.get("hash") != digest(document.get("shown")):
        wrong.append(Finding(Fault.DISAGREES, "document.hash"))
    if document.get("agrees") is not (document.get("hash") == document.get("hash_on_phone")):
        wrong.append(Finding(Fault.DISAGREES, "document.agrees"))
    return wrong


def _audit(told: dict[str, Any]) -> list[Finding]:
    """The hash of the audit trail's entry, made again from what the entry held: the hash of this content."""
    audit = told.get("audit")
    if not isinstance(audit, dict):
        return [Finding(Fault.MISSING, "audit")]
    try:
        made = entry_hash(
            datetime.fromisoformat(audit["at"]),
            audit["actor"],
            SEALED,
            told["sign_off_id"],
            {"content": content_digest(told)},
            audit["previous"],
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return [Finding(Fault.DISAGREES, "audit")]
    return [] if audit.get("hash") == made else [Finding(Fault.DISAGREES, "audit.hash")]


def content_digest(told: dict[str, Any]) -> str:
    """What the audit trail keeps of a record: all but the format, the entry itself and the seal."""
    return digest({name: value for name, value in told.items() if name not in ("format", "audit", "seal")})


def check_page(page: bytes, line: str, keys: Set[str] = frozenset()) -> tuple[list[Finding], str]:
    """A page against the line that seals it (see `page_seal`), and the public key that sealed it."""
    parts = line.split(" ")
    if len(parts) != 4 or not _is_hex(parts[1], 32):
        return [Finding(Fault.PAGE)], ""
    _, public, whole, signature = parts
    if sha256(page).hexdigest() != whole or not signature_holds(bytes.fromhex(public), signature, page_part(whole)):
        return [Finding(Fault.PAGE)], public
    return ([Finding(Fault.OTHER_KEY, "page")] if keys and public not in keys else []), public


def _is_hex(text: str, size: int) -> bool:
    """Whether it is so many bytes in lower-case hex."""
    try:
        return bytes.fromhex(text).hex() == text and len(text) == 2 * size
    except ValueError:
        return False

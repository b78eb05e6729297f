"""A sign-off's content as the server makes it, with its entry in the audit trail, and a key to seal it with."""

from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.audit import entry_hash
from domain.canonical import digest
from domain.seal_check import SEALED, content_digest
from domain.seals import seal

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def a_content() -> dict[str, Any]:
    shown = {
        "visit_id": "0195583c-2f00-7a10-8000-000000000001",
        "ticket_number": "R000017",
        "address": "望京西园四区 410 号楼",
        "unit": "3 单元 1201",
        "defect": {"code": "leak", "en": "Leaking pipe", "zh": "水管漏水"},
        "description": "厨房水槽下方渗水",
        "checklist": [
            {"code": "in-uniform", "done": True, "note": ""},
            {"code": "tested-with-owner", "done": True, "note": "无渗漏"},
        ],
        "parts": [{"code": "trap-40", "name": "存水弯 40 mm", "quantity": 1}],
        "minutes": 40,
        "note": "更换存水弯",
    }
    content: dict[str, Any] = {
        "sign_off_id": "0195583c-2f00-7a10-8000-0000000000aa",
        "op_id": "0195583c-2f00-7a10-8000-0000000000bb",
        "accepted": True,
        "document": {"shown": shown, "hash": digest(shown), "hash_on_phone": digest(shown), "agrees": True},
        "signer": {"name": "王𠮷", "relationship": None, "identity": "witnessed"},
        "witness": {
            "technician_id": "0195583c-2f00-7a10-8000-0000000000cc",
            "technician_code": "T1",
            "technician_name": "陈伟",
            "device_id": "0195583c-2f00-7a10-8000-0000000000dd",
            "device_name": "红米",
            "paired_at": "2026-03-01T00:00:00+00:00",
        },
        "consent": {"version": "2026-11-23", "language": "zh", "text": "本人已阅读。", "law": "《电子签名法》",
                    "confirmed": False},
        "signature": {"strokes": [[[100, 900, 0], [800, 200, 90], [1500, 1100, 180]], [[2000, 500, 400]]]},
        "time": {
            "device": "2026-03-03T02:04:00+00:00",
            "signed": "2026-03-03T02:04:02+00:00",
            "received": "2026-03-03T02:10:00+00:00",
            "correction_s": 2,
            "skewed": False,
        },
        "place": {"latitude": "39.996000", "longitude": "116.480000"},
        "photos": ["ab" * 32, "cd" * 32],
        "site": {"territory": "朝阳", "city": "Beijing", "zone": "Asia/Shanghai"},
    }  # fmt: skip
    return content | {"audit": an_entry(content)}


def an_entry(content: dict[str, Any]) -> dict[str, Any]:
    at, actor, previous = datetime(2026, 3, 3, 2, 10, tzinfo=UTC), "device:x", "0" * 64
    made = entry_hash(at, actor, SEALED, content["sign_off_id"], {"content": content_digest(content)}, previous)
    return {"entry": 12, "at": at.isoformat(), "actor": actor, "previous": previous, "hash": made}


def a_sealed(**changes: Any) -> dict[str, Any]:
    return seal(a_content() | changes, KEY)

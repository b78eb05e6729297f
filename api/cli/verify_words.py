"""What `doorstep verify` says: the verdict first, then what the record tells, as far as it can be trusted."""

from collections.abc import Sequence
from typing import Any

from domain.consent import Language
from domain.seal_check import Fault, Finding
from domain.seal_words import sentence, shown

GENUINE = {
    "en": "Genuine: sealed with a key that you gave ({keys}), and not altered since.",
    "zh": "真实：由所给公钥（{keys}）对应的密钥封印，此后未被改动。",
}
WHOSE_KEY = {
    "en": "Not altered since it was sealed with the key {keys}. Whose key that is was not checked: give the company's "
    "with --key.",
    "zh": "自以密钥 {keys} 封印以来未被改动，但未核对该密钥属于谁：请用 --key 给出公司公布的公钥。",
}
NOT_GENUINE = {"en": "Not genuine:", "zh": "不真实："}
RECORD_HOLDS = {"en": "The record inside was not altered:", "zh": "其中的记录未被改动："}
AGREES = {
    "en": "the phone showed the one that the server has",
    "zh": "手机所示与服务器一致",
}
DIFFERS = {
    "en": "the phone showed another than the server has, with the hash {hash}",
    "zh": "手机所示与服务器不一致，其哈希值为 {hash}",
}
ACCEPTED = {"en": "Accepted by", "zh": "确认人"}
REFUSED = {"en": "Refused by", "zh": "拒绝确认人"}
ROWS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Ticket", "工单", ("document", "shown", "ticket_number")),
    ("Address", "地址", ("document", "shown", "address")),
    ("Unit", "房号", ("document", "shown", "unit")),
    ("Witness", "见证人", ("witness", "technician_name")),
    ("Signed", "签署时间", ("time", "signed")),
    ("Received", "接收时间", ("time", "received")),
)


def told(
    record: dict[str, Any], findings: Sequence[Finding], keys: Sequence[str], given: bool, lang: Language
) -> list[str]:
    """`keys` are the ids of those that sealed it; `given` says whether it was compared with any."""
    if not findings:
        verdict = (GENUINE if given else WHOSE_KEY)[lang].format(keys=", ".join(keys))
        return [verdict, *facts(record, lang)]
    found = dict.fromkeys(f"  {sentence(one, lang)}" for one in findings)
    inside = [RECORD_HOLDS[lang], *facts(record, lang)] if {one.fault for one in findings} == {Fault.PAGE} else []
    return [NOT_GENUINE[lang], *found, *inside]


def facts(record: dict[str, Any], lang: Language) -> list[str]:
    """What an unaltered record says. It may still be anybody's, so nothing is taken to be there."""
    signed = (ACCEPTED if at(record, "accepted") == "True" else REFUSED)[lang], at(record, "signer", "name")
    same = AGREES if at(record, "document", "agrees") == "True" else DIFFERS
    rows = [
        *((en if lang == "en" else zh, at(record, *path)) for en, zh, path in ROWS),
        signed,
        ({"en": "Document", "zh": "单据"}[lang], same[lang].format(hash=at(record, "document", "hash_on_phone"))),
    ]
    return [f"  {name:<12}{value}" if lang == "en" else f"  {name}  {value}" for name, value in rows]


def at(record: Any, *path: str) -> str:
    for name in path:
        record = record.get(name) if isinstance(record, dict) else None
    return "–" if record is None else shown(str(record))

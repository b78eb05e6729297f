"""What a check of a seal found, in English and Chinese, for people who have never seen its insides."""

from domain.consent import Language
from domain.seal_check import Fault, Finding

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("document.shown.checklist", "the checklist", "检查清单"),
    ("document.shown.parts", "the parts used", "更换的配件"),
    ("document.shown.minutes", "the time worked", "工时"),
    ("document.shown.note", "the note on the work", "维修说明"),
    ("document.shown.address", "the address", "地址"),
    ("document.shown.unit", "the unit", "房号"),
    ("document.shown.defect", "the defect", "故障"),
    ("document.shown", "the document that was shown", "所示单据"),
    ("document.hash_on_phone", "the hash that the phone sent", "手机提交的单据哈希值"),
    ("document", "the comparison of the documents", "单据比对结果"),
    ("accepted", "whether the owner accepted or refused", "业主接受或拒绝"),
    ("signer", "who signed", "签字人"),
    ("witness", "the technician or phone that witnessed it", "见证的技师或手机"),
    ("consent", "the consent", "同意条款"),
    ("signature", "the strokes of the signature", "签名笔迹"),
    ("time", "the times", "时间"),
    ("place", "the place", "地点"),
    ("photos", "the photos' hashes", "照片哈希值"),
    ("site", "the site", "所属区域"),
    ("audit", "the link to the audit trail", "审计记录的关联"),
    ("format", "the name of the format", "格式名称"),
    ("seal", "the seal", "封印"),
)
"""From the particular to the general: the first that fits is said."""

SENTENCES: dict[Fault, tuple[str, str]] = {
    Fault.CHANGED: ("Changed: {what} ({field}).", "被改动：{what}（{field}）。"),
    Fault.ADDED: ("Added: {what} ({field}).", "被添加：{what}（{field}）。"),
    Fault.MISSING: ("Taken out: {what} ({field}).", "被删除：{what}（{field}）。"),
    Fault.LAYOUT: (
        "It says what was sealed, but the file was written anew: spacing, order or spelling differ.",
        "内容与封印时一致，但文件被重新写过：空格、次序或写法不同。",
    ),
    Fault.SEAL: ("Changed in the seal itself: {field}.", "封印本身被改动：{field}。"),
    Fault.OTHER_KEY: (
        "Sealed with a key that is none of those given: somebody else made this seal.",
        "封印所用的密钥不在所给公钥之中：此封印由他人制作。",
    ),
    Fault.DISAGREES: (
        "Doesn't agree with the rest of the record: {what} ({field}).",
        "与记录其余内容不符：{what}（{field}）。",
    ),
    Fault.PAGE: (
        "The page is not as it was made: trust the record inside it, not what the page shows.",
        "页面与制作时不一致：请以其中的记录为准，不要相信页面显示的内容。",
    ),
}


def sentence(found: Finding, language: Language) -> str:
    told = SENTENCES[found.fault][0 if language == "en" else 1]
    return told.format(what=field_words(found.field, language), field=shown(found.field))


def field_words(field: str, language: Language) -> str:
    for prefix, en, zh in FIELDS:
        if field == prefix or field.startswith((f"{prefix}.", f"{prefix}[")):
            return en if language == "en" else zh
    return "something that no sign-off holds" if language == "en" else "签字记录中不应有的内容"


def shown(field: str) -> str:
    """A name that came with a file, which may be any text, as it can be printed on a line."""
    printable = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in field)
    return printable if len(printable) <= 80 else printable[:79] + "…"

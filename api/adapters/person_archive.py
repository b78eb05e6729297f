"""What is held of a person as one ZIP: a page that explains it, the JSON, pictures, and signed pages as PDF."""

from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.adapters.photos.folder import PhotoFolder
from api.adapters.sealed_pdf import sealed_pdf

README = """\
这里是本公司保存的与您有关的全部资料。
This is all that we hold about you.

person.json   所有记录：联系方式、房屋、工单、上门、消息、会话。可用任何文本编辑器打开。
              All records: how to reach you, homes, tickets, visits, messages, conversations. Any editor opens it.
photos/       您或技师拍摄的照片，文件名是照片内容的哈希值，与 person.json 中一致。
              Photos that you or a technician took, named by the hash that person.json names.
sign-offs/    您签字确认的单据（PDF），以及封存的原始记录（JSON）。
              What you signed, as pages (PDF) and as the sealed records (JSON).

时间为 UTC（末尾为 Z）。您可以要求更正或删除这些资料（《个人信息保护法》第四十四至四十七条）。
Times are in UTC (they end in Z). You may ask us to correct or to erase this (PIPL arts. 44-47).
"""


def write_archive(
    target: Path,
    told: bytes,
    pictures: Sequence[str],
    sealed: Sequence[tuple[str, str, dict[str, tuple[str, str]]]],
    folder: PhotoFolder,
    key: Ed25519PrivateKey,
) -> None:
    """`sealed` are tickets' numbers with the record and the names of its checks. A picture whose file is gone is left
    out."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        archive.writestr("person.json", told)
        for sha256 in pictures:
            if (path := folder.shown(sha256)).exists():
                archive.write(path, f"photos/{sha256}.jpg", ZIP_STORED)
        for number, (ticket, record, checks) in enumerate(sealed, start=1):
            archive.writestr(f"sign-offs/{ticket}-{number}.json", record)
            archive.writestr(f"sign-offs/{ticket}-{number}.pdf", sealed_pdf(record, checks, key))

"""A sealed sign-off as a PDF, with the record attached and a seal over the page; and the record out of such a file."""

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import typst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.seals import FORMAT, PAGE_FORMAT, page_seal

FONTS = "pylopdf_fonts_zh_cn"
"""Noto Sans SC, which has the Latin letters too; OFL 1.1."""

LARGEST_RECORD = 4_000_000
"""Bytes. The longest signature and the longest texts make one of a quarter of that."""

PROBE = 2000
"""Bytes of a zlib stream that are enough for its first letter, whatever tables come before it."""

STREAM = re.compile(rb"stream\r?\n")
PAGE_LINE = re.compile(rb"%(" + re.escape(PAGE_FORMAT).encode() + rb" [^\r\n]*)\n\Z")


def sealed_pdf(record: str, checks: Mapping[str, tuple[str, str]], key: Ed25519PrivateKey) -> bytes:
    """`checks` names the codes of the checklist in English and Chinese."""
    told = json.loads(record)
    shown = {
        "record": told,
        "languages": ["zh", "en"] if told["consent"]["law"] else ["en"],
        "checks": {code: {"en": names[0], "zh": names[1]} for code, names in checks.items()},
        "times": {name: local(told["time"][name], told["site"]["zone"]) for name in ("device", "signed", "received")},
        "strokes": drawing(told["signature"]["strokes"]),
    }
    page = typst.compile(
        (files(__package__) / "sign_off_page" / "page.typ").read_bytes(),
        format="pdf",
        font_paths=fonts(),
        sys_inputs={"shown": json.dumps(shown), "sealed": record},
        timestamp=datetime.fromisoformat(told["time"]["received"]).replace(microsecond=0),
    )
    assert isinstance(page, bytes)
    return page + page_seal(page, key)


@cache
def fonts() -> typst.Fonts:
    """Those of the package and Typst's own, for signs that it lacks; a machine's would make another page on each."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])


def font_folder() -> Path:
    with as_file(files(FONTS)) as folder:  # an installed package is a folder, which stays
        return folder


def local(at: str, zone: str) -> str:
    """With its offset: an hour may come twice in a night."""
    return datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S %z")


def drawing(strokes: list[list[list[int]]]) -> str:
    """The signature as SVG: a line from point to point, a dot where the finger only touched."""
    points = [(x, y) for stroke in strokes for x, y, _ in stroke]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    width, height = max(x for x, _ in points) - left, max(y for _, y in points) - top
    pen = max(width, height, 800) / 80
    lines = " ".join(line for stroke in strokes for line in path(stroke))
    box = f"{left - pen} {top - pen} {width + 2 * pen} {height + 2 * pen}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path d="{lines}" fill="none" stroke="#111"'
        f' stroke-width="{pen}" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def path(stroke: list[list[int]]) -> Iterator[str]:
    first = stroke[0]
    yield f"M{first[0]} {first[1]}"
    rest = [point for before, point in pairwise(stroke) if point[:2] != before[:2]]
    for x, y, _ in rest or [
        [first[0] + 1, *first[1:]]
    ]:  # a line without length is drawn by some readers and not by all
        yield f"L{x} {y}"


def attached_records(pdf: bytes) -> list[bytes]:
    """The sealed records in a PDF, in their order in the file; what else is attached is passed over.

    Looks at each stream by itself, packed or plain, and never at what says where the streams are: that part of a
    PDF may have been written anew by another program, or by somebody with bad intentions.
    """
    found: list[bytes] = []
    for start in STREAM.finditer(pdf):
        content = unpacked(pdf, start.end()) or plain(pdf, start.end())
        if FORMAT.encode() in content and content not in found:
            found.append(content)
    return found


def unpacked(pdf: bytes, start: int) -> bytes:
    """What a zlib stream holds, up to a record's size; empty unless it looks like a record from its first byte on."""
    packed = memoryview(pdf)[start : start + LARGEST_RECORD]
    try:
        if zlib.decompressobj().decompress(packed[:PROBE], 1) != b"{":
            return b""
        return zlib.decompressobj().decompress(packed, LARGEST_RECORD)
    except zlib.error:
        return b""


def plain(pdf: bytes, start: int) -> bytes:
    end = pdf.find(b"endstream", start, start + LARGEST_RECORD) if pdf[start : start + 1] == b"{" else -1
    return pdf[start:end].rstrip(b"\r\n") if end > 0 else b""


def page_and_seal(pdf: bytes) -> tuple[bytes, str]:
    """The page, and the line that seals it, without its sign and end; an empty line where there is none."""
    line = PAGE_LINE.search(pdf)
    return (pdf[: line.start()], line[1].decode(errors="replace")) if line else (pdf, "")

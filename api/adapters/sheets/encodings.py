"""The text of a CSV file, whichever of the usual encodings it was saved in."""

import codecs

from domain.errors import Invalid

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",  # what Excel calls "Unicode text"
    codecs.BOM_UTF16_BE: "utf-16",
}

NOT_TEXT = {
    b"PK\x03\x04": "a workbook or ZIP archive. If it is a workbook, name it .xlsx",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook. Save it as .xlsx",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "compressed. Unpack it first",
    b"SQLite format 3": "a database",
}
"""By the file's first bytes."""


def decoded(raw: bytes, encoding: str | None) -> str:
    """Detects UTF-8, UTF-16 with its mark, and GB18030 (Excel in China). Raises Invalid."""
    for start, what in NOT_TEXT.items():
        if raw.startswith(start):
            raise Invalid(f"The file is not a CSV: it is {what}.")
    text = _as(raw, encoding) if encoding else _detected(raw)
    if "\0" in text:
        line = _line_of(text, text.index("\0"))
        raise Invalid(f"The file is damaged or not a CSV: line {line} holds a NUL character.")
    return text


def _as(raw: bytes, encoding: str) -> str:
    try:
        mark = codecs.BOM_UTF8 if codecs.lookup(encoding).name == "utf-8" else b""
        return raw.removeprefix(mark).decode(encoding)
    except LookupError:  # also for codecs of bytes, such as zlib
        raise Invalid(f'There is no encoding "{encoding}". Usual ones: utf-8, gb18030, big5, cp1252.') from None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Invalid(f"Line {line} is not {encoding}: {error.reason}. Is --encoding right?") from None
    except ValueError as error:
        raise Invalid(f"The file can't be read as {encoding}: {error}.") from None


def _detected(raw: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if raw.startswith(mark):
            return _as(raw, encoding)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if not _is_chinese(text):
        raise Invalid(f"Line {line} is neither UTF-8 nor GB18030. Name the encoding: --encoding cp1252, for example.")
    return text


def _is_chinese(text: str) -> bool:
    """Most of it in GB2312, the common characters: Western text read as GB18030 becomes rare ones."""
    beyond_ascii = [letter for letter in text if not letter.isascii()]
    common = len("".join(beyond_ascii).encode("gb2312", "ignore")) // 2
    return common * 2 > len(beyond_ascii)


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1

"""QR codes (ISO/IEC 18004) of links, to be held up to a phone's camera or printed and hung up at a door."""

import segno


def qr_rows(text: str) -> list[str]:
    """One string a row, `1` is dark; without the quiet zone of four modules, which whoever draws it leaves around it.

    Level M: 15 % may be dirt.
    """
    return ["".join(map(str, row)) for row in segno.make(text, error="m", micro=False, boost_error=False).matrix]

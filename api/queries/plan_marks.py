"""The signs of a plan's picture: a shape and a colour for each tier, the lock of a promise, and the legend."""

import re
from html import escape

NAMES = {"emergency": "emergency 紧急", "general": "general 一般", "minor": "minor 轻微"}
"""Most urgent first."""

TIERS_W = (132, 114, 112)

INKS = {
    "emergency": ("#b3261e", "#fbe4e1"),
    "general": ("#0b57b0", "#e1edfb"),
    "minor": ("#565d66", "#eceef1"),
    "dim": ("#5c6570", ""),
    "plain": ("#1d2329", ""),
}
"""Line and fill. Each line stands out against its fill and against white by 4.5 : 1 or more (WCAG AA)."""


NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (§ 2.2) can't hold, escaped or not: a database can, and an import may bring it."""


def escaped(words: str) -> str:
    return escape(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", words))


def ink(tone: str) -> tuple[str, str]:
    return INKS[tone]


def mark(tier: str, x: float, y: float) -> str:
    """Drawn rather than written, for not every font has the shapes in one size. `x` and `y` are its middle."""
    colour, _ = INKS[tier]
    shape = {
        "emergency": f'<path d="M{x} {y - 5.5}l5.5 10h-11z"',
        "general": f'<circle cx="{x}" cy="{y}" r="5"',
        "minor": f'<rect x="{x - 4.5}" y="{y - 4.5}" width="9" height="9"',
    }[tier]
    return f'{shape} class="mark {tier}" fill="{colour}"/>'


def lock(x: float, y: float, colour: str) -> str:
    return (
        f'<path class="lock" d="M{x - 2.5} {y - 1}v-2a2.5 2.5 0 0 1 5 0v2" fill="none" stroke="{colour}" '
        f'stroke-width="1.5"/><rect class="lock" x="{x - 4}" y="{y - 1}" width="8" height="6" rx="1" '
        f'fill="{colour}" stroke="{colour}"/>'
    )


def text(
    x: float,
    y: float,
    words: str,
    *,
    tone: str = "plain",
    size: int = 12,
    weight: int = 400,
    anchor: str = "start",
    within: float | None = None,
) -> str:
    """`within` is the room in pixels: longer words end in an ellipsis. A Chinese character counts as two."""
    if within is not None:
        words = cut(words, int(within / (size * 0.56)))
    look = f' font-size="{size}"' if size != 12 else ""
    look += f' font-weight="{weight}"' if weight != 400 else ""
    look += f' text-anchor="{anchor}"' if anchor != "start" else ""
    return (
        f'<text class="{tone}" x="{round(x, 1)}" y="{round(y, 1)}" fill="{INKS[tone][0]}"{look}>{escaped(words)}</text>'
    )


def cut(words: str, room: int) -> str:
    taken = 0
    for place, letter in enumerate(words):
        taken += 2 if ord(letter) > 0x2E7F else 1
        if taken > room:
            return words[: max(0, place - 1)].rstrip() + "…"
    return words


SIGNS = (
    ('<path class="drive" d="M0 -4h22" stroke="#8a929c" stroke-width="2"/>', "drive 行驶", 106),
    ('<path class="drive" d="M0 -4h22" stroke="#8a929c" stroke-width="2" stroke-dasharray="1 4"/>', "wait 等候", 104),
    (
        '<rect class="rest" y="-11" width="22" height="14" rx="7" fill="#ffffff" stroke="#737b85" '
        'stroke-dasharray="3 2"/>',
        "break 休息",
        112,
    ),
    (
        '<rect class="late" y="-12" width="22" height="16" rx="4" fill="none" stroke="#8f4700" stroke-width="3"/>',
        "! starts late 超时",
        150,
    ),
    (lock(11, -5, INKS["dim"][0]), "promised to the owner 已与业主约定", 0),
)
"""The rest of the legend: a sign on the baseline, its name, and the room that the two take."""


def legend(x: float, y: float) -> list[str]:
    parts = []
    tiers = ((mark(tier, 6, -4), 17, name, width) for (tier, name), width in zip(NAMES.items(), TIERS_W, strict=True))
    for sign, indent, name, width in [*tiers, *((sign, 29, name, width) for sign, name, width in SIGNS)]:
        parts.append(f'<g transform="translate({x} {y})">{sign}{text(indent, 0, name, tone="dim")}</g>')
        x += width
    return parts

"""The closed list of what a fix may be, with the sentence a dispatcher reads."""

from typing import NamedTuple

from scheduler.clock import clock
from scheduler.fix import Fix, Move
from scheduler.reasons import Sentence
from scheduler.relaxations import MoreSkills, OtherWindow, Overtime, Relaxation
from scheduler.rules.certificates import PREFIX

MOST_TOLD = 3  # moved jobs, in a sentence; the fix has them all


class FixWords(NamedTuple):
    """What the kind is called, and what a dispatcher reads, filled in by `sentence`."""

    name: Sentence
    sentence: Sentence


FIXES = {
    "as_it_is": FixWords(
        Sentence("no change", "无需调整"),
        Sentence(
            "{technician} can serve it at {start}; nothing else changes.",
            "{technician} 可于 {start} 上门，无需其他调整。",
        ),
    ),
    "move": FixWords(
        Sentence("other visits moved", "调整其他上门"),
        Sentence(
            "{technician} serves it at {start} if other visits move: {moved}.",
            "{technician} 于 {start} 上门，需调整：{moved}。",
        ),
    ),
    "overtime": FixWords(
        Sentence("overtime", "加班"),
        Sentence(
            "{technician} serves it at {start} if {asked} works {minutes} min longer.",
            "{asked} 多加班 {minutes} 分钟，{technician} 可于 {start} 上门。",
        ),
    ),
    "window": FixWords(
        Sentence("another window", "改约时间窗"),
        Sentence(
            "{technician} serves it at {start} if the window {was} becomes {becomes}.",
            "时间窗 {was} 改为 {becomes} 后，{technician} 可于 {start} 上门。",
        ),
    ),
    "allowed": FixWords(
        Sentence("a technician it does not name", "未指定的技师"),
        Sentence(
            "{technician} serves it at {start} if {asked} is allowed to.",
            "若允许 {asked} 承担，{technician} 可于 {start} 上门。",
        ),
    ),
    "skill": FixWords(
        Sentence("an extra skill", "补充技能"),
        Sentence(
            "{technician} could serve it at {start} if {asked} had the skill: {skills}.",
            "{asked} 若具备技能（{skills}），{technician} 可于 {start} 上门。",
        ),
    ),
    "certificate": FixWords(
        Sentence("an extra certificate", "补充证书"),
        Sentence(
            "{technician} could serve it at {start} if {asked} held a valid certificate: {skills}.",
            "{asked} 若持有有效证书（{skills}），{technician} 可于 {start} 上门。",
        ),
    ),
    "next_day": FixWords(
        Sentence("the next day", "次日"),
        Sentence(
            "{technician} could serve it at {start} the next day, if the shifts are the same and the day is free.",
            "若次日班次相同且无其他工作，{technician} 可于 {start} 上门。",
        ),
    ),
}
"""Those that ask least of people first."""


def sentence(fix: Fix) -> Sentence:
    """What a dispatcher reads of a verified fix; ValueError for one that isn't."""
    if fix.relaxation is None or fix.start is None:
        raise ValueError(f"the fix {fix.kind!r} was not verified, so there is nothing to say of it")
    words = FIXES[fix.kind].sentence
    given = {"technician": fix.technician, "start": _minute(fix.start), "asked": fix.asked} | _numbers(fix.relaxation)
    moves_en, moves_zh = (
        _told(fix.moved, " → ", " at ", "; ", "{} more"),
        _told(fix.moved, " 改派 ", " ", "；", "另 {} 项"),
    )
    en, zh = words.en.format_map(given | {"moved": moves_en}), words.zh.format_map(given | {"moved": moves_zh})
    if fix.moved and fix.kind != "move":
        return Sentence(f"{en} Other visits move: {moves_en}.", f"{zh}另需调整：{moves_zh}。")
    return Sentence(en, zh)


def _numbers(relaxation: Relaxation) -> dict[str, object]:
    match relaxation:
        case Overtime():
            return {"minutes": relaxation.seconds // 60}
        case OtherWindow():
            return {"was": _span(relaxation.was), "becomes": _span(relaxation.becomes)}
        case MoreSkills():
            return {"skills": ", ".join(dict.fromkeys(skill.removeprefix(PREFIX) for skill in relaxation.skills))}
    return {}


def _minute(start: int) -> str:
    """Seconds are the planner's own affair: nobody comes at 8:07:32."""
    return clock(start - start % 60)


def _told(moved: tuple[Move, ...], to: str, at: str, between: str, more: str) -> str:
    told = [
        f"{move.job} {move.technician_before}{to}{move.technician}{at}{_minute(move.start)}"
        if move.technician_before != move.technician
        else f"{move.job} {move.technician}{at}{_minute(move.start)}"
        for move in moved[:MOST_TOLD]
    ]
    return between.join(told + ([more.format(len(moved) - MOST_TOLD)] if len(moved) > MOST_TOLD else []))


def _span(window: tuple[int, int]) -> str:
    return f"{clock(window[0])}–{clock(window[1])}"

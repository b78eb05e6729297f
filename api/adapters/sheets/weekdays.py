"""Days of the week as people write them: Mon-Fri, 周一至周五. Monday is 0."""

import re
from collections.abc import Iterable

NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHINESE = "一二三四五六日"


def read_weekdays(written: str) -> list[int]:
    """From single days and ranges, both ends inclusive, with commas between. Raises ValueError."""
    days: list[int] = []
    for part in re.split(r"[,，、/]", written):
        ends = [_day(end) for end in re.split(r"[-–~～至到]", part)]
        if len(ends) > 2 or ends[0] > ends[-1]:
            raise ValueError(f'"{part.strip()}" is not a range of days such as Mon-Fri')
        days += range(ends[0], ends[-1] + 1)
    if len(set(days)) < len(days):
        raise ValueError(f'"{written}" names a day twice')
    return days


def _day(written: str) -> int:
    tidy = written.strip().casefold()
    chinese = tidy.removeprefix("星期").removeprefix("周").replace("天", "日")
    if len(chinese) == 1 and chinese in CHINESE:
        return CHINESE.index(chinese)
    found = [number for number, name in enumerate(LONG) if len(tidy) >= 3 and name.startswith(tidy)]
    if not found:
        raise ValueError(f'"{written.strip()}" is not a day of the week such as Mon')
    return found[0]


def write_weekdays(days: Iterable[int]) -> str:
    """Such as Mon-Fri,Sun: what `read_weekdays` reads."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(NAMES[run[0]] if len(run) == 1 else f"{NAMES[run[0]]}-{NAMES[run[-1]]}" for run in runs)

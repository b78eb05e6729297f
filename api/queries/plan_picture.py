"""A plan as a picture: a row for each technician, drives as lines, visits as boxes, and what is left out below.

Plain SVG that looks the same on a page of its own, in a document and on the site. Nothing is said by colour
alone: tiers have shapes, what starts late has an outline and a `!`, a promise to an owner has a lock. Words
stand in English and Chinese. The class names let a page give it other colours, such as for the dark.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from math import ceil
from zoneinfo import ZoneInfo

from api.queries.plan_marks import NAMES, escaped, ink, legend, lock, mark, text
from api.queries.plans import LeftOut, PlanView, RouteView, StopView

Rests = list[tuple[datetime, datetime]]

HOUR = timedelta(hours=1)
WEEKDAYS = "一二三四五六日"
NAME_W, DAY_W, MARGIN = 158, 1012, 16
TOP, ROW_H, BOX_H, FOOT = 92, 30, 22, 40
WAITING = ' stroke-dasharray="1 4"'


@dataclass(frozen=True)
class Paper:
    """Where times and rows lie, in pixels. Begins and ends on a full hour of the territory's clock."""

    view: PlanView

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.view.zone)

    @cached_property
    def begins(self) -> datetime:
        first = min((route.leaves_at for route in self.view.routes), default=self.view.plan.requested_at)
        return first.astimezone(self.zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)

    @cached_property
    def hours(self) -> int:
        last = max((route.returns_at for route in self.view.routes), default=self.begins)
        return max(1, ceil((last - self.begins) / HOUR))

    @cached_property
    def hour_w(self) -> float:
        """The paper is as wide for a short day as for a long one, unless its hours could not be read."""
        return max(60.0, DAY_W / self.hours)

    @property
    def right(self) -> float:
        return NAME_W + self.hours * self.hour_w

    @property
    def bottom(self) -> float:
        return TOP + ROW_H * len(self.view.routes)

    def x(self, at: datetime) -> float:
        return round(NAME_W + (at - self.begins) / HOUR * self.hour_w, 1)

    def clock(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%H:%M}"


def picture(view: PlanView) -> str:
    """Times are those of the territory's zone; its title in words comes first for who can't see it."""
    paper = Paper(view)
    left = left_out(paper)
    width, height = round(paper.right + 24), round(paper.bottom + len(left) * ROW_H + FOOT)
    told = f"{heading(view)}. {numbers(view)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escaped(told)}" font-size="12" '
        'font-family="system-ui, -apple-system, Segoe UI, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif">',
        f'<rect class="ground" width="{width}" height="{height}" fill="#ffffff"/>',
        text(MARGIN, 28, heading(view), size=17, weight=600),
        text(MARGIN, 50, numbers(view), tone="dim"),
    ]
    for row, route in enumerate(view.routes):
        if row % 2 == 0:
            y = TOP + row * ROW_H
            parts.append(f'<rect class="band" y="{y}" width="{width}" height="{ROW_H}" fill="#f6f7f9"/>')
        parts.append(text(MARGIN, TOP + row * ROW_H + 19, route.technician, within=NAME_W - MARGIN - 26))
        parts.append(text(NAME_W - 10, TOP + row * ROW_H + 19, str(len(route.stops)), tone="dim", anchor="end"))
    parts += hours(paper)
    for row, route in enumerate(view.routes):
        parts += drives(paper, route, TOP + row * ROW_H + ROW_H / 2)
        parts += [box(paper, stop, TOP + row * ROW_H + ROW_H / 2) for stop in route.stops]
    parts += [*left, *legend(MARGIN, height - 16), "</svg>"]
    return "\n".join(filter(None, parts))


def heading(view: PlanView) -> str:
    plan = view.plan
    return f"{plan.territory} · {plan.day:%a %d %b %Y} 周{WEEKDAYS[plan.day.weekday()]} · version 版本 {plan.version}"


def numbers(view: PlanView) -> str:
    return (
        f"{view.jobs} jobs 工单 · {view.served} served 已排 · {view.jobs - view.served} not served 未排 · "
        f"{view.late} late 超时 · {len(view.routes)} technicians 技师 · {view.travel_s / 3600:.1f} h driving 行驶"
    )


def hours(paper: Paper) -> list[str]:
    parts = []
    for hour in range(paper.hours + 1):
        at = paper.begins + hour * HOUR
        parts.append(
            f'<path class="line" d="M{paper.x(at)} {TOP - 6}V{paper.bottom}" stroke="#dfe3e8" stroke-width="1"/>'
        )
        parts.append(text(paper.x(at), TOP - 12, paper.clock(at), tone="dim", anchor="middle"))
    return parts


def drives(paper: Paper, route: RouteView, middle: float) -> list[str]:
    """A line while driving, dots while waiting, a dashed frame for a break."""
    rests = sorted(
        (datetime.fromisoformat(rest["start"]), datetime.fromisoformat(rest["end"])) for rest in route.breaks
    )
    parts, here = [], route.leaves_at
    for stop in route.stops:
        parts += leg(paper, here, stop.starts_at, timedelta(seconds=stop.travel_s), rests, middle)
        here = stop.ends_at
    # With the break at the very end, the way home was over before it: how long before, the plan does not say.
    home = timedelta() if any(end == route.returns_at for _, end in rests) else route.returns_at - here
    parts += leg(paper, here, route.returns_at, home, rests, middle)
    for start, end in rests:
        parts.append(
            f"<g><title>break 休息, {paper.clock(start)}–{paper.clock(end)}</title>"
            f'<rect class="rest" x="{paper.x(start)}" y="{middle - 7}" width="{paper.x(end) - paper.x(start):.1f}" '
            'height="14" rx="7" fill="#ffffff" stroke="#737b85" stroke-dasharray="3 2"/></g>'
        )
    return parts


def leg(paper: Paper, start: datetime, end: datetime, drive: timedelta, rests: Rests, middle: float) -> list[str]:
    """The drive begins at once and goes on after a break that splits it; what is left is waiting."""
    parts, here = [], start
    for rests_at, goes_on in [*(rest for rest in rests if start <= rest[0] < end), (end, end)]:
        arrives = min(here + drive, rests_at)
        drive -= arrives - here
        parts += [stretch(paper, here, arrives, middle), stretch(paper, arrives, rests_at, middle, WAITING)]
        here = goes_on
    return parts


def stretch(paper: Paper, start: datetime, end: datetime, middle: float, dash: str = "") -> str:
    if end <= start:
        return ""
    return (
        f'<path class="drive" d="M{paper.x(start)} {middle}H{paper.x(end)}" stroke="#8a929c" stroke-width="2"{dash}/>'
    )


def box(paper: Paper, stop: StopView, middle: float) -> str:
    x, width = paper.x(stop.starts_at), max(6.0, paper.x(stop.ends_at) - paper.x(stop.starts_at) - 1)
    colour, fill = ink(stop.tier)
    late = f'<path class="late" d="{frame(x, middle, width)}" fill="none" stroke="#8f4700" stroke-width="3"/>'
    short = f"{stop.ticket_number[-3:]}{'!' if stop.late else ''}"
    parts = [
        f'<g class="stop {stop.tier}" data-ticket="{escaped(stop.ticket_number)}"><title>{escaped(told(paper, stop))}'
        f'</title><path class="box" d="{frame(x, middle, width)}" fill="{fill}" stroke="{colour}"/>',
        late if stop.late else "",
    ]
    if width >= 17:
        parts.append(mark(stop.tier, x + 10, middle))
    if width >= (62 if stop.promised_from else 48):
        parts.append(text(x + 19, middle + 4, short, tone=stop.tier))
    elif stop.late and width >= 26:
        parts.append(text(x + 18, middle + 4, "!", tone=stop.tier))
    if stop.promised_from and width >= 30:
        parts.append(lock(x + width - 9, middle, colour))
    return "".join([*parts, "</g>"])


def frame(x: float, middle: float, width: float) -> str:
    """A box with rounded corners: one path, so that fill and outline lie exactly on each other."""
    r = min(4.0, width / 2)
    top, inner, tall = middle - BOX_H / 2, round(width - 2 * r, 1), BOX_H - 2 * r
    return (
        f"M{round(x + r, 1)} {top}h{inner}q{r} 0 {r} {r}v{tall}q0 {r} {-r} {r}h{-inner}q{-r} 0 {-r} {-r}v{-tall}"
        f"q0 {-r} {r} {-r}z"
    )


def told(paper: Paper, stop: StopView) -> str:
    lines = [
        f"{paper.clock(stop.starts_at)}–{paper.clock(stop.ends_at)}  {stop.ticket_number}  {NAMES[stop.tier]}",
        f"{stop.defect.name_en} {stop.defect.name_zh}",
        f"{stop.address} {stop.unit}".rstrip(),
        f"{ceil(stop.travel_s / 60)} min drive 行驶",
    ]
    if stop.promised_from and stop.promised_to:
        lines.append(f"promised 已约 {paper.clock(stop.promised_from)}–{paper.clock(stop.promised_to)}")
    if stop.late:
        lines.append(f"late 超时 {ceil((stop.starts_at - stop.due).total_seconds() / 60)} min")
    return "\n".join(lines)


def left_out(paper: Paper) -> list[str]:
    """One row, the most urgent first; what has no room in it is counted."""
    left = sorted(paper.view.unassigned, key=lambda one: (list(NAMES).index(one.tier), one.ticket_number))
    if not left:
        return []
    middle, room = paper.bottom + ROW_H / 2, int((paper.right - NAME_W) // 52)
    shown = left if len(left) <= room else left[: room - 1]
    parts = [
        text(MARGIN, middle + 4, "Not served 未排"),
        text(NAME_W - 10, middle + 4, str(len(left)), tone="dim", anchor="end"),
        *(left_mark(one, NAME_W + 10 + 52 * place, middle) for place, one in enumerate(shown)),
    ]
    if len(shown) < len(left):
        parts.append(text(NAME_W + 4 + 52 * len(shown), middle + 4, f"+ {len(left) - len(shown)}", tone="dim"))
    return ["".join(parts)]


def left_mark(one: LeftOut, x: float, middle: float) -> str:
    say = f"{one.ticket_number}  {NAMES[one.tier]}\n{one.defect.name_en} {one.defect.name_zh}\n{one.address}"
    return (
        f'<g class="stop {one.tier}" data-ticket="{escaped(one.ticket_number)}"><title>{escaped(say)}</title>'
        f"{mark(one.tier, x, middle)}{text(x + 9, middle + 4, one.ticket_number[-3:], tone=one.tier)}</g>"
    )

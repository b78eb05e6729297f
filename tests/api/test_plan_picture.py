"""The plan's picture: everything of the plan is in it, nothing by colour alone, and it is always well-formed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.queries.plan_marks import INKS
from api.queries.plan_picture import picture
from api.queries.plans import LeftOut, PlanHead, PlanView, RouteView, StopView
from api.queries.tickets import Defect

EIGHT = datetime(2026, 3, 3, 8, tzinfo=UTC)
LIGHT = Defect("light-fitting", "Light flickers", "灯具故障")
SVG = "{http://www.w3.org/2000/svg}"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def stop(starts: float = 30, lasts: float = 60, **told: Any) -> StopView:
    """A stop that many minutes after eight, reached right then by a drive of ten minutes."""
    values: dict[str, Any] = {
        "job_id": uuid4(),
        "ticket_id": uuid4(),
        "ticket_number": "R000123",
        "position": 1,
        "tier": "general",
        "defect": LIGHT,
        "address": "1 Quay Street",
        "unit": "",
        "latitude": None,
        "longitude": None,
        "due": EIGHT + minutes(600),
        "promised_from": None,
        "promised_to": None,
        "arrives_at": EIGHT + minutes(starts),
        "starts_at": EIGHT + minutes(starts),
        "ends_at": EIGHT + minutes(starts + lasts),
        "travel_s": 600,
        "travel_m": 4000,
    }
    return StopView(**values | told)


def view(
    *stops: StopView, left: int = 0, name: str = "Li Na", zone: str = "UTC", rest: float | None = None
) -> PlanView:
    """One technician's day from eight to five."""
    breaks = []
    if rest is not None:
        at = EIGHT + minutes(rest)
        breaks = [{"start": at.isoformat(), "end": (at + minutes(30)).isoformat()}]
    head = PlanHead(
        uuid4(), uuid4(), "Harbour", date(2026, 3, 3), 1, "draft", EIGHT, None, None, [], 0, {"travel_s": 600}
    )
    out = [
        LeftOut(uuid4(), f"R{n:06}", "minor", LIGHT, "2 Quay Street", "no_capacity_left", "", "", {})
        for n in range(left)
    ]
    route = RouteView(uuid4(), name, [], EIGHT, EIGHT + minutes(540), breaks, list(stops))
    return PlanView(head, zone, len(stops) + left, len(stops), 0, 600, [route] if stops else [], out)


def drawn(plan: PlanView, kind: str) -> list[ElementTree.Element]:
    return [one for one in ElementTree.fromstring(picture(plan)).iter() if one.get("class") == kind]


def lengths(plan: PlanView) -> list[tuple[str, float]]:
    """Each line between stops: driving or waiting, and how many minutes long. The legend's two come last."""
    hour = 1012 / 9
    found = []
    for line in drawn(plan, "drive")[:-2]:
        begins, ends = (line.get("d") or "")[1:].split(" ")[0], (line.get("d") or "").split("H")[1]
        kind = "waiting" if line.get("stroke-dasharray") else "driving"
        found.append((kind, round((float(ends) - float(begins)) / hour * 60)))
    return found


def test_every_stop_is_a_box_with_a_shape_and_its_whole_story() -> None:
    plan = view(stop(30), stop(120, tier="emergency"), stop(240, tier="minor"))
    groups = [one for one in ElementTree.fromstring(picture(plan)).iter(f"{SVG}g") if one.get("data-ticket")]
    assert [one.get("class") for one in groups] == ["stop general", "stop emergency", "stop minor"]
    shapes = [next(one.tag for one in group if one.get("class", "").startswith("mark")) for group in groups]
    assert shapes == [f"{SVG}circle", f"{SVG}path", f"{SVG}rect"]
    assert groups[0].findtext(f"{SVG}title") == (
        "08:30–09:30  R000123  general 一般\nLight flickers 灯具故障\n1 Quay Street\n10 min drive 行驶"
    )


def test_a_late_start_is_outlined_marked_and_counted_in_minutes() -> None:
    plan = view(stop(30, due=EIGHT + minutes(18)))
    assert len(drawn(plan, "late")) == 2  # the stop's and the legend's
    assert "123!" in picture(plan)
    assert "late 超时 12 min" in picture(plan)
    assert len(drawn(view(stop(30)), "late")) == 1


def test_a_promise_to_the_owner_has_a_lock_and_its_times() -> None:
    plan = view(stop(30, promised_from=EIGHT, promised_to=EIGHT + minutes(60)))
    assert len(drawn(plan, "lock")) == 2 * len(drawn(view(stop(30)), "lock"))
    assert "promised 已约 08:00–09:00" in picture(plan)


def test_a_line_is_as_long_as_the_drive_and_dots_as_the_wait() -> None:
    assert lengths(view(stop(30))) == [("driving", 10), ("waiting", 20), ("driving", 450)]


def test_a_break_splits_the_drive_that_it_falls_into() -> None:
    plan = view(stop(45, travel_s=900), rest=5)
    assert lengths(plan) == [("driving", 5), ("driving", 10), ("driving", 435)]


def test_a_way_home_of_unknown_length_before_a_last_break_is_not_drawn_as_a_drive() -> None:
    assert lengths(view(stop(10), rest=510))[1:] == [("waiting", 440)]


def test_what_is_left_out_is_listed_or_counted() -> None:
    assert len(drawn(view(stop(), left=3), "stop minor")) == 3
    many = view(stop(), left=100)
    shown = len(drawn(many, "stop minor"))
    assert f"+ {100 - shown}" in picture(many)


def test_a_plan_that_serves_nobody_is_drawn_too() -> None:
    assert "0 served 已排" in picture(view(left=2))
    assert "0 jobs 工单" in picture(view())


def test_times_are_the_territorys_own_and_an_hour_is_an_hour_when_the_clocks_change() -> None:
    assert "16:30–17:30" in picture(view(stop(30), zone="Asia/Shanghai"))
    night = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    at = stop(starts_at=night, arrives_at=night, ends_at=night + minutes(60))
    plan = view(at, zone="Europe/Lisbon")
    plan.routes[0].leaves_at, plan.routes[0].returns_at = night - minutes(60), night + minutes(120)
    hours = [one.text for one in drawn(plan, "dim") if one.get("text-anchor") == "middle"]
    assert hours == ["00:00", "01:00", "01:00", "02:00", "03:00"]


@given(st.text(), st.text())
def test_whatever_people_and_places_are_called_the_picture_is_well_formed(name: str, address: str) -> None:
    ElementTree.fromstring(picture(view(stop(address=address), name=name)))


def test_a_long_name_is_cut_to_its_column_a_chinese_letter_counting_as_two() -> None:
    (latin,) = [one.text for one in drawn(view(stop(), name="Maria " * 9), "plain") if "Maria" in (one.text or "")]
    (chinese,) = [one.text for one in drawn(view(stop(), name="陈" * 40), "plain") if "陈" in (one.text or "")]
    assert latin.endswith("…")
    assert chinese.endswith("…")
    assert len(chinese) < len(latin) < 24


@pytest.mark.parametrize("tone", INKS)
def test_every_ink_stands_out_by_wcag_aa(tone: str) -> None:
    line, fill = INKS[tone]
    for ground in {fill or "#ffffff", "#ffffff", "#f6f7f9"}:
        assert contrast(line, ground) >= 4.5


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2's relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b

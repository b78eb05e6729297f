from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendars import calendar_for, load_calendars
from domain.defects import load_defects
from domain.errors import Invalid
from domain.triage import (
    ClockPolicy,
    Tier,
    clocks,
    load_policies,
    load_questions,
    tier_for,
    tier_names,
)

POLICIES, QUESTIONS = load_policies(), load_questions()
KINDS = {kind.code: kind for kind in load_defects()}
SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
CHINA = calendar_for("Asia/Shanghai", None, load_calendars())
AMERICA = calendar_for("America/New_York", "New York", load_calendars())


def china(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("tier", "reported", "contact", "attend", "repair"),
    [
        # Friday 6 March 2026, 17:00
        (Tier.EMERGENCY, "2026-03-06 17:00", "2026-03-06 17:15", "2026-03-06 19:00", "2026-03-07 17:00"),
        (Tier.GENERAL, "2026-03-06 17:00", "2026-03-09 12:00", "2026-03-09 18:00", "2026-03-11 18:00"),
        (Tier.MINOR, "2026-03-06 17:00", "2026-03-09 18:00", "2026-03-11 18:00", "2026-03-17 18:00"),
        # the eve of the Spring Festival: an emergency does not wait for it, the rest does
        (Tier.EMERGENCY, "2026-02-14 23:50", "2026-02-15 00:05", "2026-02-15 01:50", "2026-02-15 23:50"),
        (Tier.GENERAL, "2026-02-14 16:00", "2026-02-24 11:00", "2026-02-24 18:00", "2026-02-26 18:00"),
    ],
)
def test_the_default_policys_three_clocks(tier: Tier, reported: str, contact: str, attend: str, repair: str) -> None:
    found = clocks(tier, china(reported), POLICIES, CHINA, city="Beijing")
    assert (found.contact, found.attend, found.repair) == (china(contact), china(attend), china(repair))
    assert found.policy == "default"
    assert found.source


@pytest.mark.parametrize(
    ("tier", "attend_h", "repair_h"),
    [(Tier.EMERGENCY, 24, 24), (Tier.GENERAL, 72, 30 * 24), (Tier.MINOR, 14 * 24, 90 * 24)],
)
@pytest.mark.parametrize("city", ["New York", "Brooklyn", "NYC"])
def test_new_york_goes_by_the_housing_maintenance_codes_classes(
    tier: Tier, attend_h: int, repair_h: int, city: str
) -> None:
    reported = datetime(2019, 3, 9, 4, 23, tzinfo=NEW_YORK)  # the night before the clocks change
    found = clocks(tier, reported, POLICIES, AMERICA, city=city)
    assert (found.attend - reported.astimezone(UTC), found.repair - reported.astimezone(UTC)) == (
        timedelta(hours=attend_h),
        timedelta(hours=repair_h),
    )
    assert "27-2115" in found.source


def row(name: str, city: str | None, contract: str | None) -> ClockPolicy:
    return ClockPolicy(
        name=name, city=city, contract=contract, tier=Tier.MINOR,
        contact="1 h", attend="1 day", repair="1 working day", source="test",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("city", "contract", "policy"),
    [
        ("上海", "Harbour", "contract and city"),
        ("Beijing", "Harbour", "contract"),
        ("Shanghai", "another", "city"),
        ("Shanghai", None, "city"),
        ("Beijing", None, "default"),
        (None, None, "default"),
    ],
)
def test_the_most_specific_policy_wins(city: str | None, contract: str | None, policy: str) -> None:
    rows = [
        row("contract and city", "Shanghai", "Harbour"),
        row("city", "Shanghai", None),
        row("contract", None, "Harbour"),
        *POLICIES,
    ]
    assert clocks(Tier.MINOR, china("2026-03-02 10:00"), rows, CHINA, city, contract).policy == policy


START = datetime(2017, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(), timedelta(days=3650)).map(lambda passed: START + passed)


@given(
    at=moments,
    tier=st.sampled_from(Tier),
    city=st.sampled_from(["New York", "Beijing", None]),
)
def test_in_every_shipped_policy_contact_comes_before_attendance_and_that_before_repair(
    at: datetime, tier: Tier, city: str | None
) -> None:
    found = clocks(tier, at, POLICIES, CHINA, city)
    assert at < found.contact <= found.attend <= found.repair


@given(at=moments, city=st.sampled_from(["New York", None]))
def test_a_more_urgent_tier_is_never_due_later(at: datetime, city: str | None) -> None:
    emergency, general, minor = (clocks(tier, at, POLICIES, CHINA, city) for tier in Tier)
    assert emergency.contact <= general.contact <= minor.contact
    assert emergency.repair <= general.repair <= minor.repair


def test_a_report_without_a_zone_is_refused() -> None:
    with pytest.raises(Invalid, match="has no zone"):
        clocks(Tier.MINOR, datetime(2026, 3, 2), POLICIES, CHINA)  # noqa: DTZ001 (what must be refused)


def test_a_report_at_the_end_of_time_is_refused() -> None:
    with pytest.raises(Invalid, match="too far away"):
        clocks(Tier.MINOR, datetime(9999, 12, 31, 23, tzinfo=UTC), POLICIES, AMERICA, "New York")


def test_no_policy_at_all_is_said() -> None:
    with pytest.raises(Invalid, match="No clock policy covers tier minor in Beijing"):
        clocks(Tier.MINOR, china("2026-03-02 10:00"), [], CHINA, "Beijing")


@pytest.mark.parametrize("length", ["soon", "0 h", "-1 h", "1.5 h", "24h", "4 business hours", "12345 h", ""])
def test_a_clock_length_that_cannot_be_read_is_refused_where_it_is_written(length: str) -> None:
    with pytest.raises(Invalid, match="A clock is written"):
        ClockPolicy(name="x", tier=Tier.MINOR, contact="1 h", attend=length, repair="1 day", source="test")


@pytest.mark.parametrize(
    ("defect", "answers", "tier"),
    [
        ("slow-leak", {}, Tier.GENERAL),
        ("slow-leak", {"water-running": True}, Tier.EMERGENCY),
        ("slow-leak", {"water-running": False}, Tier.GENERAL),
        ("heavy-leak", {"water-running": False}, Tier.GENERAL),
        ("heavy-leak", {"water-running": True}, Tier.EMERGENCY),
        ("heavy-leak", {"water-running": False, "danger": True}, Tier.EMERGENCY),
        ("toilet", {"no-other": True}, Tier.EMERGENCY),
        ("door-faulty", {"cannot-lock": True}, Tier.EMERGENCY),
        ("cabinet", {}, Tier.MINOR),
        ("cabinet", {"water-running": False}, Tier.MINOR),  # a no never raises
        ("cabinet", {"danger": True}, Tier.EMERGENCY),  # not asked, but danger is danger
        ("gas-smell", {"danger": False}, Tier.EMERGENCY),  # and its absence does not calm a gas leak
    ],
)
def test_the_owners_answers_decide_urgency(defect: str, answers: dict[str, bool], tier: Tier) -> None:
    assert tier_for(KINDS[defect], answers, QUESTIONS) is tier


def test_an_unknown_question_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match=r"Unknown triage questions: mood\. Known: .*danger"):
        tier_for(KINDS["toilet"], {"mood": True}, QUESTIONS)


def test_every_tier_has_its_names_and_every_row_its_source() -> None:
    assert tier_names().keys() == set(Tier)
    assert tier_names()[Tier.EMERGENCY]["name_zh"] == "紧急"
    assert all(row.source for row in (*POLICIES, *QUESTIONS))

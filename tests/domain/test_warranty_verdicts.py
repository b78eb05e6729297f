"""What a verdict says when a date, a season or an agreement is missing, and what always holds."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.warranty import Payer, Verdict, verdict
from domain.warranty_rules import load_rule_book

RULES = load_rule_book()
ACCEPTED, HANDED_OVER, ON = date(2020, 5, 14), date(2023, 1, 31), date(2025, 12, 1)
DATED = [item.code for item in RULES.items if RULES.applying_to(item, None, None)]
ORDER = [Payer.BUILDER, Payer.DEVELOPER, Payer.OWNER]


def of(item: str, *, on: date = ON, city: str | None = "Beijing", **given: object) -> Verdict:
    dates = {"accepted": ACCEPTED, "handed_over": HANDED_OVER, **given}
    return verdict(item, on=on, city=city, rules=RULES, **dates)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("item", "given", "missing"),
    [
        ("roof-leak", {"accepted": None}, ("acceptance",)),
        ("roof-leak", {"handed_over": None}, ("handover",)),
        ("roof-leak", {"accepted": None, "handed_over": None}, ("acceptance", "handover")),
        ("structure", {"accepted": None}, ("acceptance",)),
        ("lamps-switches", {"handed_over": None}, ("handover",)),
        ("heating-system", {"city": None}, ("season",)),
        ("heating-system", {"city": "Shanghai"}, ("season",)),
        ("heating-system", {"city": None, "accepted": None}, ("acceptance", "season")),
        ("appliance", {}, ("period",)),
        ("other", {}, ("period",)),
        ("roof-leak", {"handed_over": date(2020, 5, 13)}, ("dates",)),
        ("roof-leak", {"on": date(2020, 5, 13)}, ("dates",)),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_guessed(
    item: str, given: dict[str, date | None], missing: tuple[str, ...]
) -> None:
    found = of(item, **given)  # type: ignore[arg-type]
    assert (found.covered, found.payer, found.until, found.missing) == (None, None, None, missing)
    assert "can't be said" in found.why_en
    assert "无法判定" in found.why_zh


@pytest.mark.parametrize(
    ("item", "given"),
    [("structure", {"handed_over": None}), ("lamps-switches", {"accepted": None})],
)
def test_a_date_that_no_rule_of_the_item_needs_may_be_missing(item: str, given: dict[str, None]) -> None:
    assert of(item, **given).covered is not None


@pytest.mark.parametrize(
    ("cause", "article"),
    [
        ("improper-use", "第十七条第（一）项"),
        ("third-party", "第十七条第（一）项"),
        ("force-majeure", "第十七条第（二）项"),
        ("不可抗力", "第十七条第（二）项"),
    ],
)
def test_a_proved_exclusion_leaves_the_owner_to_pay_inside_every_period(cause: str, article: str) -> None:
    found = of("structure", cause=cause)
    assert (found.covered, found.payer, found.until) == (False, Payer.OWNER, None)
    assert article in found.articles[0]


def test_daily_upkeep_is_no_fault_of_the_building_whatever_the_dates() -> None:
    found = of("upkeep", accepted=None, handed_over=None)
    assert (found.covered, found.payer) == (False, Payer.OWNER)
    assert "第三条" in found.articles[0]


def test_the_design_documents_own_working_life_goes_before_the_usual_fifty_years() -> None:
    assert of("structure").until == date(2070, 5, 14)
    assert of("structure", design_life_years=70).until == date(2090, 5, 14)
    assert of("roof-leak", design_life_years=70).until == of("roof-leak").until


def test_a_verdict_is_kept_as_plain_json() -> None:
    kept = json.loads(json.dumps(of("roof-leak").record()))
    assert (kept["payer"], kept["until"], kept["covered"]) == ("developer", "2026-01-31", True)


@pytest.mark.parametrize(("item", "hint"), [("roof-leek", "Did you mean roof-leak"), ("moon", "Known: ")])
def test_an_unknown_item_is_answered_with_the_known_ones(item: str, hint: str) -> None:
    with pytest.raises(Invalid, match=hint):
        of(item)


def test_an_unknown_cause_is_answered_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="force-majeure"):
        of("roof-leak", cause="bad luck")


homes = st.tuples(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 3000), st.integers(0, 9000)).map(
    lambda drawn: (
        drawn[0],
        drawn[0] + timedelta(days=drawn[1]),
        drawn[0] + timedelta(days=drawn[2]),
    )
)
cities = st.sampled_from(["Beijing", "Harbin", "哈尔滨", "New York"])


@given(item=st.sampled_from(DATED), home=homes, city=cities, cause=st.none() | st.just("third-party"))
def test_cover_never_ends_before_it_starts(
    item: str, home: tuple[date, date, date], city: str, cause: str | None
) -> None:
    accepted, handed_over, on = home
    found = of(item, accepted=accepted, handed_over=handed_over, on=on, city=city, cause=cause)
    assert found.until is None if cause else found.until is not None and found.until >= accepted
    assert found.covered is (found.payer is not Payer.OWNER)
    assert found.articles


@given(item=st.sampled_from(DATED), home=homes, city=cities, later=st.integers(0, 4000))
def test_as_time_passes_the_payer_only_moves_from_builder_to_developer_to_owner(
    item: str, home: tuple[date, date, date], city: str, later: int
) -> None:
    accepted, handed_over, on = home
    now, then = (
        of(item, accepted=accepted, handed_over=handed_over, on=day, city=city)
        for day in (on, on + timedelta(days=later))
    )
    assert now.payer
    assert then.payer
    assert ORDER.index(now.payer) <= ORDER.index(then.payer)
    assert now.until == then.until


@given(item=st.sampled_from(DATED), home=homes, later=st.integers(0, 2000))
def test_a_later_handover_never_shortens_the_owners_cover(item: str, home: tuple[date, date, date], later: int) -> None:
    accepted, handed_over, on = home
    early, late = (
        of(item, accepted=accepted, handed_over=day, on=on).until
        for day in (handed_over, handed_over + timedelta(days=later))
    )
    assert early
    assert late
    assert early <= late

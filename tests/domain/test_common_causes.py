"""Which reports may have one cause: by place, by time, by defect, each at its border."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.common_causes import Reach, Reported, common_cause, load_causes, stack_of
from domain.defects import load_defects

CAUSES = load_causes()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BUILDING, COMMUNITY = uuid4(), uuid4()


def told(unit: str, defect: str, days: float = 0, building: UUID = BUILDING, community: UUID = COMMUNITY) -> Reported:
    home = UUID(int=hash((building, unit)) % 2**128)
    return Reported(home, building, community, unit, defect, NOON + timedelta(days=days))


def cause(one: Reported, other: Reported) -> str | None:
    found = common_cause(one, other, CAUSES)
    assert found == common_cause(other, one, CAUSES)
    return found and found.code


@pytest.mark.parametrize(
    ("above", "below"),
    [("1203", "403"), ("2单元-1203", "2单元 403"), ("12B", "3b"), ("1单元1203室", "1单元203"), ("#1203", "1103")],
)
def test_homes_above_one_another_are_told_by_their_numbers(above: str, below: str) -> None:
    assert stack_of(above) == stack_of(below) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [("1203", "1204"), ("1单元1203", "2单元1203"), ("12A", "12B"), ("", ""), ("house", "house"), ("3", "4")],
)
def test_others_are_not(one: str, other: str) -> None:
    assert stack_of(one) is None or stack_of(one) != stack_of(other)


def test_a_leak_below_a_leak_may_be_the_riser() -> None:
    assert cause(told("1203", "slow-leak"), told("403", "damp-spot", 30)) == "riser"
    assert cause(told("1203", "slow-leak"), told("403", "damp-spot", 30.01)) is None
    assert cause(told("1203", "slow-leak"), told("404", "damp-spot")) is None
    assert cause(told("1203", "slow-leak"), told("403", "damp-spot", building=uuid4())) is None
    assert cause(told("1203", "slow-leak"), told("403", "lock-broken")) is None


def test_the_same_defect_in_the_same_home_is_told_twice_before_it_is_anything_else() -> None:
    assert cause(told("1203", "slow-leak"), told("1203", "slow-leak", 14)) == "told-twice"
    assert cause(told("1203", "slow-leak"), told("1203", "slow-leak", 15)) == "riser"


def test_a_building_without_power_is_one_cause_for_two_days() -> None:
    assert cause(told("101", "power-outage"), told("302", "no-lighting", -2)) == "building-power"
    assert cause(told("101", "power-outage"), told("302", "no-lighting", 2.01)) is None


def test_the_same_fitting_in_another_building_of_the_community_may_be_its_batch() -> None:
    other = uuid4()
    assert cause(told("101", "window-hardware"), told("302", "window-hardware", 60, building=other)) == "batch"
    assert cause(told("101", "window-hardware"), told("302", "window-frame", building=other)) is None
    elsewhere = told("302", "window-hardware", building=other, community=uuid4())
    assert cause(told("101", "window-hardware"), elsewhere) is None


def test_every_row_names_defects_of_the_catalogue_and_a_source() -> None:
    known = {kind.code for kind in load_defects()}
    for row in CAUSES:
        assert row.defects <= known, row.code
        assert row.source, row.code
        assert row.within > timedelta(), row.code
    widths = [list(Reach).index(row.reach) for row in CAUSES]
    assert widths == sorted(widths), "the narrowest comes first"


@given(st.integers(1, 99), st.integers(1, 99), st.integers(0, 99), st.sampled_from(["", "1单元", "a座", "东 "]))
def test_any_two_floors_of_one_position_are_one_stack(one: int, other: int, position: int, entrance: str) -> None:
    assert stack_of(f"{entrance}{one}{position:02}") == stack_of(f"{entrance}{other}{position:02}")


@given(st.text(max_size=30))
def test_no_name_of_a_home_is_too_odd(unit: str) -> None:
    stack_of(unit)

"""How long repairs are watched, what counts as the same fault, and who redoes what did not hold."""

from datetime import date
from typing import Any

import pytest

from domain.defects import load_defects
from domain.watch import redone_for_nothing, same_fault, watch_end, watch_of, watches

DAY, UNTIL = date(2026, 3, 1), date(2026, 5, 30)
KNOWN = {kind.code for kind in load_defects()}


def verdict(covered: bool | None, payer: str | None) -> dict[str, Any]:
    return {"item": "lamp", "covered": covered, "payer": payer, "until": None, "articles": ["an article"]}


def test_every_row_names_defects_of_the_catalogue_and_none_twice() -> None:
    named = [code for watch in watches() for code in watch.defects]
    assert set(named) <= KNOWN
    assert len(named) == len(set(named))
    assert all(watch.source and watch.length.days > 0 for watch in watches())


@pytest.mark.parametrize(
    ("defect", "last"),
    [("light-fitting", date(2026, 5, 30)), ("drain-blocked", date(2026, 4, 30)), ("roof-leak", date(2026, 8, 28))],
)
def test_the_watch_is_as_long_as_the_defects_row_says(defect: str, last: date) -> None:
    assert watch_end(DAY, defect) == last


def test_a_fault_under_another_name_of_its_row_is_the_same_one_and_a_different_defect_is_not() -> None:
    assert same_fault("slow-leak", "heavy-leak")
    assert same_fault("light-fitting", "light-fitting")
    assert not same_fault("light-fitting", "socket-dead")
    assert not same_fault("slow-leak", "roof-leak")


def test_every_defect_is_the_same_fault_as_itself_and_the_order_does_not_matter() -> None:
    for one in KNOWN:
        assert same_fault(one, one)
        for other in KNOWN:
            assert same_fault(one, other) == same_fault(other, one)


def test_leaks_that_only_rain_shows_are_marked_and_others_are_not() -> None:
    assert {code for code in KNOWN if watch_of(code).after_rain} == {
        "roof-leak", "wall-leak", "window-leak", "basement-leak", "damp-spot",
    }  # fmt: skip


def test_what_the_home_s_warranty_still_covers_stays_its_verdict() -> None:
    today = verdict(True, "builder")
    assert redone_for_nothing(verdict(False, "owner"), today, DAY, UNTIL) == today


@pytest.mark.parametrize(
    ("paid", "pays"), [("builder", "builder"), ("developer", "developer"), ("owner", "developer"), (None, "developer")]
)
def test_outside_the_warranty_the_owner_never_pays_twice(paid: str | None, pays: str) -> None:
    told = redone_for_nothing(verdict(paid != "owner", paid), verdict(False, "owner"), DAY, UNTIL)
    assert (told["covered"], told["payer"], told["until"]) == (True, pays, "2026-05-30")
    assert told["articles"] == ["《民法典》 art. 781"]
    assert "2026-03-01" in told["why_en"]
    assert "2026-05-30" in told["why_zh"]

"""The owner's way from a room to a defect, and what to do until help comes."""

import json
from pathlib import Path

import pytest

from domain.advice import advice_for
from domain.data import read_seed
from domain.defects import load_defects
from domain.rooms import load_rooms
from domain.triage import Tier

PICTURES = json.loads(
    (Path(__file__).parents[2] / "web" / "owner" / "src" / "parts" / "pictures.json").read_text("utf-8")
)
KINDS = {kind.code: kind for kind in load_defects()}


def test_every_defect_of_the_catalogue_is_reached_and_no_other_is_named() -> None:
    assert {code for room in load_rooms() for thing in room.things for code in thing.defects} == set(KINDS)


def test_every_room_and_every_thing_has_a_picture() -> None:
    rooms = load_rooms()
    needed = {room.code for room in rooms} | {thing.picture for room in rooms for thing in room.things}
    assert needed == set(PICTURES)


def test_advice_is_for_defects_and_questions_that_there_are() -> None:
    rows = read_seed("advice")["advice"]
    assert {code for row in rows for code in row.get("defects", ())} <= set(KINDS)
    asked = {code for kind in KINDS.values() for code in kind.asks}
    assert {row["answer"] for row in rows if "answer" in row} <= asked


@pytest.mark.parametrize(
    ("defect", "affirmed", "says"),
    [
        ("heavy-leak", [], "main water valve"),
        ("gas-smell", [], "gas valve"),
        ("damp-spot", ["water-running"], "main water valve"),
        ("lock-broken", ["cannot-lock"], "Stay at home"),
        ("other", ["danger"], "Keep away"),
    ],
)
def test_an_emergency_is_told_what_to_do_now(defect: str, affirmed: list[str], says: str) -> None:
    assert says in advice_for(defect, affirmed).text_en


def test_what_is_an_emergency_by_itself_has_advice_of_its_own_or_everybody_s() -> None:
    for kind in KINDS.values():
        if kind.tier is Tier.EMERGENCY:
            assert advice_for(kind.code, []).text_zh

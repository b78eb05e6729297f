"""A report that is sent twice because its answer got lost is one ticket."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from town import Desk, Town


@pytest.fixture
def told(town: Town) -> dict[str, Any]:
    return {
        "territory_id": str(town.territory_id),
        "community": "Old Harbour",
        "address": f"{uuid4()} Quay Street",
        "defect": "slow-leak",
        "reference": str(uuid4()),
    }


def at(desk: Desk, address: str) -> list[str]:
    return [
        ticket["number"] for ticket in desk.get("/api/v1/tickets", limit=500).json() if ticket["address"] == address
    ]


def test_the_same_reference_is_the_same_ticket_and_says_that_it_was_known(dora: Desk, told: dict[str, Any]) -> None:
    first, second = dora.post("/api/v1/tickets", told), dora.post("/api/v1/tickets", told)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    assert at(dora, told["address"]) == [first.json()["ticket"]["number"]]


def test_what_is_sent_again_changed_changes_nothing(dora: Desk, told: dict[str, Any]) -> None:
    first = dora.post("/api/v1/tickets", told).json()
    again = dora.post("/api/v1/tickets", told | {"description": "now in the hall too", "defect": "heavy-leak"})
    assert again.json() == first


def test_reports_without_a_reference_are_each_a_ticket(dora: Desk, told: dict[str, Any]) -> None:
    del told["reference"]
    answers = [dora.post("/api/v1/tickets", told) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(at(dora, told["address"])) == 2


def test_two_sent_at_the_same_moment_are_one_ticket(dora: Desk, told: dict[str, Any]) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: dora.post("/api/v1/tickets", told), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["ticket"]["number"] for answer in answers}) == 1


def test_a_reference_of_another_territory_shows_nothing_of_its_ticket(
    dora: Desk, mia: Desk, town: Town, told: dict[str, Any]
) -> None:
    assert mia.post("/api/v1/tickets", told | {"territory_id": str(town.elsewhere_id)}).status_code == 201
    desk = Desk(dora.client, "dora")
    assert desk.post("/api/v1/tickets", told).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"), [("reference", "R000001"), ("latitude", 121.47), ("address", ""), ("contact_phone", "1" * 31)]
)
def test_a_field_that_can_not_be_taken_is_named(dora: Desk, told: dict[str, Any], field: str, value: Any) -> None:
    answer = dora.post("/api/v1/tickets", told | {field: value})
    assert answer.status_code == 400
    assert [place["where"] for place in answer.json()["places"]] == [field]
    assert at(dora, told["address"]) == []

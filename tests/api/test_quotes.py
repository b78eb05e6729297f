"""Outside cover: the desk tells a price, and nothing is planned before the owner has said yes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from owner_browser import OwnerBrowser, link_for
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Town

from api import clock
from domain.audit import AuditEntry
from domain.jobs import Job, JobState
from domain.quotes import Quote
from domain.tickets import Ticket

LATER = (datetime.now(UTC) + timedelta(days=14)).date()
LINES = [{"text": "更换灯具 New fitting", "cents": 12_000}, {"text": "优惠 Discount", "cents": -2_000}]


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


def quoted(desk: Desk, ticket_id: UUID, **values: Any) -> Any:
    body = {"lines": LINES, "valid_until": LATER.isoformat()} | values
    return desk.post(f"/api/v1/tickets/{ticket_id}/quotes", body)


def job_state(town: Town, ticket_id: UUID) -> JobState:
    async def find(session: AsyncSession) -> JobState:
        return (await session.scalars(select(Job.state).where(Job.ticket_id == ticket_id))).one()

    return town.write(find)


def test_nothing_is_planned_or_booked_before_the_owner_accepts_with_a_proven_number(
    town: Town, dora: Desk, tmp_path: Path
) -> None:
    ticket_id = town.report()
    offered = quoted(dora, ticket_id)
    assert (offered.status_code, offered.json()["total_cents"]) == (201, 10_000)
    assert job_state(town, ticket_id) is JobState.QUOTED
    owner = OwnerBrowser(dora.client, link_for(dora, ticket_id))
    ticket = owner.ticket()
    assert (ticket["quote"]["state"], ticket["may"]["choose"], ticket["may"]["prove"]) == ("offered", False, True)
    assert owner.get("offers").status_code == 409
    town.publish(DAY)
    assert job_state(town, ticket_id) is JobState.QUOTED
    answer = {"quote": offered.json()["id"]}
    refused = owner.post("quote/accept", answer)
    assert (refused.status_code, refused.json()["code"]) == (403, "number_not_proven")
    owner.prove(tmp_path / "messages")
    assert owner.post("quote/accept", answer).status_code == 204
    assert owner.post("quote/accept", answer).status_code == 204  # sent again, because the answer got lost
    assert job_state(town, ticket_id) is JobState.WAITING
    assert owner.post("booking", owner.times()[0]).status_code == 201
    assert owner.post("quote/decline", answer).status_code == 409
    assert actions_of(town) >= {"quote.offered", "quote.accepted"}


def test_after_a_no_the_work_waits_until_a_new_price_is_accepted(town: Town, dora: Desk, tmp_path: Path) -> None:
    ticket_id = town.report()
    owner = OwnerBrowser(dora.client, link_for(dora, ticket_id))
    first = quoted(dora, ticket_id).json()["id"]
    owner.prove(tmp_path / "messages")
    assert owner.post("quote/decline", {"quote": first}).status_code == 204
    assert job_state(town, ticket_id) is JobState.QUOTED
    assert owner.post("quote/accept", {"quote": first}).status_code == 409
    second = quoted(dora, ticket_id, lines=[{"text": "Less", "cents": 500}]).json()["id"]
    assert owner.post("quote/accept", {"quote": second}).status_code == 204
    assert [one["state"] for one in dora.get(f"/api/v1/tickets/{ticket_id}/quotes").json()] == ["accepted", "declined"]


def test_an_answer_to_a_price_that_was_changed_meanwhile_counts_for_nothing(
    town: Town, dora: Desk, tmp_path: Path
) -> None:
    ticket_id = town.report()
    owner = OwnerBrowser(dora.client, link_for(dora, ticket_id))
    owner.prove(tmp_path / "messages")
    read = quoted(dora, ticket_id).json()["id"]
    quoted(dora, ticket_id, lines=[{"text": "Much more", "cents": 99_000}])
    assert owner.post("quote/accept", {"quote": read}).status_code == 409
    assert job_state(town, ticket_id) is JobState.QUOTED


def test_a_quote_of_another_ticket_can_not_be_answered(town: Town, dora: Desk, tmp_path: Path) -> None:
    mine, other = town.report(where=1), town.report(where=2)
    theirs = quoted(dora, other).json()["id"]
    owner = OwnerBrowser(dora.client, link_for(dora, mine))
    owner.prove(tmp_path / "messages")
    assert owner.post("quote/accept", {"quote": theirs}).status_code == 409
    assert job_state(town, other) is JobState.QUOTED


def test_a_price_whose_last_day_is_over_can_not_be_accepted(town: Town, dora: Desk, tmp_path: Path) -> None:
    ticket_id = town.report()
    offered = quoted(dora, ticket_id).json()["id"]

    async def age(session: AsyncSession) -> None:
        quote = await session.get_one(Quote, UUID(offered))
        quote.valid_until = datetime.now(UTC).date() - timedelta(days=2)

    town.write(age)
    owner = OwnerBrowser(dora.client, link_for(dora, ticket_id))
    assert owner.ticket()["quote"]["expired"] is True
    owner.prove(tmp_path / "messages")
    assert owner.post("quote/accept", {"quote": offered}).status_code == 409


@pytest.mark.parametrize(("hour", "expired"), [(22, False), (23, True)])
def test_a_price_holds_to_the_end_of_its_last_day_where_the_home_is(
    town: Town, dora: Desk, tmp_path: Path, hour: int, expired: bool
) -> None:
    """The last day of June ends at 23:00 UTC in Porto, where it is summer time."""
    ticket_id, moment = town.report(), tmp_path / "clock"
    clock.set_to(moment, datetime(2027, 6, 30, 12, tzinfo=UTC))
    clock.follow(str(moment))
    try:
        assert quoted(dora, ticket_id, valid_until="2027-06-30").json()["expired"] is False
        clock.set_to(moment, datetime(2027, 6, 30, hour, 30, tzinfo=UTC))
        [told] = dora.get(f"/api/v1/tickets/{ticket_id}/quotes").json()
        assert told["expired"] is expired
        assert (quoted(dora, ticket_id, valid_until="2027-06-30").status_code == 422) is expired
    finally:
        clock.follow("")


def test_a_withdrawn_quote_lets_the_work_be_planned_and_is_not_shown(town: Town, dora: Desk) -> None:
    ticket_id = town.report()
    offered = quoted(dora, ticket_id).json()["id"]
    assert dora.post(f"/api/v1/quotes/{offered}/withdraw").status_code == 204
    assert dora.post(f"/api/v1/quotes/{offered}/withdraw").status_code == 409
    assert job_state(town, ticket_id) is JobState.WAITING
    assert OwnerBrowser(dora.client, link_for(dora, ticket_id)).ticket()["quote"] is None


def test_a_covered_defect_has_no_price(town: Town, dora: Desk) -> None:
    ticket_id = town.report()

    async def cover(session: AsyncSession) -> None:
        ticket = await session.get_one(Ticket, ticket_id)
        ticket.warranty = {**ticket.warranty, "covered": True}

    town.write(cover)
    assert quoted(dora, ticket_id).status_code == 409


def test_a_visit_that_is_planned_is_taken_out_before_a_price_is_told(town: Town, dora: Desk) -> None:
    ticket_id = town.report()
    town.publish(DAY)
    assert quoted(dora, ticket_id).status_code == 409


@pytest.mark.parametrize(
    "values",
    [
        {"lines": []},
        {"lines": [{"text": "", "cents": 1}]},
        {"lines": [{"text": "less than nothing", "cents": -1}]},
        {"valid_until": "2020-01-01"},
        {"currency": "yuan"},
    ],
)
def test_a_quote_that_can_not_be_is_refused_and_changes_nothing(town: Town, dora: Desk, values: dict[str, Any]) -> None:
    ticket_id = town.report()
    assert quoted(dora, ticket_id, **values).status_code in (400, 422)
    assert job_state(town, ticket_id) is JobState.WAITING


def test_quotes_elsewhere_look_absent(town: Town, site: TestClient[Litestar]) -> None:
    elsewhere = town.report(territory_id=town.elsewhere_id, community="Elsewhere", where=5)
    offered = quoted(Desk(site, "mia"), elsewhere).json()["id"]
    dora = Desk(site, "dora")
    assert quoted(dora, elsewhere).status_code == 404
    assert dora.get(f"/api/v1/tickets/{elsewhere}/quotes").status_code == 404
    assert dora.post(f"/api/v1/quotes/{offered}/withdraw").status_code == 404


def actions_of(town: Town) -> set[str]:
    async def read(session: AsyncSession) -> set[str]:
        return set(await session.scalars(select(AuditEntry.action)))

    return town.write(read)

"""The first word with the owner stops the contact clock: who calls is spoken to, who writes waits for an answer."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Pocket, Town

from domain.audit import AuditEntry
from domain.tickets import Channel


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


def contact(dora: Desk, ticket_id: UUID) -> str | None:
    """When the contact clock stopped."""
    at: str | None = dora.get(f"/api/v1/tickets/{ticket_id}").json()["clocks"]["contact"]["met_at"]
    return at


def noted(town: Town, ticket_id: UUID) -> int:
    async def go(session: AsyncSession) -> int:
        found = await session.scalars(select(AuditEntry).where(AuditEntry.subject == ticket_id))
        return sum(one.action == "owner.contacted" for one in found)

    return town.write(go)


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.ON_SITE])
def test_whoever_reports_to_one_of_us_is_spoken_to(town: Town, dora: Desk, channel: Channel) -> None:
    assert contact(dora, town.report(channel=channel))


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.WECHAT, Channel.IMPORT, Channel.API])
def test_whoever_writes_waits_until_the_desk_notes_that_it_has_called_and_a_second_note_changes_nothing(
    town: Town, dora: Desk, channel: Channel
) -> None:
    ticket = town.report(channel=channel)
    assert contact(dora, ticket) is None
    first = dora.post(f"/api/v1/tickets/{ticket}/contact").json()["clocks"]["contact"]["met_at"]
    assert first
    assert dora.post(f"/api/v1/tickets/{ticket}/contact").json()["clocks"]["contact"]["met_at"] == first
    assert noted(town, ticket) == 1


def test_a_time_that_is_agreed_is_an_answer(town: Town, dora: Desk) -> None:
    ticket = town.report(channel=Channel.WEB)
    job = dora.get(f"/api/v1/tickets/{ticket}").json()["to_do"]["job_id"]
    times = dora.get(f"/api/v1/jobs/{job}/offers").json()["days"]
    slot = next(one for day in times for one in day["offers"])
    booked = dora.post(f"/api/v1/jobs/{job}/bookings", {"opens": slot["opens"], "closes": slot["closes"]})
    assert booked.status_code == 201, booked.text
    assert contact(dora, ticket)


def test_whoever_arrives_unannounced_has_spoken_with_the_owner(town: Town, dora: Desk) -> None:
    ticket = town.report(channel=Channel.WEB)
    town.publish()
    phone = next(one for one in (Pocket(dora, id_) for id_ in town.technicians) if one.stops())
    phone.send(phone.operation("arrive", phone.stops()[0]["visit_id"]))
    assert contact(dora, ticket)


def test_a_ticket_that_is_over_has_no_clock_to_stop(town: Town, dora: Desk) -> None:
    ticket = town.report(channel=Channel.WEB)
    town.publish()
    phone = next(one for one in (Pocket(dora, id_) for id_ in town.technicians) if one.stops())
    phone.send(phone.complete(phone.stops()[0]["visit_id"]))
    assert dora.post(f"/api/v1/tickets/{ticket}/contact").status_code == 409

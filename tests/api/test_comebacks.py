"""The same fault at the same home while its repair is watched: one ticket, by whatever channel it is told."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from after_repair import change, jobs_of, now, repair, ticket_of, watched_until_yesterday
from owner_browser import OwnerBrowser, link_for
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Town

from api.actions import intakes
from domain.comebacks import Comeback
from domain.intakes import KnownSender, Said, SaidKind
from domain.jobs import JobState
from domain.tickets import Channel, Ticket, TicketState
from domain.triage import Tier


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


@pytest.fixture
def repaired(town: Town, dora: Desk) -> UUID:
    ticket_id = town.report("slow-leak")
    repair(town, dora, ticket_id)
    assert ticket_of(town, ticket_id).state is TicketState.CLOSED
    return ticket_id


def told_again(town: Town, defect: str = "slow-leak", **told: Any) -> UUID:
    return town.report(defect, **{"reported_at": now()} | told)


def comebacks(town: Town) -> list[Comeback]:
    async def look(session: AsyncSession) -> list[Comeback]:
        return list(await session.scalars(select(Comeback).order_by(Comeback.number)))

    return town.write(look)


def test_a_fault_that_comes_back_opens_its_ticket_again_with_clocks_and_work_of_its_own(
    town: Town, repaired: UUID
) -> None:
    before = ticket_of(town, repaired)
    assert told_again(town, description="It drips again") == repaired
    after = ticket_of(town, repaired)
    assert (after.number, after.state, after.reopened_at is not None) == (before.number, TicketState.OPEN, True)
    assert (after.attended_at, after.repaired_at, after.watched_until) == (None, None, None)
    assert after.attend_due > before.attend_due - timedelta(seconds=1)
    assert after.reported_at == before.reported_at
    assert [(job.round, job.step, job.state) for job in jobs_of(town, repaired)] == [
        (1, 1, JobState.DONE),
        (2, 1, JobState.WAITING),
    ]
    (back,) = comebacks(town)
    assert before.repaired_at is not None
    assert (back.number, back.description, back.channel) == (1, "It drips again", Channel.PHONE)
    assert back.before["repaired_at"] == before.repaired_at.isoformat()


def test_a_repair_that_did_not_hold_costs_the_owner_nothing(town: Town, dora: Desk, repaired: UUID) -> None:
    told_again(town)
    verdict = ticket_of(town, repaired).warranty
    assert (verdict["covered"], verdict["payer"]) == (True, "developer")
    quote = {"lines": [{"text": "Again", "cents": 100}], "valid_until": (now().date() + timedelta(days=9)).isoformat()}
    assert dora.post(f"/api/v1/tickets/{repaired}/quotes", quote).status_code == 409


def test_the_same_fault_by_another_name_raises_the_tier_and_changes_the_work(town: Town, repaired: UUID) -> None:
    assert told_again(town, "heavy-leak") == repaired
    after = ticket_of(town, repaired)
    assert (after.tier, after.defect_code) == (Tier.EMERGENCY, "heavy-leak")
    assert jobs_of(town, repaired)[1].tier is Tier.EMERGENCY


@pytest.mark.parametrize(
    "other", [{"defect": "drain-blocked"}, {"where": 2}, {"elsewhere": True}], ids=["defect", "home", "elsewhere"]
)
def test_another_defect_home_or_place_is_a_ticket_of_its_own(town: Town, repaired: UUID, other: dict[str, Any]) -> None:
    assert told_again(town, **other) != repaired
    assert comebacks(town) == []


def test_on_the_last_day_of_the_watch_it_still_comes_back_and_afterwards_it_is_new(town: Town, repaired: UUID) -> None:
    change(town, repaired, watched_until=now().date() + timedelta(days=1))
    watched_until_yesterday(town, repaired)
    new = told_again(town)
    assert new != repaired
    change(town, new, state=TicketState.CANCELLED)
    change(town, repaired, watched_until=now().date() + timedelta(days=1))
    assert told_again(town) == repaired


def test_the_same_report_sent_again_comes_back_once(town: Town, repaired: UUID) -> None:
    told = {"source": "crm", "reference": "7"}
    assert told_again(town, **told) == told_again(town, **told) == repaired
    assert len(comebacks(town)) == 1


def test_it_can_come_back_twice_and_each_repair_is_watched_anew(town: Town, dora: Desk, repaired: UUID) -> None:
    told_again(town)
    repair(town, dora, repaired)
    assert ticket_of(town, repaired).watched_until is not None
    told_again(town)
    assert [back.number for back in comebacks(town)] == [1, 2]
    assert [job.round for job in jobs_of(town, repaired)] == [1, 2, 3]


def test_the_desk_typing_it_in_sees_the_old_number_and_who_was_there(town: Town, dora: Desk, repaired: UUID) -> None:
    body = {
        "territory_id": str(town.territory_id),
        "community": "Old Harbour",
        "address": "1 Quay Street",
        "defect": "slow-leak",
        "description": "again",
        "contact_phone": "13900000000",
    }
    answer = dora.post("/api/v1/tickets", body)
    assert (answer.status_code, answer.json()["ticket"]["id"]) == (201, str(repaired))
    (back,) = answer.json()["comebacks"]
    assert back["technician"].startswith("Technician T")
    assert (back["defect_en"], back["channel"]) == ("Slow leak from a pipe", "phone")
    assert ticket_of(town, repaired).contact_phone == "13900000000"
    assert dora.post("/api/v1/tickets", body | {"elsewhere": True}).json()["ticket"]["id"] != str(repaired)


def test_the_owner_says_it_with_one_tap_and_chooses_a_time_at_once(town: Town, dora: Desk, repaired: UUID) -> None:
    owner = OwnerBrowser(dora.client, link_for(dora, repaired))
    assert owner.ticket()["may"]["come_back"] is True
    said = {"reference": str(uuid4()), "description": "又漏了"}
    assert owner.post("came-back", said).status_code == 204
    assert owner.post("came-back", said).status_code == 204  # sent again, because the answer got lost
    ticket = owner.ticket()
    assert (ticket["came_back"]["times"], ticket["may"]["come_back"], ticket["may"]["rate"]) == (1, False, False)
    assert ticket["came_back"]["technician"].startswith("Technician T")
    assert owner.post("booking", owner.times()[0]).status_code == 201
    assert owner.post("came-back", {"reference": str(uuid4())}).status_code == 409
    assert len(comebacks(town)) == 1


def test_the_owner_can_not_say_it_once_the_watch_is_over(town: Town, dora: Desk, repaired: UUID) -> None:
    watched_until_yesterday(town, repaired)
    owner = OwnerBrowser(dora.client, link_for(dora, repaired))
    assert owner.ticket()["may"]["come_back"] is False
    assert owner.post("came-back", {"reference": str(uuid4())}).status_code == 409


def test_what_a_page_types_never_changes_whom_codes_are_sent_to(town: Town, dora: Desk, repaired: UUID) -> None:
    told_again(town, channel=Channel.WEB, contact_phone="13911111111")
    assert ticket_of(town, repaired).contact_phone == "13812340000"


def test_a_follower_s_word_in_wechat_opens_it_again(town: Town, repaired: UUID) -> None:
    async def hear(session: AsyncSession) -> UUID | None:
        home_id = (await session.get_one(Ticket, repaired)).home_id
        session.add(
            KnownSender(
                channel=Channel.WECHAT, sender="o1", home_id=home_id, contact_name="", contact_phone="",
                known_since=now(),
            )
        )  # fmt: skip
        await session.flush()
        said = Said(
            channel=Channel.WECHAT, sender="o1", event_id="1", kind=SaidKind.TEXT, text="厨房管道渗漏", said_at=now(),
            received_at=now(),
        )  # fmt: skip
        heard = await intakes.hear(session, said)
        return heard.ticket.id if heard.ticket else None

    assert town.write(hear) == repaired
    assert [back.channel for back in comebacks(town)] == [Channel.WECHAT]


def test_it_counts_against_first_time_fix(town: Town, dora: Desk, repaired: UUID) -> None:
    other = town.report("slow-leak", where=3)
    repair(town, dora, other)
    span = {"since": DAY.isoformat(), "until": DAY.isoformat()}
    assert dora.get("/api/v1/first-time-fix", **span).json() == {"needed": 2, "fixed": 2, "came_back": 0}
    told_again(town)
    assert dora.get("/api/v1/first-time-fix", **span).json() == {"needed": 2, "fixed": 1, "came_back": 1}
    backwards = {"since": DAY.isoformat(), "until": "2020-01-01"}
    assert dora.get("/api/v1/first-time-fix", **backwards).status_code in (400, 422)


def watched(desk: Desk, town: Town, **where: str) -> list[dict[str, Any]]:
    answer = desk.get("/api/v1/watched-repairs", **{"territory_id": str(town.territory_id)} | where)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def home_words(desk: Desk, ticket_id: UUID) -> dict[str, str]:
    ticket = desk.get(f"/api/v1/tickets/{ticket_id}").json()["ticket"]
    return {name: ticket[name] for name in ("community", "address", "unit")}


def test_the_desk_is_told_which_ticket_a_report_from_there_would_open_again(
    town: Town, dora: Desk, repaired: UUID
) -> None:
    where = home_words(dora, repaired)
    (one,) = watched(dora, town, **where)
    assert (one["number"], one["defect"]["code"]) == (ticket_of(town, repaired).number, "slow-leak")
    assert "slow-leak" in one["same"]
    assert "light-fitting" not in one["same"]
    assert watched(dora, town, **where | {"unit": "nowhere"}) == []
    watched_until_yesterday(town, repaired)
    assert watched(dora, town, **where) == []


def test_a_home_of_a_territory_that_is_not_theirs_tells_a_dispatcher_nothing(
    town: Town, dora: Desk, repaired: UUID
) -> None:
    where = home_words(dora, repaired) | {"territory_id": str(town.elsewhere_id)}
    assert dora.get("/api/v1/watched-repairs", **where).status_code == 404


def test_the_owners_page_says_which_ticket_opens_again_and_takes_that_it_is_another_fault(
    town: Town, dora: Desk, repaired: UUID
) -> None:
    home_id = dora.get(f"/api/v1/tickets/{repaired}").json()["ticket"]["home_id"]
    link = dora.post(f"/api/v1/homes/{home_id}/report-links").json()["url"].rpartition("/")[2]
    session = dora.client.post("/api/v1/owner/home/open", json={"token": link}).json()["session"]
    headers = {"Owner-Session": session}
    (one,) = dora.client.get("/api/v1/owner/home", headers=headers).json()["watched"]
    assert one["number"] == ticket_of(town, repaired).number
    report = {"reference": str(uuid4()), "defect": "slow-leak", "phone": "13912345678", "elsewhere": True}
    told = dora.client.post("/api/v1/owner/home/reports", json=report, headers=headers)
    assert told.status_code == 201, told.text
    assert told.json()["number"] != one["number"]
    assert ticket_of(town, repaired).state is TicketState.CLOSED

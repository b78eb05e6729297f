"""Calls after a repair: planned, asked by message, settled by the desk or with the owner's one tap."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from after_repair import change, now, repair, ticket_of
from litestar import Litestar
from litestar.testing import TestClient
from owner_browser import OwnerBrowser, link_for
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Town

from api.actions import nightly
from api.db.nightly import NightlyRun
from domain.follow_ups import FollowUp, FollowUpState, Occasion, RainyDay
from domain.messages import Message
from domain.people import Technician
from domain.tickets import TicketState
from domain.watch import watch_of

TODAY = now().date()


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()

    async def forget(session: AsyncSession) -> None:
        for table in (NightlyRun, RainyDay):
            for row in await session.scalars(select(table)):
                await session.delete(row)

    town.write(forget)


def repaired(town: Town, desk: Desk, defect: str = "slow-leak", where: int = 1) -> UUID:
    ticket_id = town.report(defect, where=where)
    repair(town, desk, ticket_id)
    return ticket_id


def learn_waterproofing(town: Town) -> None:
    async def learn(session: AsyncSession) -> None:
        for one in await session.scalars(select(Technician)):
            one.skills = [*{*one.skills, "waterproofing"}]

    town.write(learn)


def calls(town: Town) -> list[FollowUp]:
    async def look(session: AsyncSession) -> list[FollowUp]:
        return list(await session.scalars(select(FollowUp).order_by(FollowUp.occasion)))

    return town.write(look)


def make_due(town: Town, on: date = TODAY) -> None:
    async def go(session: AsyncSession) -> None:
        await session.execute(update(FollowUp).values(due_on=on))

    town.write(go)


def messages(town: Town) -> list[Message]:
    async def look(session: AsyncSession) -> list[Message]:
        return list(await session.scalars(select(Message).where(Message.kind == "stayed_fixed")))

    return town.write(look)


def settle(desk: Desk, call: Any, outcome: str, note: str = "") -> Any:
    number = call["id"] if isinstance(call, dict) else call.id
    return desk.post(f"/api/v1/follow-ups/{number}/outcome", {"outcome": outcome, "note": note})


def test_a_call_is_planned_for_the_last_day_of_the_watch(town: Town, dora: Desk) -> None:
    ticket_id = repaired(town, dora)
    (one,) = calls(town)
    assert (one.occasion, one.due_on) == (Occasion.WATCH_END, TODAY + watch_of("slow-leak").length)
    assert one.due_on == ticket_of(town, ticket_id).watched_until
    assert dora.get("/api/v1/follow-ups").json()["calls"] == []


def test_a_due_call_is_listed_with_the_number_and_who_was_there(town: Town, dora: Desk) -> None:
    repaired(town, dora)
    make_due(town)
    (one,) = dora.get("/api/v1/follow-ups").json()["calls"]
    assert (one["contact_number"], one["occasion"], one["repaired_on"]) == ("13812340000", "watch_end", str(TODAY))
    assert one["technician"].startswith("Technician T")
    make_due(town, TODAY + timedelta(days=1))
    assert dora.get("/api/v1/follow-ups").json()["calls"] == []


def test_who_says_that_it_is_fixed_is_not_called_again(town: Town, dora: Desk) -> None:
    ticket_id = repaired(town, dora)
    make_due(town)
    assert settle(dora, calls(town)[0], "fixed").status_code == 204
    assert settle(dora, calls(town)[0], "fixed").status_code == 409
    assert calls(town)[0].state is FollowUpState.HELD
    assert ticket_of(town, ticket_id).state is TicketState.CLOSED


def test_who_says_that_it_came_back_has_the_ticket_open_again_even_after_the_watch(town: Town, dora: Desk) -> None:
    ticket_id = repaired(town, dora)
    change(town, ticket_id, watched_until=TODAY - timedelta(days=3))
    make_due(town)
    assert settle(dora, calls(town)[0], "came_back", "又漏了").status_code == 204
    assert ticket_of(town, ticket_id).state is TicketState.OPEN
    (back,) = dora.get(f"/api/v1/tickets/{ticket_id}").json()["comebacks"]
    assert (back["description"], back["channel"]) == ("又漏了", "phone")


def test_who_is_not_reached_is_called_again_tomorrow_and_given_up_after_the_third_time(town: Town, dora: Desk) -> None:
    repaired(town, dora)
    for tries in (1, 2):
        make_due(town)
        assert settle(dora, calls(town)[0], "not_reached").status_code == 204
        (one,) = calls(town)
        assert (one.state, one.tries, one.due_on) == (FollowUpState.PLANNED, tries, TODAY + timedelta(days=1))
    make_due(town)
    settle(dora, calls(town)[0], "not_reached", "nobody answers")
    assert (calls(town)[0].state, calls(town)[0].note) == (FollowUpState.NOT_REACHED, "nobody answers")


def test_a_leak_is_called_after_the_first_rain_too_and_only_one_that_was_repaired_before_it(
    town: Town, dora: Desk
) -> None:
    learn_waterproofing(town)
    repaired(town, dora, "damp-spot")
    rain, watch = sorted(calls(town), key=lambda one: one.due_on is not None)
    assert (rain.occasion, rain.due_on, watch.occasion) == (Occasion.FIRST_RAIN, None, Occasion.WATCH_END)
    place = f"/api/v1/territories/{town.territory_id}/rainy-days"
    assert dora.post(place, {"day": str(TODAY)}).json() == {"calls": 0}  # before the repair, perhaps

    async def yesterday(session: AsyncSession) -> None:
        await session.execute(update(FollowUp).values(since=TODAY - timedelta(days=1)))

    town.write(yesterday)
    assert dora.get("/api/v1/follow-ups").json()["rain"][0]["waiting"] == 1
    assert dora.post(place, {"day": str(TODAY)}).json() == {"calls": 1}
    assert dora.post(place, {"day": str(TODAY)}).json() == {"calls": 0}  # once
    (rained,) = [one for one in calls(town) if one.occasion is Occasion.FIRST_RAIN]
    assert rained.due_on == TODAY + timedelta(days=1)

    assert dora.post(f"{place}/{TODAY}/unmark").json() == {"calls": 1}  # it did not rain: they wait again
    assert dora.get("/api/v1/follow-ups").json()["rain"][0] | {"territory_id": ""} == {
        "territory_id": "",
        "waiting": 1,
        "last": None,
    }
    assert dora.post(f"{place}/{TODAY}/unmark").status_code == 404


def test_a_day_unmarked_leaves_calls_to_the_next_day_that_it_rained_and_those_already_asked(
    town: Town, dora: Desk
) -> None:
    place = f"/api/v1/territories/{town.territory_id}/rainy-days"
    first, second = TODAY - timedelta(days=2), TODAY - timedelta(days=1)
    learn_waterproofing(town)
    tickets = [repaired(town, dora, "damp-spot", where) for where in (1, 2)]

    async def days_ago(session: AsyncSession) -> None:
        await session.execute(update(FollowUp).values(since=TODAY - timedelta(days=4)))

    town.write(days_ago)
    assert [dora.post(place, {"day": str(day)}).json()["calls"] for day in (first, second)] == [2, 0]

    async def ask_one(session: AsyncSession) -> None:
        await session.execute(update(FollowUp).where(FollowUp.ticket_id == tickets[0]).values(asked_at=now()))

    town.write(ask_one)
    assert dora.post(f"{place}/{first}/unmark").json() == {"calls": 0}
    rain = [one for one in calls(town) if one.occasion is Occasion.FIRST_RAIN]
    asked, waits = sorted(rain, key=lambda one: tickets.index(one.ticket_id))
    assert (asked.due_on, waits.due_on) == (second, TODAY)


@pytest.mark.parametrize("days", [1, -15])
def test_a_day_that_is_not_there_yet_or_long_over_can_not_be_marked_as_rainy(town: Town, dora: Desk, days: int) -> None:
    place = f"/api/v1/territories/{town.territory_id}/rainy-days"
    refused = dora.post(place, {"day": str(TODAY + timedelta(days=days))})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")


def test_when_the_ticket_comes_back_nobody_is_called_about_the_repair_before(town: Town, dora: Desk) -> None:
    ticket_id = repaired(town, dora)
    town.report("slow-leak", reported_at=now())
    assert [one.state for one in calls(town)] == [FollowUpState.CANCELLED]
    repair(town, dora, ticket_id)
    assert sorted(one.state for one in calls(town)) == [FollowUpState.CANCELLED, FollowUpState.PLANNED]


def test_a_night_asks_owners_of_due_calls_once_and_makes_up_for_nights_that_nobody_worked(
    town: Town, dora: Desk
) -> None:
    repaired(town, dora)
    make_due(town, TODAY - timedelta(days=4))  # the worker was down for days
    assert town.territory_id in town.write(nightly.waiting, now())
    assert town.write(nightly.run, town.territory_id, 60) is True
    assert town.write(nightly.run, town.territory_id, 60) is False
    assert town.territory_id not in town.write(nightly.waiting, now())
    (asked,) = messages(town)
    assert "{link}" in asked.body
    assert asked.addresses == {"sms": "13812340000"}
    assert calls(town)[0].asked_at is not None


def test_the_owners_one_tap_settles_the_call(town: Town, dora: Desk) -> None:
    ticket_id = repaired(town, dora)
    owner = OwnerBrowser(dora.client, link_for(dora, ticket_id))
    assert owner.ticket()["may"]["say_it_held"] is False
    assert owner.post("stayed-fixed").status_code == 409
    make_due(town)
    assert owner.ticket()["may"]["say_it_held"] is True
    assert owner.post("stayed-fixed").status_code == 204
    assert owner.ticket()["may"]["say_it_held"] is False
    assert calls(town)[0].state is FollowUpState.HELD
    assert dora.get("/api/v1/follow-ups").json()["calls"] == []


def test_after_a_bad_rating_a_manager_calls_and_nobody_else(town: Town, dora: Desk, site: TestClient[Litestar]) -> None:
    ticket_id = repaired(town, dora)
    owner = OwnerBrowser(dora.client, link_for(dora, ticket_id))
    assert owner.post("rating", {"stars": 2, "remark": "muddy shoes"}).status_code == 201
    (call,) = [one for one in calls(town) if one.occasion is Occasion.LOW_RATING]
    assert dora.get("/api/v1/follow-ups").json()["calls"] == []
    assert settle(dora, call, "fixed").status_code == 403
    mia = Desk(site, "mia")
    (listed,) = mia.get("/api/v1/follow-ups").json()["calls"]
    assert (listed["stars"], listed["remark"]) == (2, "muddy shoes")
    assert settle(mia, call, "fixed").status_code == 204
    assert mia.get("/api/v1/follow-ups").json()["calls"] == []


@pytest.mark.parametrize(
    ("rating", "called"),
    [({"stars": 5}, False), ({"stars": 3}, False), ({"stars": 1}, True), ({"stars": 5, "solved": False}, True)],
)
def test_only_a_bad_word_plans_a_manager_s_call(town: Town, dora: Desk, rating: dict[str, Any], called: bool) -> None:
    ticket_id = repaired(town, dora)
    assert OwnerBrowser(dora.client, link_for(dora, ticket_id)).post("rating", rating).status_code == 201
    assert (Occasion.LOW_RATING in [one.occasion for one in calls(town)]) is called


def test_calls_elsewhere_look_absent(town: Town, dora: Desk, site: TestClient[Litestar]) -> None:
    repaired(town, dora)
    (one,) = calls(town)

    async def elsewhere(session: AsyncSession) -> None:
        await session.execute(update(FollowUp).values(territory_id=town.elsewhere_id, due_on=TODAY))

    town.write(elsewhere)
    assert dora.get("/api/v1/follow-ups").json()["calls"] == []
    assert settle(dora, one, "fixed").status_code == 404
    assert settle(dora, {"id": uuid4()}, "fixed").status_code == 404
    assert dora.post(f"/api/v1/territories/{town.elsewhere_id}/rainy-days", {"day": str(TODAY)}).status_code == 404
    assert len(Desk(site, "mia").get("/api/v1/follow-ups").json()["calls"]) == 1

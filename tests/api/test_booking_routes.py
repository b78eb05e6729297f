"""Bookings over HTTP: who may, what a refusal says, and what the phone and the published plan show."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from booking_desk import job_at
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town

from api.db.outbox import OutboxEvent
from domain.audit import AuditEntry
from domain.jobs import Job
from domain.people import Absence


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


def offers(desk: Desk, job_id: UUID) -> list[dict[str, Any]]:
    answer = desk.get(f"/api/v1/jobs/{job_id}/offers")
    assert answer.status_code == 200, answer.text
    return [offer for day in answer.json()["days"] for offer in day["offers"]]


def time_of(offer: dict[str, Any]) -> dict[str, str]:
    return {"opens": offer["opens"], "closes": offer["closes"]}


def lengthen(town: Town, *jobs: UUID) -> None:
    async def long(session: AsyncSession) -> None:
        for job in await session.scalars(select(Job).where(Job.id.in_(jobs))):
            job.duration = timedelta(hours=8)

    town.write(long)


def test_a_time_is_offered_held_booked_moved_and_cancelled(town: Town, dora: Desk) -> None:
    job_id = job_at(town, 1)
    path = f"/api/v1/jobs/{job_id}"
    first, second, *_ = (time_of(offer) for offer in offers(dora, job_id))
    held = dora.post(f"{path}/holds", first)
    assert held.status_code == 201
    assert dora.get(f"{path}/offers").json()["held"] == held.json()
    booked = dora.post(f"{path}/bookings", first)
    assert booked.status_code == 201
    assert time_of(booked.json()) == first
    now = dora.get(f"{path}/offers").json()
    assert (now["held"], now["promised"]) == (None, first)
    assert dora.post(f"{path}/bookings", second).status_code == 201
    cancelled = dora.post(f"{path}/bookings/cancel", {"reason": "away"})
    assert cancelled.status_code == 200
    told = dora.get(f"{path}/bookings").json()
    assert [(one["ended"], one["reason"]) for one in told] == [("cancelled", "away"), ("moved", "")]
    assert told[0]["booked_by"].startswith("staff:")

    async def traces(session: AsyncSession) -> tuple[list[str], list[str]]:
        told = select(AuditEntry.action).where(AuditEntry.subject == job_id).order_by(AuditEntry.seq)
        audit = await session.scalars(told)
        events = await session.scalars(select(OutboxEvent.kind).where(OutboxEvent.subject == job_id))
        return list(audit), list(events)

    audit, events = town.write(traces)
    assert audit == ["booking.made", "booking.moved", "booking.cancelled"]
    assert events == ["booking.made", "booking.made", "booking.cancelled"]


def test_a_held_time_can_be_let_go(town: Town, dora: Desk) -> None:
    first, second, third = (job_at(town, house) for house in (1, 2, 3))
    lengthen(town, first, second, third)
    offer = time_of(offers(dora, first)[0])
    for job_id in (first, second):
        assert dora.post(f"/api/v1/jobs/{job_id}/holds", offer).status_code == 201
    assert offer not in [time_of(one) for one in offers(dora, third)]
    token = dora.client.cookies.get("doorstep_csrf") or ""
    gone = dora.client.delete(f"/api/v1/jobs/{first}/holds", headers={"X-CSRF-Token": token})
    assert gone.status_code == 204
    assert offer in [time_of(one) for one in offers(dora, third)]


def test_who_comes_too_late_gets_the_other_times_with_the_refusal(town: Town, dora: Desk) -> None:
    first, second, third = (job_at(town, house) for house in (1, 2, 3))
    lengthen(town, first, second, third)
    offer = time_of(offers(dora, third)[0])
    for job_id in (first, second):
        dora.post(f"/api/v1/jobs/{job_id}/bookings", offer)
    for step in ("holds", "bookings"):
        refused = dora.post(f"/api/v1/jobs/{third}/{step}", offer)
        told = refused.json()
        assert (refused.status_code, told["code"]) == (409, "slot_taken")
        assert refused.headers["content-type"].startswith("application/problem+json")
        others = [time_of(one) for day in told["offers"] for one in day["offers"]]
        assert others
        assert offer not in others
        assert others == [time_of(one) for one in offers(dora, third)]


def test_another_territory_s_job_looks_absent_and_strangers_are_sent_to_the_door(
    town: Town, dora: Desk, site: TestClient[Litestar]
) -> None:
    job_id = job_at(town, 1, territory_id=town.elsewhere_id)
    chosen = {"opens": "2030-01-01T08:00:00Z", "closes": "2030-01-01T10:00:00Z"}
    for absent in (job_id, uuid4()):
        path = f"/api/v1/jobs/{absent}"
        assert dora.get(f"{path}/offers").status_code == 404
        assert dora.get(f"{path}/bookings").status_code == 404
        assert dora.post(f"{path}/holds", chosen).status_code == 404
        assert dora.post(f"{path}/bookings", chosen).status_code == 404
        assert dora.post(f"{path}/bookings/cancel", {}).status_code == 404
    phone = Pocket(dora, town.technicians[0])
    site.cookies.clear()
    assert site.get(f"/api/v1/jobs/{job_id}/offers").status_code == 401
    assert site.get(f"/api/v1/jobs/{job_id}/offers", headers=phone.headers).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"opens": "2030-01-01T08:00:00", "closes": "2030-01-01T10:00:00"}, 400),
        ({"opens": "2030-01-01T08:00:00Z"}, 400),
        ({"opens": "2030-01-01T08:00:00Z", "closes": "2030-01-01T10:00:00Z"}, 422),
        ({"opens": "0001-01-01T00:00:00Z", "closes": "9999-12-31T23:59:59Z"}, 422),
        ({"opens": "9999-12-31T23:59:59-23:59", "closes": "9999-12-31T23:59:59-23:59"}, 422),
        ({"opens": "0001-01-01T00:00:00+14:00", "closes": "0001-01-01T00:00:00+14:00"}, 422),
    ],
)
def test_a_time_that_makes_no_sense_is_refused_and_nothing_is_changed(
    town: Town, dora: Desk, body: dict[str, str], status: int
) -> None:
    job_id = job_at(town, 1)
    for step in ("holds", "bookings"):
        answer = dora.post(f"/api/v1/jobs/{job_id}/{step}", body)
        assert answer.status_code == status, answer.text
    assert dora.get(f"/api/v1/jobs/{job_id}/bookings").json() == []


def test_a_booking_on_a_published_day_is_on_the_phone_and_in_the_plan_at_once_and_gone_when_cancelled(
    town: Town, dora: Desk
) -> None:
    for house in (2, 3):
        town.report(where=house)
    plan_id = town.publish()
    job_id = job_at(town, 1)
    chosen = time_of(offers(dora, job_id)[0])
    assert dora.post(f"/api/v1/jobs/{job_id}/bookings", chosen).status_code == 201

    def on_phones() -> list[str]:
        pockets = [Pocket(dora, technician) for technician in town.technicians]
        return [stop["job_id"] for pocket in pockets for stop in pocket.stops() if stop]

    def in_plan() -> list[str]:
        routes = dora.get(f"/api/v1/plans/{plan_id}").json()["plan"]["routes"]
        return [stop["job_id"] for route in routes for stop in route["stops"]]

    assert sorted(on_phones()) == sorted(in_plan())
    assert str(job_id) in on_phones()
    assert len(on_phones()) == 3
    dora.post(f"/api/v1/jobs/{job_id}/bookings/cancel", {})
    assert len(on_phones()) == len(in_plan()) == 2
    assert str(job_id) not in in_plan()


def test_a_draft_made_before_a_booking_can_not_be_published_over_it(town: Town, dora: Desk) -> None:
    town.report(where=2)
    draft = town.plan(DAY)
    job_id = job_at(town, 1)
    dora.post(f"/api/v1/jobs/{job_id}/bookings", time_of(offers(dora, job_id)[0]))
    refused = dora.post(f"/api/v1/plans/{draft}/publish")
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_stale")
    assert "1 owners booked a time since this plan was made" in refused.json()["detail"]


def test_a_plan_that_can_not_keep_a_promise_any_more_is_not_published_until_somebody_has_called(
    town: Town, dora: Desk
) -> None:
    job_id = job_at(town, 1)
    dora.post(f"/api/v1/jobs/{job_id}/bookings", time_of(offers(dora, job_id)[0]))

    async def all_away(session: AsyncSession) -> None:
        session.add_all(Absence(technician_id=one, starts=DAY, ends=DAY) for one in town.technicians)

    town.write(all_away)
    refused = dora.post(f"/api/v1/plans/{town.plan(DAY)}/publish")
    assert (refused.status_code, refused.json()["code"]) == (409, "promise_broken")
    later = next(one for one in offers(dora, job_id) if not one["opens"].startswith(str(DAY)))
    assert dora.post(f"/api/v1/jobs/{job_id}/bookings", time_of(later)).status_code == 201
    assert dora.post(f"/api/v1/plans/{town.plan(DAY)}/publish").status_code == 200

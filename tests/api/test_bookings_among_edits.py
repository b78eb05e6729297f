"""Owners who choose times, dispatchers who move visits: one day, one set of rules, one record of what was decided."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import psycopg
import pytest
from booking_desk import at_desk
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town
from two_stops import rows

from api.actions import visits
from api.actions.visits import Place
from api.auth import Person
from api.db.outbox import OutboxEvent
from bench.booking_desk import BookingDesk, slots_of
from domain.audit import AuditEntry
from domain.bookings import Booking
from domain.errors import DomainError
from domain.jobs import Job, JobState, Visit, VisitState
from domain.people import Absence, Role, Staff

NEXT = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _published(town: Town) -> Iterator[None]:
    town.empty()
    for house in range(1, 5):
        town.report(where=house)
    town.publish()
    yield
    town.empty()


def standing(town: Town) -> list[Visit]:
    return sorted(rows(town, select(Visit).where(Visit.state != VisitState.CANCELLED)), key=lambda one: one.starts)


def away(town: Town, technician_id: UUID) -> None:
    """On the day after the published one."""

    async def add(session: AsyncSession) -> None:
        session.add(Absence(technician_id=technician_id, starts=NEXT, ends=NEXT))

    town.write(add)


def offers(desk: Desk, job_id: UUID, ahead: int) -> list[dict[str, Any]]:
    """Those of the published day (0) or of a later one."""
    times: list[dict[str, Any]] = desk.get(f"/api/v1/jobs/{job_id}/offers").json()["days"][ahead]["offers"]
    return times


def book(desk: Desk, job_id: UUID, ahead: int, which: int = 0) -> dict[str, Any]:
    time = offers(desk, job_id, ahead)[which]
    answer = desk.post(f"/api/v1/jobs/{job_id}/bookings", {"opens": time["opens"], "closes": time["closes"]})
    assert answer.status_code == 201, answer.text
    return time


def test_a_phone_that_contradicts_a_booking_is_told_that_the_owner_chose_another_time(dora: Desk, town: Town) -> None:
    visit = standing(town)[0]
    phone = Pocket(dora, visit.technician_id)
    dora = Desk(dora.client, "dora")
    away(town, visit.technician_id)
    book(dora, visit.job_id, ahead=1)
    [verdict] = phone.send(phone.complete(str(visit.id)))
    assert (verdict["status"], verdict["reason"]) == ("accepted_with_conflict", "visit_moved")
    [conflict] = dora.get("/api/v1/conflicts").json()
    decided = conflict["decided"]
    assert (decided["kind"], decided["through"], decided["by"]) == ("moved", "booking", "Dora")
    assert decided["to"] in {"Technician T1", "Technician T2"}


def test_a_phone_that_contradicts_a_time_given_back_is_told_so(dora: Desk, town: Town) -> None:
    job = standing(town)[0].job_id
    book(dora, job, ahead=0)
    [visit] = rows(town, select(Visit).where(Visit.job_id == job))
    phone = Pocket(dora, visit.technician_id)
    dora = Desk(dora.client, "dora")
    answer = dora.post(f"/api/v1/jobs/{job}/bookings/cancel", {"reason": "On holiday"})
    assert answer.status_code == 200, answer.text
    phone.send(phone.complete(str(visit.id)))
    [conflict] = dora.get("/api/v1/conflicts").json()
    decided = conflict["decided"]
    assert (decided["kind"], decided["through"], decided["said"]) == ("cancelled", "booking", "On holiday")


def test_a_dispatcher_who_saw_the_visit_before_it_was_booked_hears_who_booked_it(dora: Desk, town: Town) -> None:
    visit = standing(town)[0]
    book(dora, visit.job_id, ahead=0, which=-1)
    answer = dora.post(
        f"/api/v1/jobs/{visit.job_id}/place",
        {"day": str(DAY), "technician_id": str(visit.technician_id), "version": visit.version},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "changed_meanwhile")
    assert "Dora booked its time" in answer.json()["detail"]


def test_a_booking_is_told_to_the_desks_of_its_territory_for_the_day_it_leaves_too(dora: Desk, town: Town) -> None:
    visit = standing(town)[0]
    book(dora, visit.job_id, ahead=1)
    told = rows(town, select(OutboxEvent).where(OutboxEvent.kind.in_(["visit.moved", "booking.made"])))
    assert {event.territory_id for event in told} == {town.territory_id}
    assert {event.body["day"] for event in told if event.kind == "visit.moved"} == {str(DAY), str(NEXT)}
    assert [event.body["day"] for event in told if event.kind == "booking.made"] == [str(NEXT)]


def test_a_booked_visit_that_is_called_off_gives_its_time_back(dora: Desk, town: Town) -> None:
    job_id = standing(town)[0].job_id
    book(dora, job_id, ahead=0)
    [visit] = rows(town, select(Visit).where(Visit.job_id == job_id))
    answer = dora.post(f"/api/v1/jobs/{job_id}/cancel", {"version": visit.version, "reason": "Sold the flat"})
    assert answer.status_code == 204, answer.text
    [booking] = rows(town, Booking)
    assert (booking.ended, booking.reason) == ("cancelled", "Sold the flat")
    [job] = rows(town, select(Job).where(Job.id == job_id))
    assert (job.state, job.promised_from) == (JobState.CANCELLED, None)


def test_a_booked_visit_that_is_taken_back_keeps_its_promise_and_the_next_plan_too(dora: Desk, town: Town) -> None:
    job_id = standing(town)[0].job_id
    slot = book(dora, job_id, ahead=0, which=-1)
    [visit] = rows(town, select(Visit).where(Visit.job_id == job_id))
    assert dora.post(f"/api/v1/jobs/{job_id}/unassign", {"version": visit.version}).status_code == 204
    assert len(rows(town, select(Booking).where(Booking.ended_at.is_(None)))) == 1
    town.publish()
    [again] = [one for one in standing(town) if one.job_id == job_id]
    assert datetime.fromisoformat(slot["opens"]) <= again.starts <= datetime.fromisoformat(slot["closes"])


def test_a_booked_visit_goes_to_another_technician_within_its_slot_and_nowhere_else(dora: Desk, town: Town) -> None:
    job_id = standing(town)[0].job_id
    slot = book(dora, job_id, ahead=0, which=-1)
    [visit] = rows(town, select(Visit).where(Visit.job_id == job_id))
    (there,) = set(town.technicians) - {visit.technician_id}
    placing = {"day": str(DAY), "technician_id": str(there), "version": visit.version}
    early = (datetime.fromisoformat(slot["opens"]) - timedelta(hours=2)).isoformat()
    refused = dora.post(f"/api/v1/jobs/{job_id}/place", placing | {"starts_at": early})
    assert [place["where"] for place in refused.json()["places"]] == ["windows"]
    moved = dora.post(f"/api/v1/jobs/{job_id}/place", placing | {"starts_at": slot["opens"]})
    assert moved.status_code == 200, moved.text
    assert len(rows(town, select(Booking).where(Booking.ended_at.is_(None)))) == 1


def test_the_published_plan_shows_the_day_as_edits_left_it(dora: Desk, town: Town) -> None:
    visit, taken_back = standing(town)[:2]
    (there,) = set(town.technicians) - {visit.technician_id}
    placing = {"day": str(DAY), "technician_id": str(there), "version": visit.version, "position": 0}
    assert dora.post(f"/api/v1/jobs/{visit.job_id}/place", placing).status_code == 200
    version = next(one.version for one in standing(town) if one.id == taken_back.id)
    assert dora.post(f"/api/v1/jobs/{taken_back.job_id}/unassign", {"version": version}).status_code == 204
    plan = dora.get(f"/api/v1/plans/{visit.plan_id}").json()["plan"]
    shown = {
        (stop["job_id"], route["technician_id"], datetime.fromisoformat(stop["starts_at"]))
        for route in plan["routes"]
        for stop in route["stops"]
    }
    assert shown == {(str(one.job_id), str(one.technician_id), one.starts) for one in standing(town)}


def test_a_visit_is_taken_over_from_somebody_who_is_off(dora: Desk, town: Town) -> None:
    visit = standing(town)[0]

    async def ill(session: AsyncSession) -> None:
        session.add(Absence(technician_id=visit.technician_id, starts=DAY, ends=DAY))

    town.write(ill)
    (there,) = set(town.technicians) - {visit.technician_id}
    placing = {"day": str(DAY), "technician_id": str(there), "version": visit.version}
    answer = dora.post(f"/api/v1/jobs/{visit.job_id}/place", placing)
    assert answer.status_code == 200, answer.text
    [moved] = rows(town, select(AuditEntry).where(AuditEntry.subject == visit.id, AuditEntry.action == "visit.moved"))
    assert (moved.data["technician"], moved.data["to"]) == (str(visit.technician_id), str(there))


def test_owners_and_dispatchers_on_one_day_neither_wait_for_each_other_in_a_ring_nor_overlap(town: Town) -> None:
    [staff] = [one for one in rows(town, Staff) if one.username == "dora"]
    dora = Person(staff.id, "Dora", Role.DISPATCHER, frozenset({town.territory_id}))
    jobs = [visit.job_id for visit in standing(town)]
    before = deadlocks(town)

    async def at_once(desk: BookingDesk) -> int:
        async def edit() -> int:
            made = 0
            for number in range(12):
                visit = await desk.visit(jobs[number % 4])
                try:
                    assert visit is not None
                    there = Place(DAY, town.technicians[number % 2], number % 3)
                    await desk.database.write(visits.place, visit.job_id, there, visit.version, dora)
                    made += 1
                except DomainError:
                    pass
            return made

        async def choose(job_id: UUID) -> int:
            made = 0
            for number in range(6):
                try:
                    times = [slot for slot in slots_of(await desk.offers(job_id)) if slot.opens.date() == DAY]
                    await desk.book(job_id, times[number % len(times)])
                    made += 1
                except DomainError:
                    pass
            return made

        edited, *booked = await asyncio.gather(edit(), *map(choose, jobs))
        assert edited
        return sum(booked)

    assert at_desk(town, at_once)
    assert deadlocks(town) == before
    assert {visit.job_id for visit in standing(town)} == set(jobs)
    for technician in town.technicians:
        mine = [visit for visit in standing(town) if visit.technician_id == technician]
        assert all(one.ends <= two.starts for one, two in pairwise(mine))


def deadlocks(town: Town) -> int:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        found = connection.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        (count,) = found.fetchone() or (0,)
        return int(count)

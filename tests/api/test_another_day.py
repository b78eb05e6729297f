"""A visit goes to another day in one step: onto that day's plan, or to wait for it; a promise takes a reason."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Town
from two_stops import rows

from domain.audit import AuditEntry
from domain.jobs import Job, JobState, Visit, VisitState

NEXT = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _published(town: Town) -> None:
    town.empty()
    for house in range(1, 4):
        town.report(where=house)
    town.publish()


def live(town: Town) -> list[Visit]:
    return sorted(rows(town, select(Visit).where(Visit.state != VisitState.CANCELLED)), key=lambda one: one.starts)


def move(dora: Desk, visit: Visit, **told: Any) -> Any:
    told = {"day": str(NEXT), "version": visit.version} | told
    return dora.post(f"/api/v1/jobs/{visit.job_id}/another-day", told)


def job_of(town: Town, job_id: UUID) -> Job:
    [job] = rows(town, select(Job).where(Job.id == job_id))
    return job


def waiting(dora: Desk, town: Town, day: Any) -> set[str]:
    told = dora.get(f"/api/v1/days/{town.territory_id}/{day}").json()
    return {one["job_id"] for one in told["waiting"]}


def promise(town: Town, job_id: UUID) -> None:
    async def write(session: AsyncSession) -> None:
        job = await session.get_one(Job, job_id)
        job.promised_from = datetime.combine(DAY, time(8), tzinfo=UTC)
        job.promised_to = datetime.combine(DAY, time(16), tzinfo=UTC)

    town.write(write)


def test_onto_a_day_without_a_plan_it_waits_for_that_day_and_no_earlier_plan_takes_it(dora: Desk, town: Town) -> None:
    visit = live(town)[0]
    answer = move(dora, visit)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"day": str(NEXT), "placed": None}
    job = job_of(town, visit.job_id)
    assert (job.state, job.put_off_to) == (JobState.WAITING, NEXT)
    assert str(visit.job_id) not in waiting(dora, town, DAY)
    assert str(visit.job_id) in waiting(dora, town, NEXT)
    town.publish(DAY)
    assert visit.job_id not in {one.job_id for one in live(town)}
    town.publish(NEXT)
    [there] = [one for one in live(town) if one.job_id == visit.job_id]
    assert (there.day, job_of(town, visit.job_id).put_off_to) == (NEXT, None)


def test_onto_a_published_day_it_gets_the_cheapest_place_and_comes_back_where_it_was(dora: Desk, town: Town) -> None:
    visit = live(town)[0]
    town.report(where=9, reported_at=datetime.now(UTC))
    town.publish(NEXT)
    told = move(dora, visit).json()
    [there] = [one for one in live(town) if one.job_id == visit.job_id]
    assert (there.day, str(there.id)) == (NEXT, told["placed"]["visit_id"])
    back = move(dora, there, day=str(DAY), technician_id=str(visit.technician_id), starts_at=visit.starts.isoformat())
    assert back.status_code == 200, back.text
    [again] = [one for one in live(town) if one.job_id == visit.job_id]
    assert (again.day, again.technician_id, again.starts) == (DAY, visit.technician_id, visit.starts)
    of_the_job = select(AuditEntry).where(AuditEntry.subject == visit.job_id, AuditEntry.action == "job.put_off")
    assert {entry.data["to"] for entry in rows(town, of_the_job)} == {str(NEXT), str(DAY)}


def test_a_promise_for_another_day_takes_a_reason_and_is_given_back(dora: Desk, town: Town) -> None:
    visit = live(town)[0]
    promise(town, visit.job_id)
    refused = move(dora, visit)
    assert (refused.status_code, refused.json()["code"]) == (409, "move_refused")
    assert [one["where"] for one in refused.json()["places"]] == ["windows"]
    [same] = [one for one in live(town) if one.job_id == visit.job_id]
    assert (same.day, same.version) == (DAY, visit.version)  # nothing was changed
    answer = move(dora, visit, override="The owner rang: tomorrow suits her better")
    assert answer.status_code == 200, answer.text
    assert job_of(town, visit.job_id).promised_from is None
    [entry] = rows(town, select(AuditEntry).where(AuditEntry.action == "job.put_off").order_by(AuditEntry.seq))[-1:]
    assert (entry.data["to"], entry.data["override"]) == (str(NEXT), "The owner rang: tomorrow suits her better")


def test_who_saw_it_otherwise_hears_it_and_a_locked_visit_stays(dora: Desk, town: Town) -> None:
    visit = live(town)[0]
    assert move(dora, visit, version=visit.version + 7).json()["code"] == "changed_meanwhile"
    dora.post(f"/api/v1/jobs/{visit.job_id}/lock", {"version": visit.version, "locked": True})
    [locked] = [one for one in live(town) if one.job_id == visit.job_id]
    assert move(dora, locked).status_code == 409
    assert [one.day for one in live(town) if one.job_id == visit.job_id] == [DAY]


def test_a_day_that_is_over_or_its_own_is_refused_with_what_to_do(dora: Desk, town: Town) -> None:
    visit = live(town)[0]
    past = move(dora, visit, day=str(DAY - timedelta(days=9)))
    assert (past.status_code, "from today" in past.json()["detail"]) == (422, True)
    own = move(dora, visit, day=str(DAY))
    assert (own.status_code, "already" in own.json()["detail"]) == (422, True)


def test_somebody_else_s_job_is_not_found(dora: Desk, town: Town) -> None:
    job = town.report(territory_id=town.elsewhere_id, community="Far", address="1 Far Street")
    [one] = rows(town, select(Job).where(Job.ticket_id == job))
    assert dora.post(f"/api/v1/jobs/{one.id}/another-day", {"day": str(NEXT)}).status_code == 404

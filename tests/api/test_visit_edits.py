"""A dispatcher's own edits of a published day: judged, versioned, told to phones, and never lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town
from two_stops import rows

from api.actions import visits
from api.actions.visits import Place
from api.auth import Person
from api.db.engine import Database
from bench.edits import edits_during_solves
from domain.audit import AuditEntry
from domain.errors import ChangedMeanwhile, DomainError
from domain.jobs import Job, JobState, Visit, VisitState
from domain.people import Role, Staff
from domain.tickets import Ticket, TicketState


@pytest.fixture(autouse=True)
def _published(town: Town) -> None:
    town.empty()
    for house in range(1, 5):
        town.report(where=house)
    town.publish()


def dora_in(town: Town) -> Person:
    [who] = [one for one in rows(town, Staff) if one.username == "dora"]
    return Person(who.id, "Dora", Role.DISPATCHER, frozenset({town.territory_id}))


def live(town: Town) -> list[Visit]:
    return sorted(rows(town, select(Visit).where(Visit.state != VisitState.CANCELLED)), key=lambda one: one.starts)


def other(town: Town, technician_id: UUID) -> UUID:
    first, second = town.technicians
    return second if technician_id == first else first


def path(town: Town) -> str:
    return f"/api/v1/days/{town.territory_id}/{DAY}"


def placing(technician_id: UUID, version: int | None, **more: Any) -> dict[str, Any]:
    return {"day": str(DAY), "technician_id": str(technician_id), "version": version} | more


def test_a_visit_moves_to_another_technician_and_both_phones_hear_of_it(dora: Desk, town: Town) -> None:
    visit = live(town)[0]
    there = other(town, visit.technician_id)
    had, gets = Pocket(dora, visit.technician_id), Pocket(dora, there)
    dora = Desk(dora.client, "dora")
    answer = dora.post(f"/api/v1/jobs/{visit.job_id}/place", placing(there, visit.version, position=0))
    assert answer.status_code == 200, answer.text
    assert answer.json()["technician_id"] == str(there)
    assert str(visit.id) in {stop["visit_id"] for stop in gets.stops()}
    assert str(visit.id) not in {stop["visit_id"] for stop in had.stops() if stop}
    [moved] = rows(town, select(AuditEntry).where(AuditEntry.subject == visit.id, AuditEntry.action == "visit.moved"))
    assert (moved.data["technician"], moved.data["to"]) == (str(visit.technician_id), str(there))
    assert moved.actor.startswith("staff:")


def test_the_others_of_the_route_are_pushed_and_none_of_them_comes_sooner(dora: Desk, town: Town) -> None:
    first, *rest = live(town)
    answer = dora.post(
        f"/api/v1/jobs/{rest[-1].job_id}/place", placing(first.technician_id, rest[-1].version, position=0)
    )
    assert answer.status_code == 200, answer.text
    before = {visit.id: visit.starts for visit in (first, *rest[:-1])}
    now = {visit.id: visit for visit in live(town)}
    assert all(now[visit].starts >= starts for visit, starts in before.items())
    route = sorted((v for v in now.values() if v.technician_id == first.technician_id), key=lambda v: v.starts)
    assert [visit.position for visit in route] == list(range(1, len(route) + 1))
    assert route[0].job_id == rest[-1].job_id


def test_a_visit_that_somebody_else_changed_meanwhile_is_not_overwritten(dora: Desk, town: Town) -> None:
    visit = live(town)[0]
    there = other(town, visit.technician_id)
    assert dora.post(f"/api/v1/jobs/{visit.job_id}/place", placing(there, visit.version)).status_code == 200
    again = dora.post(f"/api/v1/jobs/{visit.job_id}/place", placing(visit.technician_id, visit.version))
    assert (again.status_code, again.json()["code"]) == (409, "changed_meanwhile")
    assert "Dora moved it" in again.json()["detail"]
    assert visit.id in {one.id for one in live(town) if one.technician_id == there}


def test_a_forbidden_move_says_why_and_needs_somebody_who_takes_it_on(dora: Desk, town: Town) -> None:
    town.report("heavy-leak", where=5)
    [job] = rows(town, select(Job).where(Job.state == JobState.WAITING))
    assert "plumbing" in job.skills
    electrician = town.technicians[1]
    refused = dora.post(f"/api/v1/jobs/{job.id}/place", placing(electrician, None))
    assert (refused.status_code, refused.json()["code"]) == (409, "move_refused")
    assert [place["where"] for place in refused.json()["places"]] == ["skills"]
    assert "Technician T2 lacks plumbing" in refused.json()["detail"]
    done = dora.post(f"/api/v1/jobs/{job.id}/place", placing(electrician, None, override="He did this one before."))
    assert done.status_code == 200, done.text
    [entry] = [one for one in rows(town, AuditEntry) if one.data.get("override")]
    assert entry.data["override"] == "He did this one before."


def test_a_promised_slot_is_not_left_without_an_override(dora: Desk, town: Town) -> None:
    visit = live(town)[0]

    async def promise(session: AsyncSession) -> None:
        job = await session.get_one(Job, visit.job_id)
        job.promised_from, job.promised_to = visit.starts, visit.starts + timedelta(minutes=30)

    town.write(promise)
    at = (visit.starts + timedelta(hours=4)).isoformat()
    refused = dora.post(f"/api/v1/jobs/{visit.job_id}/place", placing(visit.technician_id, visit.version, starts_at=at))
    assert [place["where"] for place in refused.json()["places"]] == ["windows"]


def test_an_exact_time_is_kept_and_one_that_overlaps_is_refused(dora: Desk, town: Town) -> None:
    first, last = live(town)[0], live(town)[-1]
    at = last.ends + timedelta(hours=1)
    answer = dora.post(
        f"/api/v1/jobs/{first.job_id}/place", placing(last.technician_id, first.version, starts_at=at.isoformat())
    )
    assert answer.status_code == 200, answer.text
    assert datetime.fromisoformat(answer.json()["starts_at"]) == at
    overlapping = (at + timedelta(minutes=5)).isoformat()
    version = next(visit.version for visit in live(town) if visit.id == last.id)
    refused = dora.post(
        f"/api/v1/jobs/{last.job_id}/place", placing(last.technician_id, version, starts_at=overlapping)
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "move_refused")


def test_what_a_technician_is_on_the_way_to_is_not_touched(dora: Desk, town: Town) -> None:
    visit = live(town)[0]
    phone = Pocket(dora, visit.technician_id)
    dora = Desk(dora.client, "dora")
    [verdict] = phone.send(phone.operation("depart", str(visit.id)))
    assert verdict["status"] == "applied"
    for what, body in (
        ("place", placing(other(town, visit.technician_id), visit.version + 1)),
        ("unassign", {"version": visit.version + 1}),
        ("cancel", {"version": visit.version + 1, "reason": "called off"}),
        ("lock", {"version": visit.version + 1, "locked": True}),
    ):
        answer = dora.post(f"/api/v1/jobs/{visit.job_id}/{what}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move"), what
    stale = dora.post(f"/api/v1/jobs/{visit.job_id}/unassign", {"version": visit.version})
    assert "said “depart”" in stale.json()["detail"]


def test_a_locked_visit_stays_until_it_is_unlocked_and_nothing_pushes_it(dora: Desk, town: Town) -> None:
    first, second, *_ = live(town)
    locked = dora.post(f"/api/v1/jobs/{first.job_id}/lock", {"version": first.version, "locked": True}).json()
    assert locked["locked"]
    there = placing(first.technician_id, locked["version"], position=0)
    assert dora.post(f"/api/v1/jobs/{first.job_id}/place", there).json()["code"] == "illegal_move"
    pushing = placing(first.technician_id, second.version, starts_at=first.starts.isoformat(), override="I want it")
    refused = dora.post(f"/api/v1/jobs/{second.job_id}/place", pushing).json()
    if refused.get("code"):
        assert refused["code"] == "move_refused"
    assert next(visit for visit in live(town) if visit.id == first.id).starts == first.starts
    opened = dora.post(f"/api/v1/jobs/{first.job_id}/lock", {"version": locked["version"], "locked": False}).json()
    assert not opened["locked"]


def test_a_visit_is_taken_back_and_placed_again(dora: Desk, town: Town) -> None:
    visit = live(town)[0]
    assert dora.post(f"/api/v1/jobs/{visit.job_id}/unassign", {"version": visit.version}).status_code == 204
    assert visit.job_id not in {one.job_id for one in live(town)}
    gone = dora.post(f"/api/v1/jobs/{visit.job_id}/place", placing(visit.technician_id, visit.version))
    assert gone.json()["code"] == "changed_meanwhile"
    assert dora.post(f"/api/v1/jobs/{visit.job_id}/place", placing(visit.technician_id, None)).status_code == 200


def test_a_cancelled_visit_ends_its_job_and_its_ticket_with_the_reason_on_record(dora: Desk, town: Town) -> None:
    visit = live(town)[0]
    body = {"version": visit.version, "reason": "The owner repaired it himself"}
    assert dora.post(f"/api/v1/jobs/{visit.job_id}/cancel", body).status_code == 204
    [job] = rows(town, select(Job).where(Job.id == visit.job_id))
    [ticket] = rows(town, select(Ticket).where(Ticket.id == job.ticket_id))
    assert (job.state, ticket.state) == (JobState.CANCELLED, TicketState.CANCELLED)
    [entry] = rows(
        town, select(AuditEntry).where(AuditEntry.subject == visit.id, AuditEntry.action == "visit.cancelled")
    )
    assert entry.data["reason"] == "The owner repaired it himself"


def test_a_technician_who_finishes_a_moved_visit_offline_is_a_conflict_with_the_dispatcher_s_name(
    dora: Desk, town: Town
) -> None:
    visit = live(town)[0]
    phone = Pocket(dora, visit.technician_id)
    dora = Desk(dora.client, "dora")
    there = placing(other(town, visit.technician_id), visit.version)
    assert dora.post(f"/api/v1/jobs/{visit.job_id}/place", there).status_code == 200
    [verdict] = phone.send(phone.complete(str(visit.id)))
    assert verdict["status"] == "accepted_with_conflict"
    [conflict] = dora.get("/api/v1/conflicts").json()
    assert conflict["decided"]["by"] == "Dora"
    assert conflict["decided"]["kind"] == "moved"


def test_what_if_and_the_move_itself_agree(dora: Desk, town: Town) -> None:
    town.report("heavy-leak", where=5)
    for job in rows(town, Job):
        told = dora.post(f"{path(town)}/what-if", {"job_id": str(job.id)}).json()
        assert {choice["technician"] for choice in told["choices"]} == {"Technician T1", "Technician T2"}
        for choice in told["choices"]:
            version = dora.post(f"{path(town)}/what-if", {"job_id": str(job.id)}).json()["version"]
            where = placing(choice["technician_id"], version, position=choice["position"])
            answer = dora.post(f"/api/v1/jobs/{job.id}/place", where)
            assert (answer.status_code == 200) == choice["allowed"], answer.text
            if not choice["allowed"]:
                assert [r["rule"] for r in choice["reasons"]] == [p["where"] for p in answer.json()["places"]]
                assert all(r["zh"] and r["en"] for r in choice["reasons"])


def test_what_is_not_there_or_not_hers_is_not_found(dora: Desk, town: Town) -> None:
    assert dora.get(f"/api/v1/days/{town.elsewhere_id}/{DAY}").status_code == 404
    assert dora.post(f"/api/v1/days/{uuid4()}/{DAY}/what-if", {"job_id": str(uuid4())}).status_code == 404
    assert dora.post(f"{path(town)}/what-if", {"job_id": str(uuid4())}).status_code == 422
    assert dora.post(f"/api/v1/jobs/{uuid4()}/place", placing(town.technicians[0], None)).status_code == 404
    visit = live(town)[0]
    nobody = dora.post(f"/api/v1/jobs/{visit.job_id}/place", placing(uuid4(), visit.version))
    assert nobody.status_code == 422, nobody.text


def test_two_dispatchers_on_one_route_lose_no_edit(town: Town) -> None:
    dora = dora_in(town)

    async def both(database: Database) -> list[Any]:
        async def edit(visit: Visit, there: UUID) -> Any:
            try:
                return await database.write(visits.place, visit.job_id, Place(DAY, there, 0), visit.version, dora)
            except DomainError as error:
                return error

        mine = live_now[:2]
        there = town.technicians[0]
        return await asyncio.gather(*(edit(visit, there) for visit in mine for _ in range(2)))

    live_now = live(town)
    answers = town.run(both)
    done = [one for one in answers if isinstance(one, Visit)]
    refused = [one for one in answers if not isinstance(one, Visit)]
    assert done
    assert refused
    assert all(isinstance(one, ChangedMeanwhile) for one in refused), refused
    now = live(town)
    assert len(now) == 4
    for technician in town.technicians:
        spans = sorted((v.starts, v.ends) for v in now if v.technician_id == technician)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_edits_during_solves_are_never_overwritten_by_a_stale_plan(town: Town) -> None:
    dora = dora_in(town)
    told = town.run(
        lambda database: edits_during_solves(database, town.territory_id, town.technicians, dora, DAY, edits=40)
    )
    print(f"\n{told}")
    assert told.made == 40
    assert (told.overwritten, told.overlaps) == (0, 0)
    assert len({visit.job_id for visit in live(town)}) == 4


def test_a_route_s_delay_reaches_the_later_stops_at_once(dora: Desk, town: Town) -> None:
    told = dora.get(path(town)).json()
    assert [visit["late"] for visit in told["visits"]] == [0, 0, 0, 0]
    assert all(visit["expected_start"] == visit["planned_start"] for visit in told["visits"])
    assert datetime.now(UTC) < datetime.fromisoformat(told["visits"][0]["planned_start"])

"""A running day that is upset gets a repair, line by line; nothing moves that a person has not accepted."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select
from town import DAY, Desk, Pocket, Town
from two_stops import rows

from api import clock
from domain.audit import AuditEntry
from domain.jobs import Job, JobState, Visit, VisitState
from domain.people import Absence


@pytest.fixture(autouse=True)
def _published(town: Town) -> None:
    """Both technicians have visits."""
    town.empty()
    for house in range(1, 5):
        town.report(where=house)
    town.publish()


def live(town: Town) -> list[Visit]:
    planned = select(Visit).where(Visit.state.not_in([VisitState.CANCELLED, VisitState.NO_ACCESS]))
    return sorted(rows(town, planned), key=lambda one: one.starts)


def repairs(town: Town) -> str:
    return f"/api/v1/days/{town.territory_id}/{DAY}/repairs"


def propose(dora: Desk, town: Town, **upset: Any) -> dict[str, Any]:
    answer = dora.post(repairs(town), upset)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def decide(dora: Desk, repair: dict[str, Any], accept: list[str], reject: list[str]) -> Any:
    return dora.post(f"/api/v1/repairs/{repair['id']}/decide", {"accept": accept, "reject": reject})


def holds(town: Town) -> None:
    """No visit overlaps another of its technician."""
    for technician in town.technicians:
        spans = sorted((v.starts, v.ends) for v in live(town) if v.technician_id == technician)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_who_is_ill_loses_all_visits_and_each_goes_where_the_dispatcher_ticks_it(dora: Desk, town: Town) -> None:
    ill = live(town)[0].technician_id
    mine = {str(visit.job_id) for visit in live(town) if visit.technician_id == ill}
    repair = propose(dora, town, kind="ill", technician_id=str(ill), note="flu")
    assert {move["job"] for move in repair["moves"]} == mine
    assert all(move["before"]["technician_id"] == str(ill) and move["rejected"] is None for move in repair["moves"])
    assert {visit.technician_id for visit in live(town)} >= {ill}  # nothing has changed yet
    first = repair["moves"][0]["job"]
    answer = decide(dora, repair, [first], [])
    assert answer.status_code == 200, answer.text
    placed = {str(visit.job_id): visit for visit in live(town)}
    assert placed[first].technician_id != ill
    assert not mine & placed.keys() - {first, *repair["moves"][0]["needs"]}
    rest = [job for job in mine if job not in placed]
    answer = decide(dora, repair, rest, [])
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "settled"
    assert {str(visit.job_id) for visit in live(town)} >= mine
    assert ill not in {visit.technician_id for visit in live(town)}
    assert [absence.reason for absence in rows(town, Absence)] == ["flu"]
    holds(town)


def test_a_rejected_line_leaves_the_day_that_can_be_driven(dora: Desk, town: Town) -> None:
    ill = live(town)[0].technician_id
    repair = propose(dora, town, kind="ill", technician_id=str(ill))
    answer = decide(dora, repair, [], [move["job"] for move in repair["moves"]])
    assert answer.json()["state"] == "settled"
    assert ill not in {visit.technician_id for visit in live(town)}
    waiting = {str(job.id) for job in rows(town, select(Job).where(Job.state == JobState.WAITING))}
    assert waiting == {move["job"] for move in repair["moves"]}
    holds(town)


def test_a_repair_expires_when_the_day_changes_in_another_way(dora: Desk, town: Town) -> None:
    visit = live(town)[0]
    repair = propose(dora, town, kind="ill", technician_id=str(visit.technician_id))
    dora.post(f"/api/v1/jobs/{visit.job_id}/lock", {"version": visit.version, "locked": True})
    answer = decide(dora, repair, [repair["moves"][0]["job"]], [])
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_stale")


def test_an_emergency_gets_a_place_among_the_others(dora: Desk, town: Town) -> None:
    town.report("power-outage", where=3)
    [job] = rows(town, select(Job).where(Job.state == JobState.WAITING))
    repair = propose(dora, town, kind="emergency", job_id=str(job.id))
    [line] = [move for move in repair["moves"] if move["job"] == str(job.id)]
    assert line["before"] is None
    assert line["accepted"] is not None
    assert decide(dora, repair, [str(job.id)], []).status_code == 200
    assert job.id in {visit.job_id for visit in live(town)}
    holds(town)


def test_an_overrun_pushes_what_comes_after_it_and_the_start_itself_stays(dora: Desk, town: Town) -> None:
    first = live(town)[0]
    before = {visit.id: visit.starts for visit in live(town)}
    repair = propose(dora, town, kind="overrun", job_id=str(first.job_id), minutes=90)
    assert decide(dora, repair, [], [move["job"] for move in repair["moves"]]).status_code == 200
    now = {visit.id: visit for visit in live(town)}
    assert now[first.id].starts == before[first.id]
    assert now[first.id].ends - now[first.id].starts == first.ends - first.starts + timedelta(minutes=90)
    pushed = [one for one in now.values() if one.technician_id == first.technician_id and one.id != first.id]
    assert all(visit.starts >= now[first.id].ends for visit in pushed)
    holds(town)


def test_who_is_said_to_be_behind_and_is_in_time_keeps_every_visit(dora: Desk, town: Town) -> None:
    before = {visit.id: (visit.technician_id, visit.starts) for visit in live(town)}
    repair = propose(dora, town, kind="behind", technician_id=str(live(town)[0].technician_id))
    assert (repair["moves"], repair["unavoidable"]) == ([], [])
    assert decide(dora, repair, [], []).status_code == 200
    assert {visit.id: (visit.technician_id, visit.starts) for visit in live(town)} == before


@pytest.mark.parametrize("kind", ["no_show", "cancelled"])
def test_a_visit_that_will_not_be_ends_and_says_so_to_the_phone(dora: Desk, town: Town, kind: str) -> None:
    first = live(town)[0]
    repair = propose(dora, town, kind=kind, job_id=str(first.job_id))
    assert decide(dora, repair, [move["job"] for move in repair["moves"]], []).status_code == 200
    [visit] = rows(town, select(Visit).where(Visit.id == first.id))
    [job] = rows(town, select(Job).where(Job.id == first.job_id))
    told = {
        "no_show": (VisitState.NO_ACCESS, JobState.WAITING),
        "cancelled": (VisitState.CANCELLED, JobState.CANCELLED),
    }
    assert (visit.state, job.state) == told[kind]
    holds(town)


def test_what_is_under_way_or_locked_does_not_move(dora: Desk, town: Town) -> None:
    first, second, *_ = live(town)
    phone = Pocket(dora, first.technician_id)
    dora = Desk(dora.client, "dora")
    [verdict] = phone.send(phone.operation("depart", str(first.id)))
    assert verdict["status"] == "applied"
    dora.post(f"/api/v1/jobs/{second.job_id}/lock", {"version": second.version, "locked": True})
    town.report("power-outage", where=3)
    [job] = rows(town, select(Job).where(Job.state == JobState.WAITING))
    repair = propose(dora, town, kind="emergency", job_id=str(job.id))
    assert not {str(first.job_id), str(second.job_id)} & {move["job"] for move in repair["moves"]}
    assert decide(dora, repair, [str(job.id)], []).status_code == 200
    now = {visit.id: visit for visit in live(town)}
    assert (now[first.id].starts, now[second.id].starts) == (first.starts, second.starts)


def test_what_makes_no_sense_is_refused_with_a_sentence(dora: Desk, town: Town) -> None:
    first = live(town)[0]
    for upset in (
        {"kind": "ill"},
        {"kind": "behind"},
        {"kind": "overrun", "job_id": str(first.job_id)},
        {"kind": "emergency", "job_id": str(first.job_id)},
        {"kind": "no_show", "job_id": str(town.territory_id)},
    ):
        answer = dora.post(repairs(town), upset)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
    repair = propose(dora, town, kind="ill", technician_id=str(first.technician_id))
    assert decide(dora, repair, ["nothing"], []).status_code == 422
    line = repair["moves"][0]["job"]
    assert decide(dora, repair, [line], [line]).status_code == 422
    assert repair["id"] in {one["id"] for one in dora.get(repairs(town)).json()}


def test_the_trail_says_who_moved_what(dora: Desk, town: Town) -> None:
    ill = live(town)[0].technician_id
    repair = propose(dora, town, kind="ill", technician_id=str(ill))
    decide(dora, repair, [move["job"] for move in repair["moves"]], [])
    [entry] = rows(
        town, select(AuditEntry).where(AuditEntry.action == "repair.decided", AuditEntry.subject == UUID(repair["id"]))
    )
    assert len(entry.data["accepted"]) == len(repair["moves"])
    moved = rows(town, select(AuditEntry).where(AuditEntry.action == "visit.moved", AuditEntry.actor == entry.actor))
    assert {one.data["technician"] for one in moved} >= {str(ill)}


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[Path]:
    """The site's clock, on the day itself, as a test sets it."""
    moment = tmp_path / "clock"
    clock.set_to(moment, datetime.combine(DAY, time(8), UTC))
    clock.follow(str(moment))
    yield moment
    clock.follow("")


def ahead(dora: Desk, town: Town, at_work: Path) -> Visit:
    """The first technician's second visit, begun half an hour before its time, since the first took no time at all."""
    mine = [visit for visit in live(town) if visit.technician_id == town.technicians[0]]
    first, second = mine[:2]
    phone = Pocket(dora, town.technicians[0])
    clock.set_to(at_work, first.starts)
    phone.send(phone.operation("start", str(first.id), at=clock.now().isoformat()))
    clock.set_to(at_work, first.starts + timedelta(minutes=2))
    phone.send(phone.complete(str(first.id)) | {"at": clock.now().isoformat()})
    phone.send(phone.operation("start", str(second.id), at=clock.now().isoformat()))
    return second


@pytest.mark.parametrize("upset", ["emergency", "overrun"])
def test_who_works_ahead_of_the_plan_takes_what_comes_next_into_the_time_won(
    site: TestClient[Litestar], town: Town, at_work: Path, upset: str
) -> None:
    for house in range(5, 13):
        town.report(where=house)
    town.publish()
    under_way = ahead(Desk(site, "dora"), town, at_work)
    dora = Desk(site, "dora")
    job_id = under_way.job_id
    if upset == "emergency":
        town.report("heavy-leak", where=2)  # only the first technician can
        [job_id] = [job.id for job in rows(town, select(Job).where(Job.state == JobState.WAITING))]
    repair = propose(dora, town, kind=upset, job_id=str(job_id), **({"minutes": 20} if upset == "overrun" else {}))
    answer = decide(dora, repair, [move["job"] for move in repair["moves"]], [])
    assert answer.status_code == 200, answer.text
    [now] = [visit for visit in live(town) if visit.id == under_way.id]
    assert (now.technician_id, now.state) == (under_way.technician_id, VisitState.STARTED)
    assert now.starts == now.started_at
    holds_for_what_comes(town)


def holds_for_what_comes(town: Town) -> None:
    """No visit that is under way or to come overlaps another of its technician."""
    for technician in town.technicians:
        mine = [one for one in live(town) if one.technician_id == technician and one.state is not VisitState.DONE]
        spans = sorted((one.starts, one.ends) for one in mine)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))

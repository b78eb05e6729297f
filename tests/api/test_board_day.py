"""What the board is told of a day, in one answer, and the verified ways to place what waits."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town

from domain.people import Absence


@pytest.fixture(autouse=True)
def _published(town: Town) -> None:
    town.empty()
    for house in range(1, 4):
        town.report(where=house)
    town.report("gas-smell", where=9)
    town.publish()


def told(desk: Desk, town: Town) -> Any:
    answer = desk.get(f"/api/v1/days/{town.territory_id}/{DAY}/board")
    assert answer.status_code == 200, answer.text
    return answer.json()


def fixes(desk: Desk, town: Town, job: str) -> Any:
    answer = desk.post(f"/api/v1/days/{town.territory_id}/{DAY}/fixes", {"job_id": job})
    assert answer.status_code == 200, answer.text
    return answer.json()["fixes"]


def test_one_answer_has_who_works_what_is_done_where_and_what_waits(dora: Desk, town: Town) -> None:
    day = told(dora, town)
    assert [one["name"] for one in day["technicians"]] == ["Technician T1", "Technician T2"]
    assert (len(day["live"]["visits"]), len(day["live"]["waiting"])) == (3, 1)
    jobs = {job["job_id"]: job for job in day["jobs"]}
    assert len(jobs) == 4
    for visit in day["live"]["visits"]:
        job = jobs[visit["job_id"]]
        assert job["community"] == "Old Harbour"
        assert job["address"].endswith("Quay Street")
        assert job["clocks"]["attend"]["planned"] == visit["expected_start"]
        assert job["version"] is None


def test_what_waits_says_the_plan_s_true_reason(dora: Desk, town: Town) -> None:
    day = told(dora, town)
    [left] = day["left_out"]
    assert left["job_id"] == day["live"]["waiting"][0]["job_id"]
    assert (left["reason"], left["defect"]["code"]) == ("no_technician_with_skill", "gas-smell")


def test_a_visit_of_somebody_who_is_ill_waits_with_the_version_that_moves_it(dora: Desk, town: Town) -> None:
    visit = told(dora, town)["live"]["visits"][0]
    town.write(ill, visit["technician_id"])
    day = told(dora, town)
    [job] = [one for one in day["jobs"] if one["job_id"] == visit["job_id"]]
    assert job["version"] == visit["version"]
    assert visit["job_id"] in {one["job_id"] for one in day["live"]["waiting"]}
    [way, *_] = fixes(dora, town, visit["job_id"])
    body = {"day": str(DAY), "technician_id": way["technician_id"], "position": way["position"]}
    placed = dora.post(f"/api/v1/jobs/{visit['job_id']}/place", body | {"version": job["version"]})
    assert placed.status_code == 200, placed.text


async def ill(session: AsyncSession, technician_id: str) -> None:
    session.add(Absence(technician_id=UUID(technician_id), starts=DAY, ends=DAY))


def test_the_newest_plan_is_told_beside_the_published_day(dora: Desk, town: Town) -> None:
    draft = town.plan()
    day = told(dora, town)
    assert (day["newest"]["id"], day["newest"]["state"]) == (str(draft), "draft")
    assert day["live"]["plan_id"] != str(draft)


def test_a_way_to_place_a_job_does_what_it_says(dora: Desk, town: Town) -> None:
    visit = told(dora, town)["live"]["visits"][0]
    job = visit["job_id"]
    taken = dora.post(f"/api/v1/jobs/{job}/unassign", {"version": visit["version"]})
    assert taken.status_code == 204, taken.text
    [first, *others] = fixes(dora, town, job)
    assert first["applies"]
    assert all(first["minutes"] <= other["minutes"] for other in others)
    body = {"day": str(DAY), "technician_id": first["technician_id"], "position": first["position"]}
    placed = dora.post(f"/api/v1/jobs/{job}/place", body).json()
    assert datetime.fromisoformat(placed["starts_at"]) == datetime.fromisoformat(first["starts_at"])


def test_a_skill_that_nobody_has_is_told_and_can_not_be_clicked(dora: Desk, town: Town) -> None:
    [waiting] = told(dora, town)["live"]["waiting"]
    found = fixes(dora, town, waiting["job_id"])
    assert [fix for fix in found if fix["applies"]] == []
    assert all(fix["en"] and fix["zh"] for fix in found)


def test_a_day_elsewhere_is_nobody_s_to_see(dora: Desk, town: Town) -> None:
    assert dora.get(f"/api/v1/days/{town.elsewhere_id}/{DAY}/board").status_code == 404
    body = {"job_id": str(town.elsewhere_id)}
    assert dora.post(f"/api/v1/days/{town.elsewhere_id}/{DAY}/fixes", body).status_code == 404


def test_what_a_phone_told_is_in_the_next_answer(dora: Desk, town: Town) -> None:
    visit = told(dora, town)["live"]["visits"][0]
    pocket = Pocket(dora, visit["technician_id"])
    pocket.send(pocket.operation("depart", visit["visit_id"]))
    dora = Desk(dora.client, "dora")
    [seen] = [one for one in told(dora, town)["live"]["visits"] if one["visit_id"] == visit["visit_id"]]
    assert seen["state"] == "travelling"
    assert seen["departed_at"]

"""A week and several territories in one act: each day once, no job on two days, all published or none."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Town
from two_stops import rows

from api.actions import planning
from domain.jobs import Job, Visit, VisitState
from domain.people import Absence, Technician
from domain.plans import Plan, PlanState


@pytest.fixture(autouse=True)
def _more_work_than_a_day_has(town: Town) -> None:
    """Seven jobs of four hours: two technicians do four of them a day."""
    town.empty()
    for house in range(1, 8):
        town.report(where=house)

    async def long(session: AsyncSession) -> None:
        for job in await session.scalars(select(Job)):
            job.duration = timedelta(hours=4)

    town.write(long)


def ask(desk: Desk, territories: list[UUID], days: int = 3, **told: Any) -> Any:
    body = {"territory_ids": list(map(str, territories)), "day": str(DAY), "days": days, "seconds": 0.4}
    return desk.post("/api/v1/plan-batches", body | told)


def asked(desk: Desk, territories: list[UUID], days: int = 3) -> dict[str, Any]:
    answer = ask(desk, territories, days)
    assert answer.status_code == 202, answer.text
    batch: dict[str, Any] = answer.json()
    return batch


def solve(town: Town, plan_id: str) -> PlanState:
    async def go(database: Any) -> PlanState:
        await planning.solve(database, UUID(plan_id), threads=1, osrm_url=None)
        async with database.read() as session:
            return (await session.get_one(Plan, UUID(plan_id))).state

    return town.run(go)


def ids(batch: dict[str, Any]) -> list[str]:
    return [one["plan"]["id"] for one in batch["plans"]]


def test_a_day_waits_for_the_one_before_it_and_leaves_its_work_alone(dora: Desk, town: Town) -> None:
    batch = asked(dora, [town.territory_id])
    first, second, third = ids(batch)
    assert solve(town, second) is PlanState.REQUESTED
    assert [solve(town, one) for one in (first, third, second, third)] == ["draft", "requested", "draft", "draft"]
    now = dora.get(f"/api/v1/plan-batches/{batch['id']}").json()["batch"]
    left = 7
    for one in now["plans"]:
        assert one["jobs"] == left
        left -= one["served"]
    assert (now["plans"][0]["served"], left) == (4, 0)


def test_a_week_is_published_as_one_act_and_no_job_is_on_two_days(dora: Desk, town: Town) -> None:
    batch = asked(dora, [town.territory_id])
    for one in ids(batch):
        solve(town, one)
    answer = dora.post("/api/v1/plans/publish", {"plan_ids": ids(batch)})
    assert answer.status_code == 200, answer.text
    assert {one["state"] for one in answer.json()} == {"published"}
    visits = rows(town, select(Visit).where(Visit.state == VisitState.PLANNED))
    assert Counter(visit.day for visit in visits)[DAY] == 4
    assert len({visit.job_id for visit in visits}) == 7


def test_one_stale_plan_and_none_is_published(dora: Desk, town: Town) -> None:
    batch = asked(dora, [town.territory_id], days=2)
    first, second = ids(batch)
    solve(town, first)
    solve(town, second)
    later = DAY + timedelta(days=1)

    async def ill_later(session: AsyncSession) -> None:
        session.add(Absence(technician_id=town.technicians[0], starts=later, ends=later))

    town.write(ill_later)
    answer = dora.post("/api/v1/plans/publish", {"plan_ids": [first, second]})
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_stale")
    assert answer.json()["detail"].startswith(f"Harbour, {later}: ")
    assert rows(town, Visit) == []
    assert dora.post(f"/api/v1/plans/{first}/publish").status_code == 200


def test_a_day_whose_neighbour_failed_is_planned_all_the_same(dora: Desk, town: Town) -> None:
    first, second = ids(asked(dora, [town.territory_id], days=2))

    async def fail(session: AsyncSession) -> None:
        _, attempt = await planning.claim(session, UUID(first)), 1
        await planning.give_up(session, UUID(first), attempt, PlanState.FAILED, "The roads are gone.")

    town.write(fail)
    assert solve(town, second) is PlanState.DRAFT
    assert dora.get(f"/api/v1/plans/{second}").json()["plan"]["jobs"] == 7


def test_a_manager_plans_all_territories_and_a_dispatcher_only_hers(town: Town, mia: Desk) -> None:
    batch = asked(mia, [town.territory_id, town.elsewhere_id], days=1)
    assert {one["plan"]["territory"] for one in batch["plans"]} == {"Harbour", "Elsewhere"}
    dora = Desk(mia.client, "dora")
    shown = dora.get(f"/api/v1/plan-batches/{batch['id']}").json()["batch"]
    assert {one["plan"]["territory"] for one in shown["plans"]} == {"Harbour"}
    before = len(rows(town, Plan))
    assert ask(dora, [town.territory_id, town.elsewhere_id]).status_code == 404
    assert len(rows(town, Plan)) == before
    foreign = next(one["plan"]["id"] for one in batch["plans"] if one["plan"]["territory"] == "Elsewhere")
    assert dora.post("/api/v1/plans/publish", {"plan_ids": [foreign]}).status_code == 404


def test_two_plans_of_one_day_are_not_published_together(dora: Desk, town: Town) -> None:
    answer = dora.post("/api/v1/plans/publish", {"plan_ids": [str(town.plan()), str(town.plan())]})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_stopped_batch_ends_with_what_it_has(dora: Desk, town: Town) -> None:
    batch = asked(dora, [town.territory_id], days=2)
    assert dora.post(f"/api/v1/plan-batches/{batch['id']}/stop").status_code == 200
    assert [solve(town, one) for one in ids(batch)] == ["draft", "draft"]
    assert all(plan.stop_asked for plan in rows(town, Plan))
    assert dora.post(f"/api/v1/plan-batches/{town.territory_id}/stop").status_code == 404


@pytest.mark.parametrize("told", [{"days": 0}, {"days": 15}, {"territory_ids": []}], ids=["none", "fifteen", "nowhere"])
def test_too_much_or_nothing_is_refused(dora: Desk, town: Town, told: dict[str, Any]) -> None:
    assert ask(dora, [town.territory_id], **told).status_code in (400, 422)
    assert rows(town, Plan) == []


def test_the_newest_batches_are_listed_first(dora: Desk, town: Town) -> None:
    first, second = asked(dora, [town.territory_id], 1), asked(dora, [town.territory_id], 1)
    assert [one["id"] for one in dora.get("/api/v1/plan-batches").json()] == [second["id"], first["id"]]


def test_publishing_does_not_count_as_a_change_of_the_team(dora: Desk, town: Town) -> None:
    """Else the second day of a week would be stale as soon as the first is published."""
    before = {one.id: one.version for one in rows(town, Technician)}
    town.publish()
    assert {one.id: one.version for one in rows(town, Technician)} == before

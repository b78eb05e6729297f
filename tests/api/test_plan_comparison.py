"""What if: a day made different can be compared with the real one, and never becomes it."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Town
from two_stops import rows

from api.actions import planning
from domain.jobs import Job, Visit
from domain.plans import Plan


@pytest.fixture(autouse=True)
def _busy(town: Town) -> None:
    """Three homes, near enough to each other."""
    town.empty()
    for house in range(1, 4):
        town.report(where=house)


def ask(dora: Desk, town: Town, variant: dict[str, Any] | None = None, **told: Any) -> Any:
    body = {"territory_id": str(town.territory_id), "day": str(DAY), "seconds": 0.4, "variant": variant}
    return dora.post("/api/v1/plans", body | told)


def what_if(dora: Desk, town: Town, **variant: Any) -> str:
    answer = ask(dora, town, variant)
    assert answer.status_code == 202, answer.text
    plan_id: str = answer.json()["id"]
    town.run(lambda database: planning.solve(database, UUID(plan_id), threads=1, osrm_url=None))
    shown = dora.get(f"/api/v1/plans/{plan_id}").json()["plan"]["plan"]
    assert shown["state"] == "draft", shown["failure"]
    return plan_id


def against(dora: Desk, first: object, second: object) -> dict[str, Any]:
    answer = dora.get(f"/api/v1/plans/{first}/against/{second}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def served(side: dict[str, Any]) -> int:
    return sum(tier["served"] for tier in side["tiers"])


def fill_the_day(town: Town) -> None:
    """Work of four hours each: the two technicians can't do six of these in a day of nine hours."""
    for house in range(4, 7):
        town.report(where=house)

    async def long(session: AsyncSession) -> None:
        for job in await session.scalars(select(Job)):
            job.duration = timedelta(hours=4)

    town.write(long)


def test_a_plan_is_the_same_as_itself(dora: Desk, town: Town) -> None:
    plan_id = town.plan()
    told = against(dora, plan_id, plan_id)
    assert told["first"] == told["second"]
    assert (told["moves"], told["only_first"], told["only_second"]) == ([], 0, 0)
    assert served(told["first"]) == 3
    assert told["first"]["travel_s"] == told["first"]["plan"]["terms"]["travel_s"]
    assert told["first"]["overtime_s"] == told["first"]["plan"]["terms"]["overtime_s"]


def test_one_technician_more_serves_what_two_could_not(dora: Desk, town: Town) -> None:
    fill_the_day(town)
    real = town.plan()
    more = what_if(dora, town, one_more={"like": str(town.technicians[0])})
    told = against(dora, real, more)
    assert (served(told["first"]), served(told["second"])) == (4, 6)
    assert (told["first"]["technicians"], told["second"]["technicians"]) == (2, 3)
    added = [move for move in told["moves"] if move["change"] == "added"]
    assert len(added) == 2
    new = {move["after"]["technician"] for move in told["moves"] if move["after"] and move["after"]["extra"]}
    assert new == {"Technician T1"}


def test_a_described_technician_has_their_own_home_hours_and_abilities(dora: Desk, town: Town) -> None:
    fill_the_day(town)
    described = {
        "like": str(town.technicians[0]),
        "home": {"latitude": 41.3, "longitude": -8.5},
        "starts": "13:00:00",
        "ends": "20:00:00",
        "abilities": ["electrical", "cert:electrician"],
    }
    shown = dora.get(f"/api/v1/plans/{what_if(dora, town, one_more=described)}").json()["plan"]
    [route] = [route for route in shown["routes"] if route["extra"]]
    assert len(route["stops"]) == 1  # of four hours, from one o'clock to eight
    assert route["stops"][0]["travel_m"] > 10_000


def test_overtime_makes_room_and_says_how_much_of_it_is_worked(dora: Desk, town: Town) -> None:
    fill_the_day(town)
    told = against(dora, town.plan(), what_if(dora, town, overtime={"minutes": 480}))
    assert (served(told["first"]), served(told["second"])) == (4, 6)
    assert told["first"]["overtime_s"] == 0
    assert told["second"]["overtime_s"] == told["second"]["plan"]["terms"]["overtime_s"] > 3600


def test_overtime_of_one_is_not_worked_by_the_other(dora: Desk, town: Town) -> None:
    fill_the_day(town)
    overtime = {"minutes": 300, "technician_id": str(town.technicians[1])}
    assert served(against(dora, town.plan(), what_if(dora, town, overtime=overtime))["second"]) == 5


def test_another_depot_changes_the_drives(dora: Desk, town: Town) -> None:
    depot = {"place": {"latitude": 41.5, "longitude": -8.61}}
    told = against(dora, town.plan(), what_if(dora, town, depot=depot))
    assert told["second"]["travel_s"] > told["first"]["travel_s"] + 3600


def test_what_a_what_if_found_is_never_published(dora: Desk, town: Town) -> None:
    more = what_if(dora, town, overtime={"minutes": 60})
    answer = dora.post(f"/api/v1/plans/{more}/publish")
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_move")
    both = dora.post("/api/v1/plans/publish", {"plan_ids": [more]})
    assert both.status_code == 409
    assert rows(town, Visit) == []

    async def behind_the_back(session: AsyncSession) -> None:
        await session.execute(text("UPDATE plans SET state = 'published' WHERE id = :id"), {"id": more})

    with pytest.raises(IntegrityError, match="variant_stays_a_draft"):
        town.write(behind_the_back)


def test_a_what_if_leaves_the_published_day_as_it_is(dora: Desk, town: Town) -> None:
    town.publish()
    before = [(v.id, v.version, v.technician_id, v.starts) for v in rows(town, select(Visit).order_by(Visit.id))]
    what_if(dora, town, one_more={"like": str(town.technicians[0])}, overtime={"minutes": 60})
    after = [(v.id, v.version, v.technician_id, v.starts) for v in rows(town, select(Visit).order_by(Visit.id))]
    assert before == after


@pytest.mark.parametrize(
    "variant",
    [
        {},
        {"overtime": {"minutes": 0}},
        {"overtime": {"minutes": 481}},
        {"overtime": {"minutes": 60, "technician_id": "00000000-0000-0000-0000-000000000000"}},
        {"one_more": {"like": "00000000-0000-0000-0000-000000000000"}},
        {"depot": {"place": {"latitude": 91, "longitude": 0}}},
        {"another": 1},
    ],
    ids=[
        "nothing",
        "no minutes",
        "too many minutes",
        "a stranger",
        "like one",
        "no place",
        "unknown",
    ],
)
def test_a_what_if_that_makes_no_sense_is_refused_before_anything_is_searched(
    dora: Desk, town: Town, variant: dict[str, Any]
) -> None:
    answer = ask(dora, town, variant)
    assert answer.status_code in (400, 422), answer.text
    assert rows(town, Plan) == []


def test_hours_that_end_before_they_start_are_refused(dora: Desk, town: Town) -> None:
    hours = {"like": str(town.technicians[0]), "starts": "14:00:00", "ends": "13:00:00"}
    answer = ask(dora, town, {"one_more": hours})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_promises_are_counted_and_who_breaks_one_is_named(dora: Desk, town: Town) -> None:
    real = town.plan()
    [first, *_] = dora.get(f"/api/v1/plans/{real}").json()["plan"]["routes"][0]["stops"]

    async def promise(session: AsyncSession) -> None:
        [job] = await session.scalars(select(Job).where(Job.id == UUID(first["job_id"])))
        job.promised_from = datetime.combine(DAY, time(15), tzinfo=UTC)
        job.promised_to = datetime.combine(DAY, time(16), tzinfo=UTC)

    town.write(promise)
    told = against(dora, town.plan(), real)
    assert (told["first"]["promises"], told["first"]["promises_kept"]) == (1, 1)
    assert (told["second"]["promises"], told["second"]["promises_kept"]) == (1, 0)
    [broken] = [move for move in told["moves"] if move["promise"] == "broken"]
    assert broken["job_id"] == first["job_id"]


def test_a_ticket_that_came_in_between_is_counted_apart(dora: Desk, town: Town) -> None:
    before = town.plan()
    town.report(where=9)
    told = against(dora, before, town.plan())
    assert (told["only_first"], told["only_second"]) == (0, 1)


def test_only_plans_of_one_day_with_a_result_are_compared(dora: Desk, town: Town) -> None:
    today, later = town.plan(), town.plan(DAY + timedelta(days=1))
    assert dora.get(f"/api/v1/plans/{today}/against/{later}").status_code == 422
    asked = ask(dora, town).json()["id"]
    answer = dora.get(f"/api/v1/plans/{today}/against/{asked}")
    assert answer.status_code == 422
    assert "requested" in answer.json()["detail"]
    assert dora.get(f"/api/v1/plans/{today}/against/{town.territory_id}").status_code == 404


def test_the_falling_cost_is_kept_with_the_plan(dora: Desk, town: Town) -> None:
    shown = dora.get(f"/api/v1/plans/{town.plan()}").json()["plan"]
    seconds, costs = zip(*shown["curve"], strict=True)
    assert list(seconds) == sorted(seconds)
    assert list(costs) == sorted(costs, reverse=True)
    assert costs[-1] == shown["plan"]["cost"]

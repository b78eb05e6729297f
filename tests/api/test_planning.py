"""A plan's life: requested, solved, drafted, published; stale ones discarded, begun work never moved."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Town

from api.actions import planning, publishing
from api.db.engine import Database
from api.queries.day import Day
from api.queries.day_problem import windows_of
from api.queries.plans import PlanView, show_plan
from domain.errors import DoubleBooked, IllegalMove, NotFound, PlanStale
from domain.jobs import Job, JobState, Visit, VisitState
from domain.people import Absence, Certificate, Technician
from domain.places import Territory
from domain.plans import Plan, PlanState


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


def view(town: Town, plan_id: UUID) -> PlanView:
    async def look(database: Database) -> PlanView:
        async with database.read() as session:
            return await show_plan(session, None, plan_id)

    return town.run(look)


def visits(town: Town) -> dict[UUID, Visit]:
    async def look(database: Database) -> dict[UUID, Visit]:
        async with database.read() as session:
            rows = await session.scalars(select(Visit).where(Visit.state != VisitState.CANCELLED))
            return {visit.job_id: visit for visit in rows}

    return town.run(look)


def plan_state(town: Town, plan_id: UUID) -> tuple[PlanState, str | None]:
    async def look(database: Database) -> tuple[PlanState, str | None]:
        async with database.read() as session:
            plan = await session.get_one(Plan, plan_id)
            return plan.state, plan.failure

    return town.run(look)


async def change_job(session: AsyncSession, **values: Any) -> None:
    job = (await session.scalars(select(Job).limit(1))).one()
    for name, value in values.items():
        setattr(job, name, value)


async def change_visit(session: AsyncSession, **values: Any) -> None:
    visit = (await session.scalars(select(Visit).order_by(Visit.position).limit(1))).one()
    for name, value in values.items():
        setattr(visit, name, value)


def test_a_day_is_planned_published_and_lands_on_the_phones(town: Town) -> None:
    for house in range(1, 7):
        town.report(where=house)
    plan_id = town.publish()
    plan = view(town, plan_id)
    assert (plan.jobs, plan.served, plan.unassigned) == (6, 6, [])
    assert plan_state(town, plan_id)[0] is PlanState.PUBLISHED
    placed = visits(town)
    assert len(placed) == 6
    assert {visit.technician_id for visit in placed.values()} <= set(town.technicians)


def test_a_job_that_nobody_can_do_is_left_out_with_the_true_reason(town: Town) -> None:
    town.report("range-faulty")
    left = view(town, town.plan()).unassigned
    assert [(one.reason) for one in left] == ["no_technician_with_skill"]


def test_a_certificate_must_be_valid_on_the_day_of_the_visit(town: Town) -> None:
    town.report("power-outage")
    assert view(town, town.plan(DAY)).served == 1
    in_a_year = DAY + timedelta(days=200)
    left = view(town, town.plan(in_a_year)).unassigned
    assert [one.reason for one in left] == ["no_valid_certificate"]


def test_an_absent_technician_gets_no_work(town: Town) -> None:
    town.report()

    async def away(session: AsyncSession) -> None:
        session.add(Absence(technician_id=town.technicians[0], starts=DAY, ends=DAY))

    town.write(away)
    routes = view(town, town.plan()).routes
    assert [route.technician_id for route in routes] == [town.technicians[1]]


def test_a_ticket_without_a_location_waits_outside_the_plan(town: Town) -> None:
    town.report(where=1)
    town.report(address="Somewhere", latitude=None, longitude=None)
    plan = view(town, town.plan())
    assert plan.jobs == 1
    assert "1 jobs need a location and are left out of this plan." in plan.plan.warnings


def test_a_job_whose_visit_ended_without_a_repair_is_planned_again_the_same_day(town: Town) -> None:
    town.report()
    town.publish()

    async def nobody_home(session: AsyncSession) -> None:
        visit = (await session.scalars(select(Visit))).one()
        visit.state = VisitState.NO_ACCESS
        (await session.get_one(Job, visit.job_id)).move(JobState.WAITING)

    town.write(nobody_home)
    assert view(town, town.publish()).served == 1


def test_a_promised_slot_is_a_hard_window_for_every_plan(town: Town) -> None:
    town.report()
    slot = datetime.combine(DAY, datetime.min.time(), tzinfo=UTC) + timedelta(hours=14)
    town.write(change_job, promised_from=slot, promised_to=slot + timedelta(minutes=30))
    [stop] = view(town, town.publish()).routes[0].stops
    assert slot <= stop.starts_at <= slot + timedelta(minutes=30)


def test_a_draft_is_stale_when_a_job_changed_since(town: Town) -> None:
    town.report()
    plan_id = town.plan()
    town.write(change_job, duration=timedelta(hours=2))
    with pytest.raises(PlanStale, match="Plan the day again"):
        town.write(publishing.publish, plan_id)
    assert visits(town) == {}


def test_two_drafts_of_one_day_can_not_both_be_published(town: Town) -> None:
    town.report()
    first, second = town.plan(), town.plan()
    town.write(publishing.publish, first)
    with pytest.raises(PlanStale):
        town.write(publishing.publish, second)
    assert plan_state(town, first)[0] is PlanState.PUBLISHED


def test_a_new_report_does_not_make_a_draft_stale(town: Town) -> None:
    town.report(where=1)
    plan_id = town.plan()
    town.report(where=2)
    town.write(publishing.publish, plan_id)
    assert len(visits(town)) == 1


def test_publishing_twice_is_refused(town: Town) -> None:
    town.report()
    plan_id = town.publish()
    with pytest.raises(IllegalMove):
        town.write(publishing.publish, plan_id)


@pytest.mark.parametrize("fixed", [{"locked": True}, {"state": VisitState.STARTED}, {"state": VisitState.TRAVELLING}])
def test_locked_and_begun_visits_stay_where_they_are_when_the_day_is_planned_again(
    town: Town, fixed: dict[str, Any]
) -> None:
    for house in range(1, 5):
        town.report(where=house)
    town.publish()
    town.write(change_visit, **fixed)
    before = {job: visit for job, visit in visits(town).items() if visit.fixed}
    assert len(before) == 1
    for house in range(5, 9):
        town.report("basin-sink", where=house)
    town.publish()
    after = visits(town)
    [(job, kept)] = before.items()
    assert (after[job].id, after[job].technician_id, after[job].during) == (kept.id, kept.technician_id, kept.during)
    assert len(after) == 8


def test_what_a_new_plan_leaves_out_waits_again(town: Town) -> None:
    town.report()
    town.publish()

    async def all_away(session: AsyncSession) -> None:
        session.add_all(Absence(technician_id=one, starts=DAY, ends=DAY) for one in town.technicians)

    town.write(all_away)
    town.publish()
    assert visits(town) == {}

    async def states(session: AsyncSession) -> list[JobState]:
        return list((await session.scalars(select(Job.state))).all())

    assert town.write(states) == [JobState.WAITING]


def test_a_late_attempt_changes_nothing(town: Town) -> None:
    town.report()
    plan = town.write(planning.request, town.territory_id, DAY, 1.0)

    async def overtaken(database: Database) -> None:
        first = await database.write(planning.claim, plan.id)
        assert first
        assert await database.write(planning.claim, plan.id) is None  # its lease still runs

        async def expire(session: AsyncSession) -> None:
            (await session.get_one(Plan, plan.id)).claimed_until = datetime.now(UTC) - timedelta(seconds=1)

        await database.write(expire)
        second = await database.write(planning.claim, plan.id)
        assert second
        assert second[0] == first[0] + 1
        day, problem, warnings = await database.write(planning.snapshot, plan.id, None)
        solution = await planning.search_for(database, plan.id, second[0], problem, 0.5, 1, 1, None)
        await database.write(planning.save, plan.id, first[0], day, problem, solution, warnings)
        async with database.read() as session:
            assert (await session.get_one(Plan, plan.id)).state is PlanState.SOLVING
        await database.write(planning.save, plan.id, second[0], day, problem, solution, warnings)

    town.run(overtaken)
    assert plan_state(town, plan.id)[0] is PlanState.DRAFT


def test_a_plan_that_ends_every_worker_that_takes_it_is_given_up(town: Town) -> None:
    town.report()
    plan = town.write(planning.request, town.territory_id, DAY, 1.0)

    async def lost(session: AsyncSession) -> None:
        (await session.get_one(Plan, plan.id)).claimed_until = datetime.now(UTC) - timedelta(seconds=1)

    for attempt in range(1, planning.MOST_ATTEMPTS + 1):
        assert (town.write(planning.claim, plan.id) or (0,))[0] == attempt
        town.write(lost)
    assert town.write(planning.claim, plan.id) is None
    state, failure = plan_state(town, plan.id)
    assert state is PlanState.FAILED
    assert "none came back" in (failure or "")


def test_a_solve_whose_day_moved_meanwhile_is_discarded_as_stale(town: Town) -> None:
    town.report()
    plan = town.write(planning.request, town.territory_id, DAY, 1.0)

    async def moved(database: Database) -> None:
        attempt, *_ = await database.write(planning.claim, plan.id) or (0, 0.0, 0)
        day, problem, warnings = await database.write(planning.snapshot, plan.id, None)
        await database.write(change_job, duration=timedelta(hours=3))
        solution = await planning.search_for(database, plan.id, attempt, problem, 0.5, 1, 1, None)
        with pytest.raises(PlanStale):
            await database.write(planning.save, plan.id, attempt, day, problem, solution, warnings)

    town.run(moved)


def test_the_database_itself_refuses_to_book_a_technician_twice(town: Town) -> None:
    for house in range(1, 5):
        town.report(where=house)
    town.publish()

    async def overlap(session: AsyncSession) -> None:
        first, second = (await session.scalars(select(Visit).limit(2))).all()
        second.technician_id, second.during = first.technician_id, first.during

    with pytest.raises(DoubleBooked):
        town.write(overlap)


def test_two_visits_may_swap_their_times_in_one_transaction(town: Town) -> None:
    for house in range(1, 5):
        town.report(where=house)
    town.publish()

    async def swap(session: AsyncSession) -> None:
        first, second = (await session.scalars(select(Visit).limit(2))).all()
        first.during, second.during = second.during, first.during
        first.technician_id, second.technician_id = second.technician_id, first.technician_id

    town.write(swap)


def test_visits_of_days_gone_by_that_never_began_wait_again(town: Town) -> None:
    town.report()
    town.publish()

    async def yesterday(session: AsyncSession) -> None:
        visit = (await session.scalars(select(Visit))).one()
        visit.day = visit.day - timedelta(days=3)

    town.write(yesterday)
    assert view(town, town.publish()).served == 1


def test_a_day_that_is_over_can_not_be_planned(dora: Desk, town: Town) -> None:
    answer = dora.post("/api/v1/plans", {"territory_id": str(town.territory_id), "day": "2020-01-01"})
    assert answer.status_code == 422
    assert "2020-01-01" in answer.json()["detail"]


def test_a_plan_that_is_not_there_is_not_found(town: Town) -> None:
    with pytest.raises(NotFound):
        town.write(publishing.publish, town.territory_id)


def test_a_draft_is_stale_when_a_certificate_was_withdrawn_since(town: Town) -> None:
    town.report()
    plan_id = town.plan()

    async def withdraw(session: AsyncSession) -> None:
        held = await session.scalars(select(Certificate).where(Certificate.technician_id == town.technicians[0]))
        for certificate in held:
            certificate.valid_to = DAY - timedelta(days=1)

    async def give_back(session: AsyncSession) -> None:
        for certificate in await session.scalars(select(Certificate)):
            certificate.valid_to = DAY + timedelta(days=100)

    town.write(withdraw)
    try:
        with pytest.raises(PlanStale):
            town.write(publishing.publish, plan_id)
    finally:
        town.write(give_back)


def test_technicians_change_their_version_when_they_change(town: Town) -> None:
    town.report()
    plan_id = town.plan()

    async def retrain(session: AsyncSession) -> None:
        technician = await session.get_one(Technician, town.technicians[0])
        technician.speed = 1.1 if technician.speed == 1.0 else 1.0

    town.write(retrain)
    with pytest.raises(PlanStale):
        town.write(publishing.publish, plan_id)


def test_a_promise_that_was_not_kept_does_not_make_its_job_wait_for_ever(town: Town) -> None:
    town.report()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    town.write(change_job, promised_from=yesterday, promised_to=yesterday + timedelta(hours=1))
    assert view(town, town.plan()).served == 1


def test_a_job_that_was_promised_for_another_day_leaves_the_day_it_was_planned_for(town: Town) -> None:
    town.report()
    town.publish()
    slot = datetime.combine(DAY + timedelta(days=1), datetime.min.time(), tzinfo=UTC) + timedelta(hours=10)
    town.write(change_job, promised_from=slot, promised_to=slot + timedelta(hours=1))
    town.publish()
    assert visits(town) == {}
    assert view(town, town.publish(DAY + timedelta(days=1))).served == 1


def test_a_due_of_years_ahead_does_not_stop_the_day_from_being_planned(town: Town) -> None:
    town.report()
    town.write(change_job, due=datetime.now(UTC) + timedelta(days=3650))
    assert view(town, town.plan()).served == 1


@pytest.mark.parametrize("clock", ["23:50", "23:59"])
def test_nothing_new_can_begin_late_in_the_evening_but_the_day_can_be_planned(clock: str) -> None:
    lisbon = Territory(name="Harbour", city="Porto", zone_name="Europe/Lisbon")
    today = Day(territory=lisbon, day=DAY, duties=[], jobs=[], visits=[], unlocated=[])
    now = datetime.combine(DAY, time.fromisoformat(clock), tzinfo=lisbon.zone)
    [(begins, ends)] = windows_of(today, Job(), now)
    assert begins == ends == 24 * 3600


def test_a_promised_slot_binds_until_it_is_over_and_no_longer() -> None:
    lisbon = Territory(name="Harbour", city="Porto", zone_name="Europe/Lisbon")
    today = Day(territory=lisbon, day=DAY, duties=[], jobs=[], visits=[], unlocated=[])
    nine = today.origin + timedelta(hours=9)
    job = Job(promised_from=nine, promised_to=nine + timedelta(hours=1))
    minutes = timedelta(minutes=1)
    assert windows_of(today, job, nine - 60 * minutes) == ((9 * 3600, 10 * 3600),)
    assert windows_of(today, job, nine + 50 * minutes) == ((10 * 3600, 10 * 3600),)
    assert windows_of(today, job, nine + 65 * minutes) == (((10 * 60 + 20) * 60, 24 * 3600),)


def test_a_draft_of_a_day_that_is_over_can_not_be_published(town: Town) -> None:
    town.report()
    plan_id = town.plan()

    async def days_later(session: AsyncSession) -> None:
        plan = await session.get_one(Plan, plan_id)
        plan.day, plan.snapshot = DAY - timedelta(days=3), {}

    town.write(days_later)
    with pytest.raises(PlanStale, match="is over"):
        town.write(publishing.publish, plan_id)
    assert visits(town) == {}

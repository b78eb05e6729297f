"""The after-sales report, counted by hand on a small town: each number on a case where naive counting is wrong."""

from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import redis
from after_repair import change, now, repair
from errand_worker import settled
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Town
from two_stops import rows

from api.actions import errands, reports, retention
from api.auth import Person
from api.db.engine import Database
from api.queries.comebacks import first_time_fix
from api.queries.reports.cases import Case, Period, clock_case, counted
from api.queries.reports.report import count_cases
from api.settings import Settings
from bench.workers import Workers
from domain.bookings import Booking, BookingEnd
from domain.clock_pauses import ClockPause
from domain.errands import Errand, ErrandKind, ErrandState
from domain.jobs import Job, Visit, VisitState
from domain.measures import Unit, measures
from domain.people import Role, Staff
from domain.ratings import Rating
from domain.tickets import Channel, TicketState
from domain.triage import Tier

HOUR = timedelta(hours=1)
TODAY = now().date()


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()

    async def no_errands(session: AsyncSession) -> None:
        for one in await session.scalars(select(Errand)):
            await session.delete(one)

    town.write(no_errands)


def told(
    town: Town, *, at: datetime | None = None, since: Any = None, until: Any = None
) -> dict[str, tuple[float, float]]:
    """Part and whole of each measure."""
    period = Period(since or TODAY - timedelta(days=40), until or TODAY + timedelta(days=40), at or now())

    async def go(session: AsyncSession) -> list[Case]:
        return await count_cases(session, [town.territory_id], period)

    return counted(town.write(go), lambda _: "all").get("all", {})


def test_cancelled_tickets_and_those_that_were_closed_elsewhere_count_nowhere(town: Town) -> None:
    town.report(where=1)
    cancelled, elsewhere = town.report(where=2), town.report(where=3)
    change(town, cancelled, state=TicketState.CANCELLED, attend_due=now() - HOUR)
    change(town, elsewhere, state=TicketState.CLOSED, repaired_at=now() + 300 * 24 * HOUR)
    assert told(town)["reported"] == (1, 1)
    assert told(town)["closed"] == (0, 1)
    late = told(town, at=now() + timedelta(days=35))
    assert (late["attend_in_time"], late["repair_in_time"]) == ((0, 1), (0, 1))
    assert "repair_hours" not in late


def test_a_clock_that_still_runs_is_neither_met_nor_missed(town: Town) -> None:
    ticket = town.report()
    assert "attend_in_time" not in told(town)
    change(town, ticket, attend_due=now() - HOUR)
    assert told(town)["attend_in_time"] == (0, 1)
    change(town, ticket, attended_at=now() - 2 * HOUR)
    assert told(town)["attend_in_time"] == (1, 1)


def test_a_clock_that_stands_still_is_not_missed_unless_it_had_run_out_before(town: Town) -> None:
    ticket = town.report()
    past = now() - HOUR
    change(town, ticket, attend_due=past, contacted_at=None, contact_due=past, repair_due=past)

    async def pause(session: AsyncSession, starts: datetime) -> None:
        for old in await session.scalars(select(ClockPause)):
            await session.delete(old)
        await session.flush()
        session.add(
            ClockPause(
                ticket_id=ticket, reason="owner", agreed_by="Zhang", agreed_by_channel=Channel.PHONE, starts=starts
            )
        )

    town.write(pause, now() - 2 * HOUR)
    assert "attend_in_time" not in told(town)
    assert "repair_in_time" not in told(town)
    assert told(town)["contact_in_time"] == (0, 1), "an owner can always be called"
    town.write(pause, now() - HOUR / 2)
    assert (told(town)["attend_in_time"], told(town)["repair_in_time"]) == ((0, 1), (0, 1))


def test_a_repair_that_came_back_keeps_its_first_clocks_and_counts_against_first_time_fix(
    town: Town, dora: Desk
) -> None:
    ticket = town.report("slow-leak")
    repair(town, dora, ticket)
    before = told(town)
    assert (before["repair_in_time"], before["first_time_fix"], before["came_back"]) == ((1, 1), (1, 1), (0, 1))
    assert before["closed"] == (1, 1)
    assert town.report("slow-leak", reported_at=now()) == ticket
    change(town, ticket, attend_due=now() - HOUR, repair_due=now() + HOUR)
    after = told(town)
    assert after["attend_in_time"] == (1, 2), "the first time in time, the second late"
    assert after["repair_in_time"] == (1, 1), "the second still runs"
    assert (after["first_time_fix"], after["came_back"], after["closed"]) == ((0, 1), (1, 1), (0, 1))
    assert after["reported"] == (1, 1), "it is one ticket"

    async def as_the_desk_has_it(session: AsyncSession) -> Any:
        return await first_time_fix(session, MANAGER, TODAY - timedelta(days=40), TODAY + timedelta(days=40))

    desk = town.write(as_the_desk_has_it)
    assert (desk.fixed, desk.needed) == after["first_time_fix"]


MANAGER = Person(UUID(int=0), "", Role.MANAGER, None)


def test_a_period_ends_with_its_last_day_on_the_territory_s_calendar(town: Town) -> None:
    midnight = datetime.combine(TODAY - timedelta(days=3), time(), tzinfo=town_zone())
    town.report(where=1, reported_at=midnight)
    town.report(where=2, reported_at=midnight - timedelta(seconds=1))
    day = midnight.date()
    assert told(town, since=day, until=day)["reported"] == (1, 1)
    assert told(town, since=day - timedelta(days=1), until=day - timedelta(days=1))["reported"] == (1, 1)
    assert told(town, since=day - timedelta(days=1), until=day)["reported"] == (2, 2)


def town_zone() -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo("Europe/Lisbon")


def test_promises_are_kept_by_who_came_in_time_and_not_judged_where_the_owner_moved_them(town: Town) -> None:
    morning = datetime.combine(TODAY - timedelta(days=2), time(9), tzinfo=UTC)
    for where in range(1, 7):
        town.report(where=where)

    async def promise(session: AsyncSession) -> None:
        jobs = (await session.scalars(select(Job).order_by(Job.id))).all()
        ends: list[dict[str, Any]] = [
            {},  # kept: there at the very end
            {},  # late by a minute
            {},  # nobody at home, but there in time
            ended("owner:1", morning - HOUR),  # the owner moved it: in no number
            ended("staff:1", morning - HOUR),  # the desk took it back
            ended("staff:1", morning + HOUR),  # changed when it had begun: a promise not kept
        ]
        for job, end in zip(jobs, ends, strict=True):
            session.add(
                Booking(
                    job_id=job.id,
                    day=morning.date(),
                    opens=morning,
                    closes=morning + 2 * HOUR,
                    booked_at=morning - 50 * HOUR,
                    booked_by="owner:1",
                    **end,
                )
            )
        came = [
            (VisitState.DONE, 2 * HOUR),
            (VisitState.DONE, 2 * HOUR + timedelta(minutes=1)),
            (VisitState.NO_ACCESS, HOUR),
        ]
        for number, (state, after) in enumerate(came):
            session.add(visit(town, jobs[number], morning, number, state=state, arrived_at=morning + after))
        session.add(
            visit(town, jobs[1], morning - 48 * HOUR, 9, state=VisitState.NO_ACCESS, arrived_at=morning - 47 * HOUR)
        )

    town.write(promise)
    numbers = told(town)
    assert numbers["promises_kept"] == (2, 4)
    assert numbers["promises_taken_back"] == (1, 1)
    assert told(town, at=morning + HOUR).get("promises_kept") is None, "none of them is over yet"
    assert numbers["no_access"] == (2, 4)


def ended(by: str, at: datetime) -> dict[str, Any]:
    return {"ended": BookingEnd.MOVED, "ended_at": at, "ended_by": by}


def visit(town: Town, job: Job, at: datetime, number: int, **values: Any) -> Visit:
    from sqlalchemy.dialects.postgresql import Range

    return Visit(
        **{
            "job_id": job.id,
            "technician_id": town.technicians[0],
            "day": at.date(),
            "position": number,
            "during": Range(at + number * HOUR / 4, at + (number + 1) * HOUR / 4, bounds="[)"),
            "arrives_at": at,
            "travel": timedelta(minutes=10),
            "travel_m": 1500,
        }
        | values
    )


def test_work_travel_and_overtime_are_of_visits_that_ended(town: Town) -> None:
    day = datetime.combine(TODAY - timedelta(days=2), time(16), tzinfo=town_zone())
    for where in range(1, 5):
        town.report(where=where)

    async def work(session: AsyncSession) -> None:
        jobs = (await session.scalars(select(Job).order_by(Job.id))).all()
        long = {"started_at": day, "finished_at": day + timedelta(minutes=90)}
        session.add(visit(town, jobs[0], day, 0, state=VisitState.DONE, **long))
        session.add(visit(town, jobs[1], day, 1, state=VisitState.NEEDS_ANOTHER, finished_at=day, started_at=day))
        session.add(visit(town, jobs[2], day, 2, state=VisitState.CANCELLED))
        session.add(visit(town, jobs[3], day, 3, state=VisitState.PLANNED))

    town.write(work)
    numbers = told(town)
    assert numbers["visits"] == (2, 2)
    assert numbers["work_minutes"] == (90, 1), "one that was only reported afterwards has no length"
    assert numbers["travel_minutes"] == (20, 2)
    assert numbers["travel_km"] == (3, 2)
    assert numbers["overtime_hours"] == (0.5, 1), "the shift ends at 17"
    assert numbers["first_time_fix"] == (1, 2)


def test_owners_ratings_leave_out_questions_that_they_did_not_answer(town: Town) -> None:
    for where in (1, 2):
        town.report(where=where)
    day = datetime.combine(TODAY - timedelta(days=2), time(9), tzinfo=UTC)

    async def rate(session: AsyncSession) -> None:
        jobs = (await session.scalars(select(Job).order_by(Job.id))).all()
        for number, (stars, in_time) in enumerate([(5, True), (3, None)]):
            done = visit(town, jobs[number], day, number, state=VisitState.DONE, finished_at=day)
            session.add(done)
            await session.flush()
            session.add(Rating(visit_id=done.id, stars=stars, in_time=in_time, solved=None, tidy=False, rated_at=now()))

    town.write(rate)
    numbers = told(town)
    assert (numbers["stars"], numbers["top_two"]) == ((8, 2), (1, 2))
    assert (numbers["said_in_time"], numbers["said_tidy"]) == ((1, 1), (0, 2))
    assert "said_solved" not in numbers


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(list(Tier)), st.booleans())))
def test_the_parts_of_any_division_add_up_to_the_whole(told: list[tuple[str, Tier, bool]]) -> None:
    cases = [Case(place, place, tier).counts("closed", closed) for place, tier, closed in told]
    [whole] = counted(cases, lambda _: "all").values() or [{}]
    for key in (lambda case: case.community, lambda case: case.tier):
        parts = [counts["closed"] for counts in counted(cases, key).values()]
        assert (sum(part for part, _ in parts), sum(of for _, of in parts)) == whole.get("closed", (0, 0))


@given(st.integers(-5, 5), st.none() | st.integers(-5, 5), st.integers(-5, 5), st.booleans())
def test_a_clock_is_missed_only_after_it_ran_out(due: int, met: int | None, at: int, still: bool) -> None:
    zero = datetime(2026, 3, 2, tzinfo=UTC)
    met_at = None if met is None else zero + met * HOUR
    part = clock_case(zero + due * HOUR, met_at, zero + at * HOUR, still)
    if part == 0:
        assert not still
        assert (at if met is None else met) > due
    if part is None:
        assert met is None


def test_every_measure_has_words_and_a_source_in_both_languages() -> None:
    for one in measures().values():
        assert all([one.name_en, one.name_zh, one.means_en, one.means_zh, one.source]), one.code
        assert one.value(3, 0) == (3 if one.unit is Unit.SUM else None)


# how it is asked for, made and fetched


def asked(desk: Desk, **values: Any) -> Any:
    body = {"since": str(TODAY - timedelta(days=7)), "until": str(TODAY), "language": "en"} | values
    return desk.post("/api/v1/reports", body)


MAKERS = {ErrandKind.REPORT: reports.make}


def made(town: Town, errand_id: str) -> None:
    town.run(lambda database: errands.run(database, UUID(errand_id), MAKERS))


def book_of(desk: Desk, errand_id: str) -> Any:
    answer = desk.get(f"/api/v1/reports/{errand_id}/file")
    assert answer.status_code == 200, answer.text
    assert "after-sales-" in answer.headers["Content-Disposition"]
    return openpyxl.load_workbook(BytesIO(answer.content))


def test_a_report_is_made_once_and_fetched_by_whoever_asked_and_by_managers(town: Town, dora: Desk) -> None:
    town.report(where=1)
    answer = asked(dora)
    assert answer.status_code == 202, answer.text
    report = answer.json()["id"]
    assert asked(dora).json()["id"] == report, "asked for twice, it is counted once"
    assert dora.get(f"/api/v1/reports/{report}/file").status_code == 404
    made(town, report)
    made(town, report)
    [shown] = dora.get("/api/v1/reports").json()
    assert (shown["state"], shown["asked_by"], shown["failure"]) == ("ready", "Dora", None)
    book = book_of(dora, report)
    assert book.sheetnames == ["Numbers", "By territory", "By community", "By technician group", "By defect"]
    numbers = {row[0]: row for row in book["Numbers"].iter_rows(min_row=2, values_only=True)}
    assert numbers["Tickets reported"][1] == 1
    assert numbers["Closure rate"][1:2] + numbers["Closure rate"][5:7] == (0, 0, 1)
    assert "Cancelled ones" in numbers["Tickets reported"][7]
    assert book["Numbers"]["B3"].number_format == "0.0%"
    communities = list(book["By community"].iter_rows(values_only=True))
    assert communities[0][:3] == ("Territory", "Community", "Tickets reported")
    assert communities[1][:3] == ("Harbour", "Old Harbour", 1)
    assert asked(dora).json()["id"] != report, "what is asked for later is counted anew"

    mia = Desk(dora.client, "mia")
    assert len(mia.get("/api/v1/reports").json()) == 2
    assert book_of(mia, report).sheetnames == book.sheetnames
    own = asked(mia, language="zh").json()["id"]
    made(town, own)
    assert book_of(mia, own).sheetnames == ["指标", "按片区", "按小区", "按技师组", "按技师", "按缺陷"]
    dora = Desk(dora.client, "dora")
    assert dora.get(f"/api/v1/reports/{own}/file").status_code == 404
    assert own not in {one["id"] for one in dora.get("/api/v1/reports").json()}


def test_a_period_that_makes_no_sense_and_a_territory_of_others_are_refused(town: Town, dora: Desk) -> None:
    assert asked(dora, since=str(TODAY), until=str(TODAY - timedelta(days=1))).status_code == 422
    assert asked(dora, since="2020-01-01").status_code == 422
    assert asked(dora, territories=[str(town.elsewhere_id)]).status_code == 404
    assert rows(town, Errand) == []


def test_an_attempt_that_was_overtaken_changes_nothing(town: Town, dora: Desk) -> None:
    report = UUID(asked(dora).json()["id"])

    async def overtaken(session: AsyncSession, errand: Errand) -> errands.Made:
        await town_database[0].write(lose, report)
        assert await town_database[0].write(errands.claim, report) is not None
        return errands.Made(b"late", "late.xlsx")

    town_database: list[Database] = []

    async def go(database: Database) -> None:
        town_database.append(database)
        await errands.run(database, report, {ErrandKind.REPORT: overtaken})

    town.run(go)
    [row] = rows(town, Errand)
    assert (row.state, row.attempt, row.made_name) == (ErrandState.RUNNING, 2, None)


async def lose(session: AsyncSession, errand_id: UUID) -> None:
    """Its worker has not come back."""
    await session.execute(
        update(Errand).where(Errand.id == errand_id).values(claimed_until=datetime.now(UTC) - timedelta(seconds=1))
    )


def test_one_that_ends_every_worker_is_given_up_and_tried_again_by_hand(town: Town, dora: Desk) -> None:
    report = UUID(asked(dora).json()["id"])
    for _ in range(5):
        assert town.write(errands.claim, report) is not None
        town.write(lose, report)
    assert town.write(errands.claim, report) is None
    [row] = rows(town, Errand)
    assert (row.state, row.attempt) == (ErrandState.FAILED, 5)
    assert "none came back" in row.failure
    town.write(errands.again, report, MANAGER)
    made(town, str(report))
    [row] = rows(town, Errand)
    assert (row.state, row.attempt) == (ErrandState.READY, 6)


def test_what_fails_says_why_and_what_was_dropped_is_never_made(town: Town, dora: Desk) -> None:
    report = UUID(asked(dora).json()["id"])

    async def breaks(session: AsyncSession, errand: Errand) -> errands.Made:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        town.run(lambda database: errands.run(database, report, {ErrandKind.REPORT: breaks}))
    [shown] = dora.get("/api/v1/reports").json()
    assert (shown["state"], shown["failure"]) == ("failed", "OSError: the disk is full")
    town.write(errands.drop, report, MANAGER)
    made(town, str(report))
    assert [row.state for row in rows(town, Errand)] == [ErrandState.DROPPED]


@pytest.mark.parametrize("how", ["flushed", "killed"])
def test_a_worker_makes_it_though_redis_was_emptied_or_the_first_worker_killed(
    town: Town, redis_url: str, tmp_path: Any, how: str
) -> None:
    async def ask(session: AsyncSession) -> UUID:
        mia = (await session.scalars(select(Staff).where(Staff.username == "mia"))).one()
        by = Person(mia.id, mia.name, Role.MANAGER, None)
        return await reports.request(session, TODAY, TODAY, [], "en", by)

    report = town.write(ask)
    if how == "killed":  # as a worker leaves it that dies in the middle: claimed, and nobody renews it
        assert town.write(errands.claim, report) is not None
        town.write(lose, report)
    with redis.Redis.from_url(redis_url) as connection, Workers(1, tmp_path, town.database_url, redis_url) as workers:
        connection.flushall()
        state = settled(town, report, connection if how == "flushed" else None)
    assert state is ErrandState.READY, workers.log.read_text()[-3000:]


def test_the_queue_shows_reports_that_wait_or_failed_and_an_operator_tries_them_again_or_drops_them(
    town: Town, dora: Desk
) -> None:
    report = asked(dora).json()["id"]
    [item] = dora.get("/api/v1/queue").json()["items"]
    assert (item["kind"], item["id"], item["state"], item["retry"], item["drop"]) == (
        "report", report, "queued", False, True,
    )  # fmt: skip
    assert "Dora" in item["about"]

    async def breaks(session: AsyncSession, errand: Errand) -> errands.Made:
        return errands.Made(failure="There is nothing to count.")

    town.run(lambda database: errands.run(database, UUID(report), {ErrandKind.REPORT: breaks}))
    [item] = dora.get("/api/v1/queue").json()["items"]
    assert (item["state"], item["error"], item["retry"]) == ("failed", "There is nothing to count.", True)
    task = {"kind": "report", "id": report}
    assert [one["state"] for one in dora.post("/api/v1/queue/retry", task).json()["items"]] == ["queued"]
    assert dora.post("/api/v1/queue/retry", task).status_code == 409
    assert dora.post("/api/v1/queue/drop", task).json()["items"] == []
    assert dora.post("/api/v1/queue/drop", task).status_code == 409

    mia = Desk(dora.client, "mia")
    managers = asked(mia).json()["id"]
    dora = Desk(dora.client, "dora")
    assert dora.get("/api/v1/queue").json()["items"] == []
    assert dora.post("/api/v1/queue/drop", {"kind": "report", "id": managers}).status_code == 404


def test_old_reports_are_swept_and_those_that_wait_stay(town: Town, dora: Desk) -> None:
    old, waiting = UUID(asked(dora).json()["id"]), UUID(asked(dora, language="zh").json()["id"])
    made(town, str(old))
    keep = Settings(database_url="", redis_url="").retention_rules()
    town.run(lambda database: retention.sweep(database, keep, now() + timedelta(days=29)))
    assert len(rows(town, Errand)) == 2
    town.run(lambda database: retention.sweep(database, keep, now() + timedelta(days=31)))
    assert [row.id for row in rows(town, Errand)] == [waiting]

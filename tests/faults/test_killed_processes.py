"""kill -9 at the worst moment: nothing acknowledged is lost, and no half plan is ever seen."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
import redis
from real_processes import Process, Site, until
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Town

from api.actions import accounts, planning, publishing
from domain.plans import Plan, PlanState
from mobile_contract.client import Phone
from mobile_contract.v1 import Point, Verdict, VerdictStatus


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


@pytest.fixture
def worker(town: Town, redis_url: str, tmp_path: Path) -> Iterator[Process]:
    with Process("worker", tmp_path, town.database_url, redis_url) as process:
        yield process


def counted(town: Town, statement: str) -> int:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        row = connection.execute(statement).fetchone()
        assert row
        return int(row[0])


def state(town: Town, plan_id: UUID) -> PlanState:
    async def look(session: AsyncSession) -> PlanState:
        return (await session.get_one(Plan, plan_id)).state

    return town.write(look)


def expire_lease(town: Town, plan_id: UUID) -> None:
    """What twenty seconds of silence do."""

    async def expire(session: AsyncSession) -> None:
        (await session.get_one(Plan, plan_id)).claimed_until = datetime.now(UTC)

    town.write(expire)


def test_a_worker_killed_in_the_middle_of_a_solve_leaves_no_half_plan_and_another_finishes_it(
    town: Town, worker: Process
) -> None:
    for house in range(1, 13):
        town.report(where=house)
    plan = town.write(planning.request, town.territory_id, DAY, 6.0)
    until(lambda: state(town, plan.id) is PlanState.SOLVING, 20, lambda: worker.log.read_text())
    time.sleep(1.5)
    worker.kill()
    assert state(town, plan.id) is PlanState.SOLVING
    assert counted(town, "SELECT count(*) FROM routes") == 0
    assert counted(town, "SELECT count(*) FROM unassigned") == 0
    expire_lease(town, plan.id)
    worker.start()
    until(lambda: state(town, plan.id) is PlanState.DRAFT, 40, lambda: worker.log.read_text())
    assert counted(town, "SELECT count(*) FROM stops") == 12
    town.write(publishing.publish, plan.id)
    assert counted(town, "SELECT count(*) FROM visits") == 12


def test_a_flushed_redis_loses_no_plan(town: Town, worker: Process, redis_url: str) -> None:
    town.report()
    worker.kill()
    plan = town.write(planning.request, town.territory_id, DAY, 0.5)
    with redis.Redis.from_url(redis_url) as connection:
        connection.flushall()
    worker.start()
    until(lambda: state(town, plan.id) is PlanState.DRAFT, 40, lambda: worker.log.read_text())
    with redis.Redis.from_url(redis_url) as connection:
        connection.flushall()
    again = town.write(planning.request, town.territory_id, DAY, 0.5)
    until(lambda: state(town, again.id) is PlanState.DRAFT, 40, lambda: worker.log.read_text())


def test_a_worker_that_is_told_to_stop_hands_in_its_best_plan(town: Town, worker: Process) -> None:
    town.report()
    plan = town.write(planning.request, town.territory_id, DAY, 300.0)
    until(lambda: state(town, plan.id) is PlanState.SOLVING, 20, lambda: worker.log.read_text())
    worker.popen.terminate()
    worker.popen.wait(20)
    assert state(town, plan.id) is PlanState.DRAFT


def test_an_api_killed_in_the_middle_of_a_batch_loses_nothing_it_acknowledged(
    town: Town, redis_url: str, tmp_path: Path
) -> None:
    for house in range(1, 17):
        town.report(where=house)
    town.publish()
    acknowledged: list[Verdict] = []
    with Site(tmp_path, town.database_url, redis_url) as site:
        phones = []
        for number, technician_id in enumerate(town.technicians):
            code, _ = town.write(accounts.pairing_code, technician_id)
            phone = Phone(tmp_path / f"phone{number}", site.address)
            phone.pair(code, "test")
            phone.sync()
            phones.append(phone)
            for stop in phone.stops():
                phone.arrive(stop.visit_id)
                phone.start(stop.visit_id)
                phone.complete(stop.visit_id, minutes=5, signer_name="Owner", strokes=[[Point(x=1, y=1, t=0)]])
        recorded = sum(phone.unsent for phone in phones)
        assert recorded == 48
        for cut_after in (0.03, 0.06, 0.1):
            sending = [threading.Thread(target=lambda p=phone: acknowledged.extend(p.send())) for phone in phones]
            for thread in sending:
                thread.start()
            time.sleep(cut_after)
            site.kill()
            for thread in sending:
                thread.join()
            site.start_again()
        for phone in phones:
            until(lambda phone=phone: (acknowledged.extend(phone.send()), phone.unsent == 0)[1], 30)
        durable = {verdict.op_id for verdict in acknowledged}
        assert {verdict.status for verdict in acknowledged} <= {VerdictStatus.APPLIED, VerdictStatus.DUPLICATE}
        assert len(durable) == 48
        for phone in phones:
            phone.close()
    assert counted(town, "SELECT count(*) FROM operations WHERE status = 'applied'") == 48
    assert counted(town, "SELECT count(*) FROM sign_offs") == 16
    assert counted(town, "SELECT count(*) FROM visits WHERE state = 'done'") == 16
    assert counted(town, "SELECT count(*) FROM tickets WHERE state = 'closed'") == 16
    assert counted(town, "SELECT count(*) FROM audit_entries WHERE action = 'operation.complete'") == 16

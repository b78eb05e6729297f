"""Lists that are uploaded at the desk: taken in by a worker as a whole or not at all, once, whoever dies meanwhile."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import redis
from errand_worker import settled
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Town
from two_stops import rows

from api.actions import errands
from api.actions.imports import uploads
from api.actions.imports.coordinates import System
from api.auth import Person
from bench.workers import Workers
from domain.errands import Errand, ErrandKind, ErrandState
from domain.people import Role, Staff
from domain.places import Building, Community, Home
from domain.tickets import Ticket

HEAD = "community,address,unit,latitude,longitude\n"


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()

    async def nothing(session: AsyncSession) -> None:
        for one in await session.scalars(select(Errand)):
            await session.delete(one)

    town.write(nothing)


def homes(name: str, numbers: Iterable[int]) -> str:
    return HEAD + "".join(f"{name},{number} Hill Road,,41.2,-8.6\n" for number in numbers)


def upload(desk: Desk, town: Town, told: str | bytes, **values: Any) -> Any:
    raw = told.encode() if isinstance(told, str) else told
    body = {
        "what": "homes",
        "file": "homes.csv",
        "content": b64encode(raw).decode(),
        "territory": str(town.territory_id),
    }
    return desk.post("/api/v1/imports", body | values)


def taken(town: Town, import_id: str) -> None:
    town.run(lambda database: errands.run(database, UUID(import_id), {ErrandKind.IMPORT: uploads.make}))


def homes_of(town: Town, community: str) -> int:
    query = select(Home).join(Home.building).join(Building.community).where(Community.name == community)
    return len(rows(town, query))


def test_a_list_is_taken_in_once_however_often_it_is_sent(town: Town, mia: Desk) -> None:
    answer = upload(mia, town, homes("Once", range(3)))
    assert (answer.status_code, answer.json()["new"]) == (202, True), answer.text
    import_id = answer.json()["id"]
    assert upload(mia, town, homes("Once", range(3))).json() == {"id": import_id, "new": False}
    assert homes_of(town, "Once") == 0
    taken(town, import_id)
    taken(town, import_id)
    assert homes_of(town, "Once") == 3
    [shown] = mia.get("/api/v1/imports").json()
    assert (shown["state"], shown["about"], shown["file"]) == ("ready", "homes.csv", None)
    assert {name: shown["result"][name] for name in ("rows", "new", "known", "bad", "written")} == {
        "rows": 3, "new": 3, "known": 0, "bad": 0, "written": True,
    }  # fmt: skip
    assert upload(mia, town, homes("Once", range(3))).json() == {"id": import_id, "new": False}, "it is done"
    again = upload(mia, town, homes("Once", range(3)), again=True).json()
    assert again["new"]
    taken(town, again["id"])
    assert homes_of(town, "Once") == 3
    assert mia.get("/api/v1/imports").json()[0]["result"]["known"] == 3
    other = upload(mia, town, homes("Once", range(4))).json()
    assert other["new"], "another file"


def test_one_bad_row_and_nothing_is_written_but_each_is_told_with_its_line(town: Town, mia: Desk) -> None:
    bad = homes("Bad", range(3)) + "Bad,,,41.2,-8.6\nBad,9 Hill Road,,north,-8.6\n"
    import_id = upload(mia, town, bad).json()["id"]
    taken(town, import_id)
    [shown] = mia.get("/api/v1/imports").json()
    assert (shown["state"], shown["failure"]) == ("failed", "Nothing was written: 2 of 5 rows are bad.")
    assert [(fault["line"], fault["column"]) for fault in shown["result"]["faults"]] == [
        (5, "address"),
        (6, "latitude"),
    ]
    assert all(fault["reason"] for fault in shown["result"]["faults"])
    assert homes_of(town, "Bad") == 0
    answer = mia.get(f"/api/v1/imports/{import_id}/file")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert [row[0] for row in sheet.iter_rows(values_only=True)][1:] == [5, 6]

    skipping = upload(mia, town, bad, skip_bad=True).json()
    assert skipping["new"], "with other options it is another import"
    taken(town, skipping["id"])
    shown = mia.get("/api/v1/imports").json()[0]
    assert (shown["state"], shown["result"]["new"], shown["result"]["bad"]) == ("ready", 3, 2)
    assert shown["file"] == "refused-rows.xlsx"


def test_a_refused_list_can_be_tried_again_from_the_queue(town: Town, mia: Desk) -> None:
    import_id = upload(mia, town, "colour\nred\n").json()["id"]
    taken(town, import_id)
    [item] = mia.get("/api/v1/queue").json()["items"]
    assert (item["kind"], item["state"], item["retry"]) == ("import", "failed", True)
    assert "community" in item["error"]
    task = {"kind": "import", "id": import_id}
    assert [one["state"] for one in mia.post("/api/v1/queue/retry", task).json()["items"]] == ["queued"]
    taken(town, import_id)
    assert [one.attempt for one in rows(town, Errand)] == [2]
    assert mia.post("/api/v1/queue/drop", task).json()["items"] == []
    assert town.write(has_file) == 0, "a list of people that nobody wants is not kept"


async def has_file(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).where(Errand.given.is_not(None))) or 0


def test_tickets_are_read_by_a_shipped_mapping_and_technicians_without_any(town: Town, mia: Desk) -> None:
    sample = Path(__file__).parents[2] / "api/data/nyc-311/housing-repairs.csv"
    assert upload(mia, town, "a\n1\n", what="tickets", territory=None).status_code == 422
    assert upload(mia, town, "a\n1\n", what="tickets", mapping="/etc/passwd").status_code == 422
    answer = upload(mia, town, sample.read_bytes(), what="tickets", mapping="nyc-311", file="311.csv")
    assert answer.status_code == 202, answer.text
    taken(town, answer.json()["id"])
    [shown] = mia.get("/api/v1/imports").json()
    assert "New York" in shown["failure"], "its law is not that of Porto"
    assert rows(town, Ticket) == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"content": ""}, "empty"),
        ({"content": "not base64!"}, "base64"),
        ({"file": "homes.pdf"}, ".csv"),
        ({"file": "../homes.csv"}, ""),
        ({"territory": str(UUID(int=5))}, "territory"),
    ],
)
def test_what_can_not_be_a_list_is_refused_at_once(town: Town, mia: Desk, values: dict[str, Any], says: str) -> None:
    answer = upload(mia, town, homes("No", range(1)), **values)
    assert answer.status_code in (400, 404, 422), answer.text
    assert says in answer.json()["detail"]
    assert rows(town, Errand) == []


def test_a_list_that_is_too_large_is_refused_and_a_damaged_one_fails_with_a_reason(town: Town, mia: Desk) -> None:
    assert upload(mia, town, b"x" * 10_000_001).status_code in (400, 413, 422)
    import_id = upload(mia, town, b"PK\x03\x04 this is no workbook", file="homes.xlsx").json()["id"]
    taken(town, import_id)
    [shown] = mia.get("/api/v1/imports").json()
    assert (shown["state"], "not a workbook" in shown["failure"]) == ("failed", True)


def test_dispatchers_import_nothing_and_see_no_imports(town: Town, dora: Desk) -> None:
    assert upload(dora, town, homes("No", range(1))).status_code == 403
    assert dora.get("/api/v1/imports").status_code == 403


def test_an_attempt_that_was_overtaken_writes_no_row(town: Town, mia: Desk) -> None:
    import_id = UUID(upload(mia, town, homes("Late", range(3))).json()["id"])

    async def slow(session: AsyncSession, errand: Errand) -> errands.Made:
        made = await uploads.make(session, errand)
        assert made.failure is None
        await asyncio.to_thread(town.write, overtake, import_id)
        return made

    town.run(lambda database: errands.run(database, import_id, {ErrandKind.IMPORT: slow}))
    assert homes_of(town, "Late") == 0
    taken(town, str(import_id))
    assert homes_of(town, "Late") == 0, "another worker has it now"


async def overtake(session: AsyncSession, errand_id: UUID) -> None:
    gone = datetime.now(UTC) - timedelta(seconds=1)
    await session.execute(update(Errand).where(Errand.id == errand_id).values(claimed_until=gone))
    assert await errands.claim(session, errand_id) is not None


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_one_takes_in_all(
    town: Town, redis_url: str, tmp_path: Path
) -> None:
    many = homes("Many", range(15_000)).encode()

    async def ask(session: AsyncSession) -> UUID:
        mia = (await session.scalars(select(Staff).where(Staff.username == "mia"))).one()
        asked = uploads.ImportAsked("homes", "many.csv", town.territory_id, "", System.WGS84, False)
        by = Person(mia.id, mia.name, Role.MANAGER, None)
        return (await uploads.request(session, asked, many, by, anew=False))[0]

    import_id = town.write(ask)
    with Workers(1, tmp_path, town.database_url, redis_url) as workers:
        until = time.monotonic() + 60
        while state_of(town, import_id) is ErrandState.REQUESTED and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(1.0)
        assert state_of(town, import_id) is ErrandState.RUNNING, "it is killed while it is at it"
        workers.kill(0)
        with redis.Redis.from_url(redis_url) as connection:
            connection.flushall()
        assert homes_of(town, "Many") == 0, "what a killed worker had begun is gone"
        assert settled(town, import_id, seconds=180) is ErrandState.READY, workers.log.read_text()[-3000:]
    [row] = rows(town, Errand)
    assert (row.attempt, row.result["new"]) == (2, 15_000)
    assert homes_of(town, "Many") == 15_000
    assert len(rows(town, select(Community).where(Community.name == "Many"))) == 1


def state_of(town: Town, errand_id: UUID) -> ErrandState:
    [row] = rows(town, select(Errand).where(Errand.id == errand_id))
    return ErrandState(row.state)

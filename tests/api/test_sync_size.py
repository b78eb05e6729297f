"""A technician's day has to come through a stairwell's network."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from town import Pocket, Town

from domain.defects import DefectKind

MOST_BYTES = 15 * 1024


def test_a_day_of_12_stops_takes_at_most_15_kilobytes(phone: Pocket, town: Town) -> None:
    async def shorten(session: AsyncSession) -> None:
        await session.execute(update(DefectKind).values(duration=timedelta(minutes=20)))

    town.write(shorten)
    town.empty(but="absences")
    for house in range(1, 13):
        said = f"厨房第 {house} 盏灯不亮，已更换灯泡仍无反应，怀疑线路接触不良，晚上七点以后家里有人。" * 3
        town.report(where=house, description=said, unit=f"{house} 单元 {house}02")
    town.publish()
    assert len(phone.stops()) == 12
    asked = phone.headers | {"Accept-Encoding": "gzip"}
    with phone.client.stream("GET", "/mobile/v1/sync", headers=asked) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(body) <= MOST_BYTES

"""A technician's phone with two stops on tomorrow's sheet, and a look at what the tables hold."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town

from domain.people import Absence


@pytest.fixture(scope="module")
def one_technician(town: Town) -> None:
    """The second one is away, so that the first has the whole day."""

    async def away(session: AsyncSession) -> None:
        session.add(Absence(technician_id=town.technicians[1], starts=DAY, ends=DAY))

    town.write(away)


@pytest.fixture
def phone(town: Town, site: TestClient[Litestar], one_technician: None) -> Pocket:
    """The first technician's."""
    town.empty(but="absences")
    for house in (1, 2):
        town.report(where=house)
    town.publish()
    return Pocket(Desk(site, "dora"), town.technicians[0])


def rows(town: Town, what: Any) -> list[Any]:
    """All of a table, or those that a query finds."""

    async def look(session: AsyncSession) -> list[Any]:
        return list((await session.scalars(what if isinstance(what, Select) else select(what))).all())

    return town.write(look)

"""Who and where: territories, technicians, and the places of those at work."""

from litestar import get

from api import clock
from api.problems import ERRORS
from api.queries import people, positions
from api.routes.given import Asked, GivenDatabase


@get("/api/v1/territories", name="list_territories", responses=ERRORS)
async def list_territories(request: Asked, database: GivenDatabase) -> list[people.TerritoryView]:
    async with database.read() as session:
        return await people.list_territories(session, request.user)


@get("/api/v1/staff", name="list_colleagues", responses=ERRORS)
async def list_colleagues(database: GivenDatabase) -> list[people.ColleagueView]:
    async with database.read() as session:
        return await people.list_colleagues(session)


@get("/api/v1/technicians", name="list_technicians", responses=ERRORS)
async def list_technicians(request: Asked, database: GivenDatabase) -> list[people.TechnicianView]:
    async with database.read() as session:
        return await people.list_technicians(session, request.user)


@get("/api/v1/positions", name="list_positions", responses=ERRORS)
async def list_positions(request: Asked, database: GivenDatabase) -> list[positions.Position]:
    async with database.read() as session:
        return await positions.list_positions(session, request.user, clock.now())


routes = [list_territories, list_colleagues, list_technicians, list_positions]

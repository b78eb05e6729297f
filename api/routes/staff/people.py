"""Who and where: territories and technicians."""

from litestar import get

from api.problems import ERRORS
from api.queries import people
from api.routes.given import Asked, GivenDatabase


@get("/api/v1/territories", name="list_territories", responses=ERRORS)
async def list_territories(request: Asked, database: GivenDatabase) -> list[people.TerritoryView]:
    async with database.read() as session:
        return await people.list_territories(session, request.user)


@get("/api/v1/technicians", name="list_technicians", responses=ERRORS)
async def list_technicians(request: Asked, database: GivenDatabase) -> list[people.TechnicianView]:
    async with database.read() as session:
        return await people.list_technicians(session, request.user)


routes = [list_territories, list_technicians]

"""What did not hold: how many repairs did at the first visit."""

from datetime import date

from litestar import get
from litestar.params import FromQuery

from api.problems import ERRORS
from api.queries import comebacks as queries
from api.routes.given import Asked, GivenDatabase


@get("/api/v1/first-time-fix", name="first_time_fix", responses=ERRORS)
async def first_time_fix(
    request: Asked, database: GivenDatabase, since: FromQuery[date], until: FromQuery[date]
) -> queries.FirstTimeFix:
    """In the reader's territories, by the day of the first visit."""
    async with database.read() as session:
        return await queries.first_time_fix(session, request.user, since, until)


routes = [first_time_fix]

"""An owner rates the last visit, once. After a bad rating a manager calls."""

from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from api import clock
from api.auth import OpenedLink, Person
from api.db.trail import record
from api.queries.owner_ticket import last_ended_visit
from domain.errors import Conflict, IllegalMove
from domain.follow_ups import FollowUp, Occasion, displeased
from domain.places import Territory
from domain.ratings import Rating


class ToldRating(Struct):
    """`stars` from 1 to 5; what is None was not answered."""

    stars: int
    in_time: bool | None = None
    solved: bool | None = None
    tidy: bool | None = None
    remark: str = ""


async def rate(session: AsyncSession, told: ToldRating, opened: OpenedLink, by: Person) -> None:
    """Raises IllegalMove before the first visit has ended, Conflict for a visit that is rated already."""
    visit = await last_ended_visit(session, opened.ticket_id)
    if visit is None:
        raise IllegalMove("There was no visit yet. Rate it when it is over.")
    row = {
        "id": uuid7(),
        "visit_id": visit.id,
        "link_id": by.id,
        "stars": told.stars,
        "in_time": told.in_time,
        "solved": told.solved,
        "tidy": told.tidy,
        "remark": told.remark,
        "rated_at": clock.now(),
    }
    new = await session.scalar(insert(Rating).values(row).on_conflict_do_nothing().returning(Rating.id))
    if new is None:
        raise Conflict("This visit has been rated already. Thank you.")
    if displeased(told.stars, told.solved):
        territory = await session.get_one(Territory, visit.job.territory_id)
        today = clock.now().astimezone(territory.zone).date()
        session.add(
            FollowUp(
                ticket_id=opened.ticket_id,
                visit_id=visit.id,
                territory_id=territory.id,
                occasion=Occasion.LOW_RATING,
                since=today,
                due_on=today,
            )
        )
    await record(session, by.actor, "visit.rated", visit.id, stars=told.stars, solved=told.solved)

"""An inspection is offered before cover ends: one message to a home's owners, with a link to report from."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from api import clock
from api.actions.messages import Recipient, Told, tell
from api.auth import Person
from api.db.trail import record
from api.queries.expiring_cover import endings_in
from api.queries.homes import address_of, seen_home
from api.queries.house_rules import load_house_rules
from domain.errors import Conflict, IllegalMove
from domain.expiring_cover import CoverOffer, Ending, ending
from domain.intakes import KnownSender
from domain.message_templates import MessageKind
from domain.messages import Way
from domain.people import Owner
from domain.places import Home, Territory
from domain.tickets import Channel


async def offer_to(session: AsyncSession, home_id: UUID, days: int, by: Person) -> int:
    """To how many people. Raises NotFound, IllegalMove where no cover ends or no owner is known, Conflict where all
    that ends was offered before."""
    home = await seen_home(session, by, home_id)
    territory = home.building.community.territory
    today = clock.now().astimezone(territory.zone).date()
    rules = (await load_house_rules(session)).warranty
    within = timedelta(days=days)
    ends = ending(home.building.accepted_on, home.handed_over_on, today, within, rules, territory.city)
    if not ends:
        raise IllegalMove(f"No cover of this home ends within {days} days.")
    owners = await owners_of(session, [home.id])
    if not owners:
        raise IllegalMove("No owner of this home is known whom a message could reach. Import the owners first.")
    if not await offer(session, home, ends, owners, territory, by.actor):
        raise Conflict("An inspection of all that ends has been offered already.")
    await record(session, by.actor, "inspection.offered", home.id, until=ends[0].until.isoformat())
    return len(owners)


async def offer_expiring(session: AsyncSession, territory: Territory, today: date, days: int) -> int:
    """To each home of the territory for what ends and was not offered before; how many homes. One whose owners nobody
    knows stays on the desk's list."""
    rules = (await load_house_rules(session)).warranty
    found = await endings_in(session, territory, today, timedelta(days=days), rules)
    owners = await owners_of(session, [home.id for home, _ in found])
    count = 0
    for home, ends in found:
        there = [one for one in owners if one.home_id == home.id]
        count += bool(there and await offer(session, home, ends, there, territory, "system"))
    return count


async def offer(
    session: AsyncSession,
    home: Home,
    ends: Sequence[Ending],
    owners: Sequence[Owner],
    territory: Territory,
    actor: str,
) -> bool:
    """Whether something of it is offered for the first time. Two at once offer it once."""
    now = clock.now()
    rows = [
        {
            "id": uuid7(),
            "home_id": home.id,
            "item": one.told.item,
            "until": one.until,
            "offered_at": now,
            "offered_by": actor,
        }
        for one in ends
    ]
    added = insert(CoverOffer).values(rows).on_conflict_do_nothing().returning(CoverOffer.item)
    new = set(await session.scalars(added))
    told = [one for one in ends if one.told.item in new]
    if not told:
        return False
    day = told[0].until
    for owner in owners:
        await tell(
            session,
            Told(
                kind=MessageKind.COVER_ENDS,
                key=f"{MessageKind.COVER_ENDS}:{owner.id}:{told[0].told.item}:{day}",
                to=Recipient(owner.name, await ways_to(session, owner)),
                territory=territory,
                zh={"home": address_of(home), "day": str(day), "items": "、".join(one.name_zh for one in told)},
                en={"home": address_of(home), "day": str(day), "items": ", ".join(one.name_en for one in told)},
                home_id=home.id,
            ),
        )
    return True


async def owners_of(session: AsyncSession, homes: Sequence[UUID]) -> list[Owner]:
    return list(await session.scalars(select(Owner).where(Owner.home_id.in_(homes)).order_by(Owner.id)))


async def ways_to(session: AsyncSession, owner: Owner) -> dict[Way, str]:
    follower = await session.scalar(
        select(KnownSender.sender)
        .where(
            KnownSender.channel == Channel.WECHAT,
            KnownSender.home_id == owner.home_id,
            KnownSender.contact_phone == owner.phone,
        )
        .limit(1)
    )
    return {Way.WECHAT: follower or "", Way.SMS: owner.phone}

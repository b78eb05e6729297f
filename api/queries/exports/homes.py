"""Homes with their owners in the columns that `doorstep import homes` reads; phone numbers are masked."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.adapters.sheets import Table, Value
from api.queries.exports.privacy import without_numbers
from domain.people import Owner, masked
from domain.places import Building, Community, Home, Territory

COLUMNS = (
    "territory", "community", "address", "unit", "postcode", "latitude", "longitude", "accepted_on",
    "handed_over_on", "access_notes", "owner_name", "owner_phone",
)  # fmt: skip


async def homes_table(session: AsyncSession, territory: Territory | None) -> Table:
    """A row for each owner, and one for a home without."""
    query = (
        select(Territory.name, Community.name, Building, Home, Owner)
        .select_from(Home)
        .join(Home.building)
        .join(Building.community)
        .join(Community.territory)
        .outerjoin(Owner, Owner.home_id == Home.id)
        .order_by(Territory.name, Community.name, Building.address, Home.unit, Owner.id)
    )
    if territory is not None:
        query = query.where(Territory.id == territory.id)
    rows = [row(*found) for found in await session.execute(query)]
    return Table("homes", COLUMNS, rows)


def row(territory: str, community: str, building: Building, home: Home, owner: Owner | None) -> list[Value]:
    return [
        territory,
        community,
        building.address,
        home.unit,
        building.postcode,
        building.latitude,
        building.longitude,
        building.accepted_on,
        home.handed_over_on,
        without_numbers(home.access_notes),
        owner.name if owner else None,
        masked(owner.phone) if owner else None,
    ]

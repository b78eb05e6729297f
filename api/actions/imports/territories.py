"""The territories that a file's rows belong to."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.imports.columns import BadValues, Values
from api.adapters.sheets.names import key, near
from domain.cities import city_name
from domain.errors import Invalid
from domain.places import Territory


def zone_named(name: str) -> ZoneInfo:
    """Raises Invalid."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f'There is no time zone "{name}". Zones have names such as Asia/Shanghai.') from None


async def territory_for(
    session: AsyncSession, name: str | None, city: str | None = None, zone: str | None = None
) -> Territory | None:
    """The named one; with city and zone a new one if there is none yet, for the importer to add once all is well.

    Without a name it is the only territory there is, or None. Raises Invalid, also where city or zone differ.
    """
    known = {key(one.name): one for one in await session.scalars(select(Territory))}
    if name is None:
        if city or zone:
            raise Invalid("A city or zone is of a territory: name it with --territory.")
        return next(iter(known.values())) if len(known) == 1 else None
    territory = known.get(key(name))
    if territory is None:
        if not (city and zone):
            names = [one.name for one in known.values()]
            there = f" There are: {', '.join(sorted(names))}." if names else ""
            raise Invalid(
                f'There is no territory "{name}".{near(name, names) or there} '
                "To make it, say its city and time zone: --city Beijing --zone Asia/Shanghai."
            )
        return Territory(name=" ".join(name.split()), city=city_name(city), zone_name=zone_named(zone).key)
    if city and city_name(city) != city_name(territory.city):
        raise Invalid(f"The territory {territory.name} is in {territory.city}, not in {city}.")
    if zone and zone != territory.zone_name:
        raise Invalid(f"The territory {territory.name} is in the zone {territory.zone_name}, not {zone}.")
    return territory


class Territories:
    """Finds each row's territory by name; rows that name none belong to `given`."""

    def __init__(self, known: dict[str, Territory], given: Territory | None) -> None:
        self.known, self.given = known, given

    @classmethod
    async def load(cls, session: AsyncSession, given: Territory | None, *, named: bool) -> "Territories":
        """`named`: whether the file has a column for it. Raises Invalid where nothing says whose rows they are."""
        if given is None and not named:
            raise Invalid("Whose rows are they? Name the territory with --territory, or in a column.")
        known = {key(one.name): one for one in await session.scalars(select(Territory))}
        return cls(known | ({key(given.name): given} if given else {}), given)

    def of(self, values: Values) -> Territory:
        """Raises BadValues."""
        name = values.get("territory", "")
        if not name:
            if self.given is None:
                raise BadValues({"territory": "is not named: fill in the column, or give --territory"})
            return self.given
        if key(name) not in self.known:
            names = [one.name for one in self.known.values()]
            raise BadValues({"territory": f'there is no territory "{name}".{near(name, names)}'})
        return self.known[key(name)]

"""What geocoders said of an address, so that each is asked once."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base

MISS_KEPT = timedelta(days=7)  # an assumption: new buildings appear on maps week by week


class GeocodeCache(Base):
    """A provider's answer, already in WGS-84; `lat` and `lon` are null if the address was not found."""

    __tablename__ = "geocode_cache"

    provider: Mapped[str] = mapped_column(primary_key=True)
    city: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    found: Mapped[bool]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    said: Mapped[str]
    at: Mapped[datetime]


async def recall(session: AsyncSession, provider: str, city: str, address: str) -> GeocodeCache | None:
    """The answer if there is one; that an address was not found counts for a week."""
    return await session.scalar(
        select(GeocodeCache)
        .where(GeocodeCache.provider == provider, GeocodeCache.city == city, GeocodeCache.address == address)
        .where(or_(GeocodeCache.found, GeocodeCache.at > datetime.now(UTC) - MISS_KEPT))
    )


async def remember(
    session: AsyncSession,
    provider: str,
    city: str,
    address: str,
    *,
    place: tuple[float, float] | None,
    said: str,
) -> None:
    """Keep an answer; the newest counts. `said` is the address that was matched, or why none was."""
    lat, lon = place or (None, None)
    answer = {"found": place is not None, "lat": lat, "lon": lon, "said": said, "at": datetime.now(UTC)}
    key = {"provider": provider, "city": city, "address": address}
    await session.execute(
        insert(GeocodeCache)
        .values(key | answer)
        .on_conflict_do_update(
            index_elements=[GeocodeCache.provider, GeocodeCache.city, GeocodeCache.address], set_=answer
        )
    )

"""Where work is: Territory > Community > Building > Home. Coordinates are WGS-84 degrees."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Identified


class Territory(Identified, Base):
    """What one dispatcher plans: its technicians serve its communities; its city picks law and policy."""

    __tablename__ = "territories"

    name: Mapped[str] = mapped_column(unique=True)
    city: Mapped[str]
    zone_name: Mapped[str]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


class Community(Identified, Base):
    __tablename__ = "communities"
    __table_args__ = (UniqueConstraint("territory_id", "name"),)

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id"))
    name: Mapped[str]

    territory: Mapped[Territory] = relationship()


class Building(Identified, Base):
    """An address. Without coordinates its work is kept, marked "needs a location", and not planned."""

    __tablename__ = "buildings"
    __table_args__ = (
        UniqueConstraint("community_id", "address"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="both_coordinates"),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="wgs84"),
    )

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    address: Mapped[str]
    postcode: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    location_note: Mapped[str] = mapped_column(default="")
    """Why it could not be located, when that was tried."""
    accepted_on: Mapped[date | None]
    """Completion acceptance 竣工验收合格之日: the builder's warranty clock starts here."""

    community: Mapped[Community] = relationship()

    @property
    def needs_location(self) -> bool:
        return self.latitude is None


class Home(Identified, Base):
    """A unit of a building; the unit "" is its common parts."""

    __tablename__ = "homes"
    __table_args__ = (UniqueConstraint("building_id", "unit"),)

    building_id: Mapped[UUID] = mapped_column(ForeignKey("buildings.id"))
    unit: Mapped[str] = mapped_column(default="")
    handed_over_on: Mapped[date | None]
    """Handover 交付 to the owner: the owner's warranty clock starts here."""
    access_notes: Mapped[str] = mapped_column(default="")

    building: Mapped[Building] = relationship()

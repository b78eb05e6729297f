"""Territories, technicians and their phones, as the desk sees them."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from api.auth import Person
from domain.access import Device
from domain.people import Staff, Technician
from domain.places import Territory


class TerritoryView(Struct):
    id: UUID
    name: str
    city: str
    zone: str


class CertificateView(Struct):
    kind: str
    valid_from: date
    valid_to: date


class DeviceView(Struct):
    id: UUID
    name: str
    paired_at: datetime


class TechnicianView(Struct):
    id: UUID
    territory_id: UUID
    code: str
    name: str
    skills: list[str]
    certificates: list[CertificateView]
    devices: list[DeviceView]


class ColleagueView(Struct):
    username: str
    name: str


async def list_colleagues(session: AsyncSession) -> list[ColleagueView]:
    """All who can sign in at a desk, by name."""
    rows = await session.scalars(select(Staff).where(Staff.active).order_by(Staff.name))
    return [ColleagueView(one.username, one.name) for one in rows]


async def list_territories(session: AsyncSession, by: Person) -> list[TerritoryView]:
    rows = await session.scalars(select(Territory).order_by(Territory.name))
    return [TerritoryView(t.id, t.name, t.city, t.zone_name) for t in rows if by.sees(t.id)]


async def list_technicians(session: AsyncSession, by: Person) -> list[TechnicianView]:
    """Those at work, with the phones that may speak for them."""
    query = select(Technician).where(Technician.active).options(selectinload(Technician.certificates))
    if by.territories is not None:
        query = query.where(Technician.territory_id.in_(by.territories))
    technicians = (await session.scalars(query.order_by(Technician.code))).all()
    paired = await session.scalars(
        select(Device)
        .where(Device.technician_id.in_([t.id for t in technicians]), Device.revoked_at.is_(None))
        .order_by(Device.paired_at)
    )
    devices: dict[UUID, list[DeviceView]] = {t.id: [] for t in technicians}
    for device in paired:
        devices[device.technician_id].append(DeviceView(device.id, device.name, device.paired_at))
    return [
        TechnicianView(
            t.id,
            t.territory_id,
            t.code,
            t.name,
            t.skills,
            [CertificateView(c.kind, c.valid_from, c.valid_to) for c in t.certificates],
            devices[t.id],
        )
        for t in technicians
    ]

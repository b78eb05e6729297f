"""The city's territories, technicians and dispatcher in the database, as an office would have entered them before."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from api.actions.accounts import passwords
from api.simulation.city import City, Worker
from api.simulation.rates import Rates
from domain.people import Certificate, Role, Shift, Staff, Technician
from domain.places import Territory

ZONE = "Asia/Shanghai"
DESK = "simulation"


async def set_stage(
    session: AsyncSession, city: City, rates: Rates, day: date, password: str
) -> tuple[Sequence[UUID], Sequence[UUID]]:
    """The ids of the territories and of the technicians, by their numbers."""
    territories = [
        Territory(name=f"District {number + 1}", city="Shanghai", zone_name=ZONE) for number in range(city.territories)
    ]
    team = [technician(one, territories[one.territory], rates, day) for one in city.workers]
    session.add_all([*territories, *team])
    session.add(
        Staff(
            username=DESK,
            name="Simulated desk",
            role=Role.DISPATCHER,
            password_hash=passwords.hash(password),
            territories=territories,
        )
    )
    await session.flush()
    return [one.id for one in territories], [one.id for one in team]


def technician(worker: Worker, territory: Territory, rates: Rates, day: date) -> Technician:
    """Who will be ill is on duty like anybody: nobody knows yet."""
    return Technician(
        territory=territory,
        code=f"S{worker.number + 1:03}",
        name=f"Technician {worker.number + 1}",
        latitude=worker.home[0],
        longitude=worker.home[1],
        skills=list(worker.skills),
        max_overtime=timedelta(minutes=rates.overtime_minutes),
        certificates=[
            Certificate(kind=kind, valid_from=day - timedelta(days=365), valid_to=day + timedelta(days=365))
            for kind in worker.certificates
        ],
        shifts=[
            Shift(
                weekday=weekday,
                starts=rates.shift[0],
                ends=rates.shift[1],
                break_from=rates.lunch[0],
                break_to=rates.lunch[1],
                break_length=timedelta(minutes=rates.lunch_minutes),
            )
            for weekday in range(7)
        ],
        absences=[],
    )

"""A sealed sign-off as it was sealed, and what its page shows beside it."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Person
from domain.defects import DefectKind
from domain.errors import NotFound
from domain.jobs import Job, Visit
from domain.sealed_sign_offs import SealedSignOff
from domain.sign_offs import SignOff
from domain.tickets import Ticket


class Sealed(Struct):
    """`checks` names the codes of the checklist, in English and Chinese: the record holds the codes alone."""

    ticket_number: str
    record: str
    checks: dict[str, tuple[str, str]]


async def sealed_sign_off(session: AsyncSession, by: Person, sign_off_id: UUID) -> Sealed:
    found = await session.execute(
        select(SealedSignOff.record, Job.territory_id, Ticket.number, DefectKind.checklist)
        .join(SealedSignOff.sign_off).join(SignOff.visit).join(Visit.job).join(Job.ticket).join(Ticket.defect)
        .where(SealedSignOff.sign_off_id == sign_off_id)
    )  # fmt: skip
    row = found.one_or_none()
    if row is None or not by.sees(row.territory_id):
        raise NotFound("There is no such sign-off, or it is older than the seals.")
    return Sealed(
        row.number, row.record, {check["code"]: (check["name_en"], check["name_zh"]) for check in row.checklist}
    )

"""A manager gets all that is held of a person, to hand it to them (PIPL art. 45)."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Person
from api.db.trail import record
from api.queries.exports.person import PersonExport, export_person
from domain.audit import PERSON_EXPORTED


async def take_out(session: AsyncSession, typed: str, by: Person) -> PersonExport:
    """Raises Invalid, NotFound."""
    found = await export_person(session, typed)
    await record(session, by.actor, PERSON_EXPORTED, None, tickets=found.tickets)
    return found

"""Photos: a technician's own while they are sent, and those that the desk may look at."""

from sqlalchemy import ColumnElement, Text, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from api.auth import Person
from domain.errors import NotFound
from domain.jobs import Job, Visit
from domain.operations import Operation
from domain.photos import Photo, PhotoState
from domain.refusals import Refusal
from domain.sign_offs import SignOff
from domain.visit_facts import VisitPhoto


async def own_photo(session: AsyncSession, phone: Person, sha256: str) -> Photo:
    """Raises NotFound also for another technician's."""
    photo = await session.scalar(select(Photo).where(Photo.technician_id == phone.id, Photo.sha256 == sha256))
    if photo is None:
        raise NotFound("This photo was not announced, or it was dropped. Announce it again.")
    return photo


async def shown_photo(session: AsyncSession, by: Person, sha256: str) -> Photo:
    """The photo if there is a copy of it, and it is named by a fact of a visit that this person may see.

    A fact counts for photos of the technician who sent it: naming another's hash shows nothing.
    """
    signed = (
        select(SignOff.visit_id)
        .join(Operation, Operation.op_id == SignOff.op_id)
        .where(names(SignOff.photos, sha256), Operation.technician_id == Photo.technician_id)
    )
    refused = select(Refusal.visit_id).where(
        names(Refusal.photos, sha256), Refusal.technician_id == Photo.technician_id
    )
    attached = select(VisitPhoto.visit_id).where(
        VisitPhoto.sha256 == sha256, VisitPhoto.technician_id == Photo.technician_id
    )
    named = [Visit.id.in_(fact.correlate(Photo)) for fact in (signed, refused, attached)]
    visits = select(Visit.id).join(Visit.job).where(or_(*named))
    if by.territories is not None:
        visits = visits.where(Job.territory_id.in_(by.territories))
    query = select(Photo).where(Photo.sha256 == sha256, Photo.state == PhotoState.READY, visits.exists()).limit(1)
    photo = await session.scalar(query)
    if photo is None:
        raise NotFound("There is no such photo.")
    return photo


def names(photos: InstrumentedAttribute[list[str]], sha256: str) -> ColumnElement[bool]:
    """Asked so that the index on the array answers it."""
    return type_coerce(photos, ARRAY(Text)).contains([sha256])

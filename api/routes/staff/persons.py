"""What is held of a person: looked at, handed out, erased. A phone number goes in the body, where no log keeps it."""

import asyncio
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated

from litestar import post
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody
from litestar.response import File
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from api.actions import erasure, person_export
from api.actions.file_ends import end_files
from api.adapters.messages.file import MessageFile
from api.adapters.person_archive import write_archive
from api.problems import ERRORS
from api.queries.exports.person import as_json
from api.queries.persons import PersonHeld, person_held
from api.routes.given import Asked, GivenDatabase, GivenPhotos, GivenSettings


class PersonAsked(Struct, forbid_unknown_fields=True):
    phone: Annotated[str, Meta(min_length=3, max_length=30)]


class PersonToErase(PersonAsked, forbid_unknown_fields=True):
    """`reason` stays in the audit trail, so it names nobody."""

    reason: Annotated[str, Meta(min_length=3, max_length=400)]


@post("/api/v1/people/find", name="find_person", status_code=HTTP_200_OK, responses=ERRORS)
async def find_person(data: JSONBody[PersonAsked], database: GivenDatabase) -> PersonHeld:
    """How much is held under a phone number, and what is open."""
    async with database.read() as session:
        return await person_held(session, data.phone)


@post("/api/v1/people/export", name="export_person", status_code=HTTP_200_OK, responses=ERRORS)
async def export_person(
    data: JSONBody[PersonAsked], request: Asked, database: GivenDatabase, folder: GivenPhotos
) -> File:
    """All of it as a ZIP, with a page that explains it in both languages. It is in the audit trail."""
    found = await database.write(person_export.take_out, data.phone, request.user)
    sealed = [(one.ticket_number, one.record, one.checks) for one in found.sealed]
    scratch = Path(await asyncio.to_thread(mkdtemp, prefix="doorstep-person-"))
    path = scratch / "person.zip"
    try:
        await asyncio.to_thread(
            write_archive, path, as_json(found.told), found.pictures, sealed, folder, request.app.state.seal_key
        )
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return File(
        path,
        filename="person.zip",
        media_type="application/zip",
        headers={"Cache-Control": "private, no-store"},
        background=BackgroundTask(asyncio.to_thread, shutil.rmtree, scratch, True),
    )


@post("/api/v1/people/erase", name="erase_person", status_code=HTTP_200_OK, responses=ERRORS)
async def erase_person(
    data: JSONBody[PersonToErase],
    request: Asked,
    database: GivenDatabase,
    folder: GivenPhotos,
    settings: GivenSettings,
) -> erasure.Erased:
    """What was ended, and what the law wants kept, why and until when. Refused while a ticket of theirs is open."""
    keep, lines = settings.retention_rules(), MessageFile(settings.message_folder)
    erased = await database.write(erasure.erase, data.phone, data.reason, keep, lines, request.user.actor)
    while await database.write(end_files, folder):
        pass
    return erased


routes = [find_person, export_person, erase_person]

"""What an owner signed, as a sealed file: for programs, and as a page for people."""

import asyncio
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from api.adapters.sealed_pdf import sealed_pdf
from api.problems import ERRORS
from api.queries.sign_offs import sealed_sign_off
from api.routes.given import Asked, GivenDatabase


@get(
    "/api/v1/sign-offs/{sign_off_id:uuid}/sealed.json",
    name="sign_off_record",
    media_type="application/json",
    responses=ERRORS,
)
async def sign_off_record(request: Asked, database: GivenDatabase, sign_off_id: FromPath[UUID]) -> Response[bytes]:
    """`doorstep.sealed-sign-off/1`, byte for byte as it was sealed; `doorstep verify` reads it."""
    async with database.read() as session:
        found = await sealed_sign_off(session, request.user, sign_off_id)
    return as_file(found.record.encode(), "application/json", f"{found.ticket_number}.json")


@get(
    "/api/v1/sign-offs/{sign_off_id:uuid}/sealed.pdf",
    name="sign_off_pdf",
    media_type="application/pdf",
    responses=ERRORS,
)
async def sign_off_pdf(request: Asked, database: GivenDatabase, sign_off_id: FromPath[UUID]) -> Response[bytes]:
    """The same on a page, in the site's language; the record is attached to it."""
    async with database.read() as session:
        found = await sealed_sign_off(session, request.user, sign_off_id)
    page = await asyncio.to_thread(sealed_pdf, found.record, found.checks, request.app.state.seal_key)
    return as_file(page, "application/pdf", f"{found.ticket_number}.pdf")


def as_file(content: bytes, kind: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=kind, headers=headers)


routes = [sign_off_record, sign_off_pdf]

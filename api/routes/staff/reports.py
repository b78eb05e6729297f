"""The after-sales report as a workbook: asked for, watched, fetched."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED
from msgspec import Meta, Struct

from api.actions import reports
from api.problems import ERRORS
from api.queries.errands import ErrandView, errand_file, list_errands
from api.queries.reports.report import Language
from api.routes.given import Asked, GivenDatabase
from api.routes.staff.sign_offs import as_file
from domain.errands import ErrandKind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReportWanted(Struct, forbid_unknown_fields=True):
    """Days on each territory's calendar, both included. No territories: all that the reader sees."""

    since: date
    until: date
    territories: Annotated[list[UUID], Meta(max_length=500)] = []
    language: Language = "en"


class ReportRequested(Struct):
    id: UUID


@get("/api/v1/reports", name="list_reports", responses=ERRORS)
async def list_reports(request: Asked, database: GivenDatabase) -> list[ErrandView]:
    """One's own, and a manager's all; the newest fifty."""
    async with database.read() as session:
        return await list_errands(session, ErrandKind.REPORT, request.user)


@post("/api/v1/reports", name="request_report", status_code=HTTP_202_ACCEPTED, responses=ERRORS)
async def request_report(data: JSONBody[ReportWanted], request: Asked, database: GivenDatabase) -> ReportRequested:
    """A worker counts it. What is being counted already is not counted twice."""
    return ReportRequested(
        await database.write(reports.request, data.since, data.until, data.territories, data.language, request.user)
    )


@get("/api/v1/reports/{report_id:uuid}/file", name="report_file", media_type=XLSX, responses=ERRORS)
async def report_file(request: Asked, database: GivenDatabase, report_id: FromPath[UUID]) -> Response[bytes]:
    async with database.read() as session:
        content, name = await errand_file(session, ErrandKind.REPORT, report_id, request.user)
    return as_file(content, XLSX, name)


routes = [list_reports, request_report, report_file]

"""Every error as problem+json (RFC 9457) with a stable code: the one table from error to HTTP status."""

from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec
from msgspec import Struct
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.queries.slots.offers import DayOffers
from domain import errors

log = structlog.get_logger()

STATUS: dict[type[errors.DomainError], int] = {
    errors.Invalid: 422,
    errors.TooLarge: 413,
    errors.NotFound: 404,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.TooOldClient: 426,
    errors.TooManyTries: 429,
    errors.IllegalMove: 409,
    errors.Conflict: 409,
    errors.UploadBusy: 423,
    errors.CanNotStore: 507,
    errors.CanNotSend: 503,
}
"""A subclass has its parent's status and a code of its own."""

CODES_OF_HTTP = {
    400: "malformed_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "request_too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    503: "temporarily_unavailable",
}


class Problem(Struct, kw_only=True):
    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    places: list[dict[str, str]] = []
    """Which parts of the input are wrong, and why."""


class SlotProblem(Problem, kw_only=True):
    """`offers` are the times there are instead, by day; empty for other conflicts than `slot_taken`."""

    offers: list[DayOffers] = []


Asked = Request[Any, Any, State]


def answer(status: int, code: str, detail: str, places: list[dict[str, str]] | None = None) -> Response[Problem]:
    problem = Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, places=places or [])
    headers = {"Retry-After": "2"} if status in (423, 429, 503, 507) else {}
    return Response(problem, status_code=status, media_type="application/problem+json", headers=headers)


def of_domain(_: Asked, error: errors.DomainError) -> Response[Problem]:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    reasons = error.reasons if isinstance(error, errors.MoveRefused) else ()
    return answer(status, error.code, str(error), [{"where": rule, "why": why} for rule, why in reasons])


def of_slot_taken(_: Asked, error: errors.SlotTaken) -> Response[Problem]:
    problem = SlotProblem(
        title=HTTPStatus.CONFLICT.phrase,
        status=HTTPStatus.CONFLICT,
        code=error.code,
        detail=str(error),
        offers=list(error.offers),
    )
    return Response(problem, status_code=HTTPStatus.CONFLICT, media_type="application/problem+json")


def of_http(_: Asked, error: HTTPException) -> Response[Problem]:
    code = CODES_OF_HTTP.get(error.status_code, "refused")
    places = []
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        places = [
            {"where": str(at.get("key") or at.get("source") or "body"), "why": str(at.get("message", ""))}
            for at in error.extra
            if isinstance(at, dict)
        ]
    return answer(error.status_code, code, error.detail, places)


def of_data(_: Asked, error: DataError) -> Response[Problem]:
    """A value that PostgreSQL can't hold, such as a NUL character or a number out of range."""
    return answer(422, "invalid", "A value can't be stored: " + str(error.orig).splitlines()[0])


def of_depth(_: Asked, __: RecursionError) -> Response[Problem]:
    return answer(400, "malformed_request", "The body is nested too deeply.")


def of_database(_: Asked, error: Exception) -> Response[Problem]:
    log.error("database_unavailable", error=type(error).__name__)
    return answer(503, "temporarily_unavailable", "The database does not answer. Nothing was changed; try again.")


def of_anything(asked: Asked, error: Exception) -> Response[Problem]:
    # The route and not the address: an owner's link is a key.
    log.error("request_failed", method=asked.method, path=asked.scope.get("path_template", ""), exc_info=error)
    return answer(500, "internal_error", "Something went wrong here; it has been logged. Nothing was changed.")


EXCEPTION_HANDLERS: dict[int | type[Exception], Any] = {
    errors.DomainError: of_domain,
    errors.SlotTaken: of_slot_taken,
    HTTPException: of_http,
    DataError: of_data,
    OperationalError: of_database,
    InterfaceError: of_database,
    RecursionError: of_depth,
    PoolTimeout: of_database,
    Exception: of_anything,
}


def described(*statuses: int, problem: type[Problem] = Problem) -> dict[int, ResponseSpec]:
    return {
        status: ResponseSpec(
            problem,
            media_type="application/problem+json",
            generate_examples=False,
            description=HTTPStatus(status).phrase,
        )
        for status in statuses
    }


ERRORS = described(400, 401, 403, 404, 409, 413, 422, 429, 503)
"""What any route may answer, for the OpenAPI document."""

SLOT_ERRORS = described(409, problem=SlotProblem)
"""For routes that are refused with the next offers."""
PHONE_ERRORS = ERRORS | described(426)
UPLOAD_ERRORS = PHONE_ERRORS | described(412, 415, 423, 507)

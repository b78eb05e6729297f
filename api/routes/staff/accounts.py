"""Signing in and out; phones paired and revoked."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from msgspec import Meta, Struct

from api.actions import accounts
from api.auth import SESSION_COOKIE
from api.problems import ERRORS
from api.routes.given import Asked, GivenDatabase, GivenLimits, GivenSettings
from domain.access import SESSION_LASTS


class SignIn(Struct, forbid_unknown_fields=True):
    username: Annotated[str, Meta(min_length=1, max_length=100)]
    password: Annotated[str, Meta(min_length=1, max_length=200)]


class Me(Struct):
    id: UUID
    name: str
    role: str


class PairingCode(Struct):
    """Typed into the phone, once."""

    code: str
    expires_at: datetime


@post("/api/v1/sign-in", name="sign_in", status_code=HTTP_200_OK, responses=ERRORS)
async def sign_in(
    data: JSONBody[SignIn], request: Asked, database: GivenDatabase, limits: GivenLimits, settings: GivenSettings
) -> Response[Me]:
    await limits.count("sign-in", data.username, most=10, seconds=300)
    staff, secret = await database.write(accounts.sign_in, data.username, data.password)
    cookie = Cookie(
        key=SESSION_COOKIE,
        value=secret,
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=settings.secure,
    )
    return Response(Me(staff.id, staff.name, staff.role), cookies=[cookie])


@post("/api/v1/sign-out", name="sign_out", status_code=HTTP_204_NO_CONTENT, responses=ERRORS)
async def sign_out(request: Asked, database: GivenDatabase) -> Response[None]:
    await database.write(accounts.sign_out, request.cookies.get(SESSION_COOKIE, ""))
    return Response(None, status_code=HTTP_204_NO_CONTENT, cookies=[Cookie(key=SESSION_COOKIE, max_age=0)])


@get("/api/v1/me", name="me", responses=ERRORS)
async def me(request: Asked) -> Me:
    return Me(request.user.id, request.user.name, request.user.role)


@post(
    "/api/v1/technicians/{technician_id:uuid}/pairing-codes",
    name="new_pairing_code",
    status_code=HTTP_201_CREATED,
    responses=ERRORS,
)
async def new_pairing_code(request: Asked, database: GivenDatabase, technician_id: FromPath[UUID]) -> PairingCode:
    code, expires_at = await database.write(accounts.pairing_code, technician_id, request.user)
    return PairingCode(code, expires_at)


@post(
    "/api/v1/devices/{device_id:uuid}/revoke",
    name="revoke_device",
    status_code=HTTP_204_NO_CONTENT,
    responses=ERRORS,
)
async def revoke_device(request: Asked, database: GivenDatabase, device_id: FromPath[UUID]) -> None:
    await database.write(accounts.revoke_device, device_id, request.user)


routes = [sign_out, me, new_pairing_code, revoke_device]

"""The phone's three calls; what they carry is promised in `mobile_contract/v1`."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.exceptions import ClientException
from litestar.params import FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from api import clock
from api.actions import accounts, operations
from api.auth import MINIMUM_CLIENT, check_client
from api.problems import PHONE_ERRORS
from api.queries.phone_feed import changes_since
from api.routes.given import Asked, AskedByPhone, GivenDatabase, GivenLimits
from mobile_contract.v1.batches import read_batch
from mobile_contract.v1.operations import MAX_OPERATIONS, OperationsAnswer
from mobile_contract.v1.pairing import PairAnswer, PairRequest
from mobile_contract.v1.sync import SyncAnswer


class Sent(Struct):
    """`OperationsRequest` of `mobile_contract/schema/v1.json`, with its operations unread: each is read by itself,
    so that one that breaks the contract is one rejection and not the batch's."""

    operations: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=MAX_OPERATIONS)]
    sent_at: datetime | None = None


@post("/mobile/v1/pair", name="pair", status_code=HTTP_200_OK, responses=PHONE_ERRORS)
async def pair(data: JSONBody[PairRequest], request: Asked, database: GivenDatabase, limits: GivenLimits) -> PairAnswer:
    check_client(data.client_version)
    await limits.count("pair", request.client.host if request.client else "", most=20, seconds=300)
    device, token = await database.write(accounts.pair, data.code, data.device_name, data.client_version)
    technician = device.technician
    return PairAnswer(device_id=device.id, token=token, technician_id=technician.id, technician_name=technician.name)


@get("/mobile/v1/sync", name="sync", responses=PHONE_ERRORS)
async def sync(request: AskedByPhone, database: GivenDatabase, cursor: FromQuery[str] = "") -> SyncAnswer:
    """What is newer than the cursor, in order. An empty cursor, or one from another time, gets everything."""
    async with database.look() as connection:
        page = await changes_since(connection, request.user.id, request.auth, cursor)
    return SyncAnswer(
        cursor=page.cursor,
        changes=page.changes,
        more=page.more,
        full=page.full,
        server_time=clock.now(),
        minimum_client=MINIMUM_CLIENT,
    )


@post(
    "/mobile/v1/operations",
    name="send_operations",
    status_code=HTTP_200_OK,
    responses=PHONE_ERRORS,
)
async def send_operations(data: JSONBody[Sent], request: Asked, database: GivenDatabase) -> OperationsAnswer:
    """One verdict an operation; each is a transaction of its own."""
    try:
        batch = read_batch(await request.body())
    except msgspec.ValidationError as error:
        raise ClientException(f"{error}. Nothing was stored.") from None
    verdicts = await operations.apply_all(database, request.user, batch)
    return OperationsAnswer(verdicts=verdicts, server_time=clock.now())


routes = [sync, send_operations]

"""A technician's phone asks to be shown messages by its browser's push service, while its page is shut too."""

from typing import Annotated, Literal

from litestar import delete, get, put
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct
from sqlalchemy import select

from api.actions import push_subscriptions as actions
from api.adapters.messages.push import PushServices
from api.problems import PHONE_ERRORS
from api.routes.given import AskedByPhone, GivenCourier, GivenDatabase
from domain.message_templates import Language
from domain.messages import Way
from domain.push_subscriptions import PushSubscription

PATH = "/mobile/v1/push"


class PushTerms(Struct):
    """`key` is what a browser subscribes with; None: this site sends nothing that way. `endpoint` is this phone's."""

    key: str | None
    endpoint: str | None


class Subscription(Struct, forbid_unknown_fields=True):
    """As a browser's `PushSubscription.toJSON()` has them, without the padding."""

    endpoint: Annotated[str, Meta(min_length=1, max_length=1000)]
    p256dh: Annotated[str, Meta(max_length=100)]
    auth: Annotated[str, Meta(max_length=40)]
    language: Literal["zh", "en"]


def key_of(courier: GivenCourier) -> str | None:
    services = courier.ways.get(Way.PUSH)
    return services.public_key if isinstance(services, PushServices) else None


@get(PATH, name="push_terms", responses=PHONE_ERRORS)
async def push_terms(request: AskedByPhone, database: GivenDatabase, courier: GivenCourier) -> PushTerms:
    async with database.read() as session:
        mine = PushSubscription.device_id == request.user.device_id
        endpoint = await session.scalar(select(PushSubscription.endpoint).where(mine))
    return PushTerms(key_of(courier), endpoint)


@put(PATH, name="push_on", responses=PHONE_ERRORS)
async def push_on(
    data: JSONBody[Subscription], request: AskedByPhone, database: GivenDatabase, courier: GivenCourier
) -> PushTerms:
    """Again whenever the browser's subscription or the phone's language has changed."""
    assert request.user.device_id is not None
    await database.write(
        actions.subscribe, request.user.device_id, data.endpoint, data.p256dh, data.auth, Language(data.language)
    )
    return PushTerms(key_of(courier), data.endpoint)


@delete(PATH, name="push_off", status_code=HTTP_200_OK, responses=PHONE_ERRORS)
async def push_off(request: AskedByPhone, database: GivenDatabase, courier: GivenCourier) -> PushTerms:
    assert request.user.device_id is not None
    await database.write(actions.unsubscribe, request.user.device_id)
    return PushTerms(key_of(courier), None)


routes = [push_terms, push_on, push_off]

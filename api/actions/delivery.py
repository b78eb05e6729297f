"""One try to hand one message over: claimed in a transaction, sent outside of any, written down in another.

A claim counts the tries, which is the fence: two workers never make the same one. Whoever is killed in between leaves a
try without an outcome; after LEASE the message is due again, by the same way and under the same key, so that a gateway
that keeps keys delivers it once.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from api import clock
from api.actions.home_links import new_home_link
from api.actions.owner_links import new_link
from api.adapters.messages.gateway import Gateway, NotNow, Outgoing, Refused, WechatForm
from api.db.engine import Database
from api.db.outbox import emit
from domain.message_templates import (
    SECRETS,
    MessageKind,
    WechatSends,
    WechatTemplate,
    fill,
    kind_rules,
    quiet_hours,
    retries,
)
from domain.messages import Message, MessageState, MessageTry, Outcome, Way, next_way
from domain.on_call import Alarm, AlarmState, AlarmStep
from domain.ratings import Rating

log = structlog.get_logger()

PATIENCE_S = 20.0
LEASE = timedelta(seconds=45)
"""Longer than anybody waits for a gateway, so that a late one has given up before the next begins."""
PATHS = {WechatSends.TEMPLATE: "template/send", WechatSends.SUBSCRIPTION: "subscribe/bizsend"}
RING_AGAIN = timedelta(seconds=10)


@dataclass(frozen=True)
class Courier:
    """The ways that are set up, in the order in which they are tried, and what owners' links are made of."""

    ways: Mapping[Way, Gateway]
    site: str
    link_lasts: timedelta


@dataclass(frozen=True)
class Claim:
    message_id: UUID
    number: int
    way: Way
    out: Outgoing


async def deliver(
    database: Database, message_id: UUID, courier: Courier, secrets: Mapping[str, str] | None = None
) -> MessageState | None:
    """Makes the next try, if one is due; how the message stands then. None if there was nothing to do.

    Given the secrets that only the caller has, it is due at once; without them, such a message can't leave.
    """
    claimed = await database.write(claim, message_id, courier, secrets)
    if not isinstance(claimed, Claim):
        return claimed
    outcome, why, reference = await hand_over(courier.ways[claimed.way], claimed)
    return await database.write(finish, claimed, outcome, why, reference)


async def hand_over(gateway: Gateway, claimed: Claim) -> tuple[Outcome, str, str]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            return Outcome.SENT, "", await gateway.send(claimed.out)
    except Refused as error:
        return Outcome.REFUSED, str(error), ""
    except NotNow as error:
        return Outcome.LATER, str(error), ""
    except TimeoutError:
        return Outcome.LATER, f"No answer within {PATIENCE_S:g} s.", ""
    except Exception as error:  # a message must never stop the ones after it; its words may hold an address
        log.error("message_way_broken", way=claimed.way, error=type(error).__name__)
        return Outcome.LATER, f"The way failed: {type(error).__name__}.", ""


async def claim(
    session: AsyncSession, message_id: UUID, courier: Courier, secrets: Mapping[str, str] | None
) -> Claim | MessageState | None:
    """The next try, or the state in which the message ends because there is none."""
    now = clock.now()
    message = await session.scalar(
        select(Message)
        .where(Message.id == message_id, Message.state == MessageState.WAITING)
        .options(joinedload(Message.territory))
        .with_for_update(of=Message, skip_locked=True)
    )
    if message is None or (message.next_at > now and secrets is None):
        return None
    tried = await tries_of(session, message, now)
    if message.useless_after is not None and message.useless_after <= now:
        return await over(session, message, MessageState.EXPIRED, "It would have come too late.")
    if "{code}" in message.body and secrets is None:
        return await over(session, message, MessageState.FAILED, "Its code is known to nobody any more.")
    if message.kind is MessageKind.RATE and await rated(session, message):
        return await over(session, message, MessageState.NEEDLESS, "")
    chosen = next_way(list(courier.ways), message.addresses, tried, retries().tries_a_way)
    if chosen is None:
        why = tried[-1].why if tried else "No address is known that can be reached."
        return await over(session, message, MessageState.FAILED, why)
    way, address = chosen
    message.tries += 1
    message.next_at = now + LEASE
    session.add(
        MessageTry(message_id=message.id, number=message.tries, way=way, address=address, began_at=now, outcome=None)
    )
    out = await outgoing(session, message, address, courier, dict(secrets or {}))
    return Claim(message.id, message.tries, way, out)


async def tries_of(session: AsyncSession, message: Message, now: datetime) -> list[MessageTry]:
    """One that is still open was its worker's last: perhaps it was sent, and perhaps not."""
    found = await session.scalars(
        select(MessageTry).where(MessageTry.message_id == message.id).order_by(MessageTry.number)
    )
    tried = list(found)
    for one in tried:
        if one.outcome is None:
            one.outcome, one.ended_at, one.why = Outcome.LATER, now, "Whoever sent it did not come back."
    return tried


async def outgoing(
    session: AsyncSession, message: Message, address: str, courier: Courier, secrets: dict[str, str]
) -> Outgoing:
    """Only here the words meet their secrets. Each try has a link of its own, since no token is kept."""
    form = await session.get(WechatTemplate, message.kind)
    texts = [message.subject, message.body, *(form.fields.values() if form else ())]
    if message.ticket_id is not None and any("{link}" in text for text in texts):
        _, token = await new_link(session, message.ticket_id, courier.link_lasts, "system")
        secrets["link"] = f"{courier.site}/o/{token}"
    elif message.home_id is not None and any("{link}" in text for text in texts):
        _, token = await new_home_link(session, message.home_id, courier.link_lasts, "system")
        secrets["link"] = f"{courier.site}/o/report/{token}"
    values = {name: value for name, value in message.values.items() if name not in SECRETS} | secrets
    wechat = None
    if form is not None:
        data = {name: fill(text, values) for name, text in form.fields.items()}
        wechat = WechatForm(PATHS[form.sends], form.template_id, data)
    return Outgoing(
        key=message.id.hex,
        kind=message.kind,
        to=address,
        name=message.to_name,
        subject=fill(message.subject, secrets),
        text=fill(message.body, secrets),
        link=secrets.get("link", ""),
        wechat=wechat,
    )


async def finish(session: AsyncSession, claimed: Claim, outcome: Outcome, why: str, reference: str) -> MessageState:
    """What became of the try is a fact, however late; the message goes on only by its newest."""
    now = clock.now()
    message = await session.get_one(
        Message, claimed.message_id, options=[joinedload(Message.territory)], with_for_update={"of": Message}
    )
    await session.execute(
        update(MessageTry)
        .where(MessageTry.message_id == message.id, MessageTry.number == claimed.number)
        .values(outcome=outcome, why=why, reference=reference, ended_at=now)
    )
    if outcome is Outcome.SENT and message.state is not MessageState.SENT:
        message.sent_at = now
        return await over(session, message, MessageState.SENT, "")
    if message.state is MessageState.WAITING and message.tries == claimed.number:
        urgent = kind_rules()[message.kind].urgent
        wait = timedelta() if outcome is Outcome.REFUSED else retries().wait(claimed.number, urgent=urgent)
        message.next_at = now + wait
        if not message.at_night:
            message.next_at = quiet_hours().over(message.next_at, message.territory.zone)
    return message.state


async def over(session: AsyncSession, message: Message, state: MessageState, why: str) -> MessageState:
    message.end(state, why)
    if state is MessageState.FAILED:
        log.warning("message_failed", message=str(message.id), kind=message.kind, why=why)
        if message.kind is MessageKind.ALARM:
            await ring_on(session, message, why)
    if message.ticket_id is not None:
        subject, territory_id = message.ticket_id, message.territory_id
        await emit(session, "message.over", subject, territory_id=territory_id, message=str(message.id), state=state)
    return state


async def ring_on(session: AsyncSession, message: Message, why: str) -> None:
    """Somebody on call could not be told: the next one is told soon, and the desk sees why."""
    _, alarm_id, number = message.dedupe_key.partition("#")[0].split(":")
    alarm = await session.get(Alarm, UUID(alarm_id), with_for_update=True)
    if alarm is None:
        return
    await session.execute(
        update(AlarmStep).where(AlarmStep.alarm_id == alarm.id, AlarmStep.number == int(number)).values(why=why)
    )
    if alarm.state is AlarmState.RINGING:
        alarm.next_at = min(alarm.next_at, clock.now() + RING_AGAIN)
    log.error("alarm_not_told", alarm=alarm_id, why=why)


async def rated(session: AsyncSession, message: Message) -> bool:
    return await session.scalar(select(Rating.id).where(Rating.visit_id == message.visit_id).limit(1)) is not None


async def deliver_now(
    database: Database, message_id: UUID, courier: Courier, secrets: Mapping[str, str], tries: int = 2
) -> bool:
    """While somebody waits for it: another way at once, but the same one no more than `tries` times. Whether a gateway
    has it."""
    state: MessageState | None = MessageState.WAITING
    for _ in range(tries + len(courier.ways) - 1):
        if state is not MessageState.WAITING:
            break
        state = await deliver(database, message_id, courier, secrets)
    return state is MessageState.SENT

"""Calls after a repair: planned when it is done, asked by message when due, settled by the desk or with one tap."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api import clock
from api.actions import owner_care, quotes
from api.actions.owner_messages import tell_owner
from api.auth import OpenedLink, Person
from api.db.outbox import emit
from api.db.trail import record
from domain.errors import IllegalMove, Invalid, NotAllowed, NotFound
from domain.follow_ups import FollowUp, FollowUpState, Occasion, Outcome, RainyDay, call_rules
from domain.message_templates import MessageKind
from domain.people import Role
from domain.places import Territory
from domain.tickets import Channel, Ticket, TicketState

SOURCE = "follow-up"
LATE_RAIN = timedelta(days=14)
"""How long ago a rainy day may be that somebody remembers to mark."""


async def ask_due(session: AsyncSession, territory: Territory, today: date) -> int:
    """Owners of calls that are due get one message each, with a link to answer by; how many were asked now."""
    due = await session.scalars(
        select(FollowUp)
        .where(
            FollowUp.territory_id == territory.id,
            FollowUp.state == FollowUpState.PLANNED,
            FollowUp.occasion != Occasion.LOW_RATING,
            FollowUp.due_on <= today,
            FollowUp.asked_at.is_(None),
        )
        .order_by(FollowUp.id)
        .with_for_update()
    )
    now, asked = clock.now(), 0
    for one in due:
        kind = MessageKind.STAYED_FIXED
        useful = now + call_rules().useful
        asked += await tell_owner(session, one.ticket_id, kind, f"{kind}:{one.id}", useless_after=useful)
        one.asked_at = now
    return asked


async def settle(session: AsyncSession, follow_up_id: UUID, outcome: Outcome, note: str, by: Person) -> None:
    """What the owner said. Come back, the ticket opens again, also after its watch: somebody had promised to ask.

    Raises NotFound, IllegalMove for a call that is settled already, NotAllowed for a manager's.
    """
    row = await session.get(FollowUp, follow_up_id)
    if row is None or not by.sees(row.territory_id):
        raise NotFound("There is no such call.")
    ticket = await quotes.locked(session, row.ticket_id)  # before the call, as everywhere
    one = await session.get_one(FollowUp, follow_up_id, with_for_update=True, populate_existing=True)
    if one.occasion is Occasion.LOW_RATING and by.role is not Role.MANAGER:
        raise NotAllowed("After a bad rating a manager calls.")
    now = clock.now()
    match outcome:
        case Outcome.FIXED:
            one.settle(FollowUpState.HELD, now, by.actor, note)
        case Outcome.NOT_REACHED:
            one.not_reached(quotes.today_at(ticket, now), now, by.actor, note)
        case Outcome.CAME_BACK:
            one.settle(FollowUpState.CAME_BACK, now, by.actor, note)
            if ticket.state is TicketState.CLOSED:
                told = owner_care.report_of(ticket, note, str(one.id), Channel.PHONE, SOURCE)
                await owner_care.reopen(session, ticket, told, by)
    await tell_desk(session, one)
    await record(session, by.actor, "follow_up.called", one.id, ticket=ticket.number, outcome=outcome, tries=one.tries)


async def stayed_fixed(session: AsyncSession, opened: OpenedLink, by: Person) -> None:
    """The owner's one tap settles what is due. Raises IllegalMove where nobody asks."""
    ticket = await quotes.locked(session, opened.ticket_id)
    now = clock.now()
    rows = await session.scalars(asked_of(ticket, quotes.today_at(ticket, now)).with_for_update())
    due = rows.all()
    if not due:
        raise IllegalMove("Nothing is asked here just now.")
    for one in due:
        one.settle(FollowUpState.HELD, now, by.actor)
        await tell_desk(session, one)
    await record(session, by.actor, "follow_up.answered", ticket.id, outcome=Outcome.FIXED)


def asked_of(ticket: Ticket, today: date) -> Select[FollowUp]:
    return select(FollowUp).where(
        FollowUp.ticket_id == ticket.id,
        FollowUp.state == FollowUpState.PLANNED,
        FollowUp.occasion != Occasion.LOW_RATING,
        FollowUp.due_on <= today,
    )


async def mark_rainy(session: AsyncSession, territory_id: UUID, day: date, by: Person) -> int:
    """Leaks that were repaired before that day and wait for rain are called on the next; how many.

    Raises NotFound, and Invalid for a day that is not there yet or long over. Marked twice, it is marked once.
    """
    territory = await session.get(Territory, territory_id)
    if territory is None or not by.sees(territory_id):
        raise NotFound("There is no such territory.")
    now = clock.now()
    today = now.astimezone(territory.zone).date()
    if not today - LATE_RAIN <= day <= today:
        raise Invalid(f"A rainy day is one of the last {LATE_RAIN.days} days, or today.")
    marked = insert(RainyDay).values(territory_id=territory_id, day=day, marked_by=by.actor, marked_at=now)
    await session.execute(marked.on_conflict_do_nothing())
    woken = await session.scalars(
        update(FollowUp)
        .where(
            FollowUp.territory_id == territory_id,
            FollowUp.state == FollowUpState.PLANNED,
            FollowUp.occasion == Occasion.FIRST_RAIN,
            FollowUp.due_on.is_(None),
            FollowUp.since < day,
        )
        .values(due_on=day + timedelta(days=1))
        .returning(FollowUp.id)
    )
    count = len(woken.all())
    await record(session, by.actor, "rain.marked", territory_id, day=day.isoformat(), calls=count)
    return count


async def unmark_rainy(session: AsyncSession, territory_id: UUID, day: date, by: Person) -> int:
    """It did not rain after all: calls for which nobody has been asked yet wait for rain again; how many.

    Raises NotFound for a day that isn't marked.
    """
    mark = await session.get(RainyDay, (territory_id, day)) if by.sees(territory_id) else None
    if mark is None:
        raise NotFound("This day is not marked as rainy.")
    await session.delete(mark)
    await session.flush()
    rained = list(await session.scalars(select(RainyDay.day).where(RainyDay.territory_id == territory_id)))
    woken = await session.scalars(
        select(FollowUp)
        .where(
            FollowUp.territory_id == territory_id,
            FollowUp.state == FollowUpState.PLANNED,
            FollowUp.occasion == Occasion.FIRST_RAIN,
            FollowUp.due_on == day + timedelta(days=1),
            FollowUp.asked_at.is_(None),
            FollowUp.tries == 0,
        )
        .with_for_update()
    )
    asleep = 0
    for call in woken:
        rain = min((one for one in rained if one > call.since), default=None)
        call.due_on = rain and rain + timedelta(days=1)
        asleep += call.due_on is None
    await record(session, by.actor, "rain.unmarked", territory_id, day=day.isoformat(), calls=asleep)
    return asleep


async def tell_desk(session: AsyncSession, one: FollowUp) -> None:
    await emit(session, "follow_up.settled", one.ticket_id, territory_id=one.territory_id, state=one.state)

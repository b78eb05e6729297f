"""Times that hold: offered as proven, held, booked, moved and cancelled; never sold twice."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from booking_desk import at_desk, job_at
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Town

from api.actions.bookings.rules import BookingRules
from bench.booking_desk import RULES, BookingDesk, slots_of
from domain.bookings import Booking, Hold
from domain.day_slots import DaySlot, Slot
from domain.errors import IllegalMove, Invalid, SlotTaken
from domain.jobs import Job, JobState, Visit, VisitState
from domain.people import Absence


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


def whole_day(town: Town, where: int) -> UUID:
    """A job after which its technician has time for nothing else: the two have one such each a day."""
    job_id = job_at(town, where)

    async def lengthen(session: AsyncSession) -> None:
        (await session.get_one(Job, job_id)).duration = timedelta(hours=8)

    town.write(lengthen)
    return job_id


def test_every_day_has_its_slots_and_one_of_them_is_the_cheapest(town: Town) -> None:
    job = job_at(town, 1)
    days = at_desk(town, lambda desk: desk.offers(job))
    assert [day.day for day in days] == [DAY + timedelta(days=ahead) for ahead in range(5)]
    assert [len(day.offers) for day in days] == [4] * 5
    assert all(sum(offer.cheapest for offer in day.offers) == 1 for day in days)
    assert all(
        offer.price == min(o.price for o in day.offers) for day in days for offer in day.offers if offer.cheapest
    )
    local = [offer.opens.astimezone(UTC).hour for offer in days[0].offers]
    assert local == [8, 10, 13, 15]  # Lisbon in November is on UTC


def test_a_day_on_which_a_technician_is_nearby_is_cheaper(town: Town) -> None:
    far, near, other = job_at(town, 60), job_at(town, 61), job_at(town, 1)

    async def ask(desk: BookingDesk) -> tuple[int, int]:
        before = await desk.offers(near)
        await desk.book(far, slots_of(await desk.offers(far))[0])
        return before[0].offers[0].price, (await desk.offers(near))[0].offers[0].price

    before, after = at_desk(town, ask)
    assert after < before
    assert at_desk(town, lambda desk: desk.offers(other))


def test_a_booked_time_is_a_visit_a_promise_and_a_hard_window_of_the_next_plan(town: Town) -> None:
    job = job_at(town, 1)

    async def choose(desk: BookingDesk) -> Slot:
        slot = slots_of(await desk.offers(job))[3]
        await desk.hold(job, slot)
        await desk.book(job, slot)
        return slot

    slot = at_desk(town, choose)
    for house in range(2, 12):
        town.report("basin-sink", where=house)
    town.publish()
    visit = at_desk(town, lambda desk: desk.visit(job))
    assert visit is not None
    assert slot.opens <= visit.starts <= slot.closes
    assert (at_desk(town, lambda desk: desk.job(job))).state is JobState.PLANNED


def test_what_is_booked_is_kept_by_a_plan_that_could_win_much_by_leaving_it_out(town: Town) -> None:
    promised = [whole_day(town, 1), whole_day(town, 2)]

    async def choose(desk: BookingDesk) -> None:
        for job in promised:
            await desk.book(job, slots_of(await desk.offers(job))[0])

    at_desk(town, choose)
    for house in range(3, 9):
        town.report("light-fitting", where=house, answers={"danger": True})  # emergencies
    town.publish()
    kept = [at_desk(town, lambda desk, job=job: desk.visit(job)) for job in promised]
    assert all(visit is not None and visit.day == DAY for visit in kept)


def test_the_last_room_of_a_slot_goes_to_one_and_the_other_is_told_what_is_left(town: Town) -> None:
    first, second, third = (whole_day(town, house) for house in (1, 2, 3))

    async def race(desk: BookingDesk) -> list[Slot]:
        slot = slots_of(await desk.offers(third))[0]
        await desk.book(first, slot)
        await desk.hold(second, slot)
        with pytest.raises(SlotTaken):
            await desk.hold(third, slot)
        with pytest.raises(SlotTaken):
            await desk.book(third, slot)
        await desk.book(second, slot)
        return slots_of(await desk.offers(third))

    left = at_desk(town, race)
    assert left
    assert all(slot.opens.date() > DAY for slot in left)


def test_a_hold_that_has_run_out_makes_room_again(town: Town) -> None:
    town_is_full = [whole_day(town, 1), whole_day(town, 2)]
    late = whole_day(town, 3)

    async def wait(desk: BookingDesk) -> Slot:
        slot = slots_of(await desk.offers(late))[0]
        for job in town_is_full:
            await desk.hold(job, slot)
        assert slot not in slots_of(await desk.offers(late))

        async def run_out(session: AsyncSession) -> None:
            for held in await session.scalars(select(Hold)):
                held.until = datetime.now(UTC) - timedelta(seconds=1)

        await desk.database.write(run_out)
        other = BookingDesk(desk.database)  # a process that has only read them as they are now
        assert slot in slots_of(await other.offers(late))
        await other.book(late, slot)
        return slot

    at_desk(town, wait)


def test_a_process_forgets_a_hold_by_itself_when_its_time_is_over(town: Town) -> None:
    job, other = whole_day(town, 1), whole_day(town, 2)
    third = whole_day(town, 3)

    async def wait(desk: BookingDesk) -> None:
        slot = slots_of(await desk.offers(job))[0]
        await desk.hold(job, slot)
        await desk.hold(other, slot)
        assert slot not in slots_of(await desk.offers(third))
        await asyncio.sleep(0.6)
        assert slot in slots_of(await desk.offers(third))

    at_desk(town, wait, BookingRules(days=5, hold=timedelta(seconds=0.5), notice=timedelta(hours=24)))


def test_a_hold_is_room_for_its_own_job_alone_and_a_second_one_takes_its_place(town: Town) -> None:
    job, other = whole_day(town, 1), whole_day(town, 2)

    async def hold_twice(desk: BookingDesk) -> tuple[Slot, Slot]:
        first, second = slots_of(await desk.offers(job))[0], slots_of(await desk.offers(job))[2]
        await desk.hold(job, first)
        await desk.book(other, first)
        assert first in slots_of(await desk.offers(job))
        await desk.hold(job, second)
        [held] = await desk.all(Hold)
        assert (held.opens, held.closes) == (second.opens, second.closes)
        return first, second

    at_desk(town, hold_twice)


def test_another_time_takes_the_place_of_the_first_at_once_and_the_first_stays_until_then(town: Town) -> None:
    job = whole_day(town, 1)

    async def move(desk: BookingDesk) -> None:
        first, second = slots_of(await desk.offers(job))[0], slots_of(await desk.offers(job))[2]
        assert first.opens.date() < second.opens.date()
        await desk.book(job, first)
        before = await desk.visit(job)
        assert before is not None
        await desk.hold(job, second)
        assert (await desk.offered(job)).promised == first
        await desk.book(job, second)
        after = await desk.visit(job)
        assert after is not None
        assert (after.id, after.day) == (before.id, second.opens.date())
        ended, stands = sorted(await desk.all(Booking), key=lambda one: one.booked_at)
        assert (ended.ended, stands.ended) == ("moved", None)
        assert (await desk.job(job)).promised_from == second.opens

    at_desk(town, move)


def test_a_time_that_is_refused_leaves_the_one_before_it(town: Town) -> None:
    job, *others = (whole_day(town, house) for house in (1, 2, 3))

    async def try_to_move(desk: BookingDesk) -> None:
        first, second = slots_of(await desk.offers(job))[0], slots_of(await desk.offers(job))[2]
        await desk.book(job, first)
        for other in others:
            await desk.book(other, second)
        with pytest.raises(SlotTaken):
            await desk.book(job, second)
        assert (await desk.job(job)).promised_from == first.opens
        visit = await desk.visit(job)
        assert visit is not None
        assert visit.day == first.opens.date()

    at_desk(town, try_to_move)


def test_booking_the_same_time_again_changes_nothing(town: Town) -> None:
    job = job_at(town, 1)

    async def twice(desk: BookingDesk) -> list[UUID]:
        slot = slots_of(await desk.offers(job))[0]
        return [(await desk.book(job, slot)).id for _ in range(2)]

    first, second = at_desk(town, twice)
    assert first == second


@pytest.mark.parametrize(("ahead", "late"), [(0, True), (4, False)])
def test_a_cancelled_time_is_free_again_and_a_late_one_is_kept_as_late(town: Town, ahead: int, late: bool) -> None:
    job = job_at(town, 1)
    rules = BookingRules(days=5, hold=RULES.hold, notice=timedelta(hours=50))

    async def give_back(desk: BookingDesk) -> None:
        slot = slots_of([(await desk.offers(job))[ahead]])[0]
        await desk.book(job, slot)
        booking = await desk.cancel(job, "away")
        assert (booking.ended, booking.late, booking.reason) == ("cancelled", late, "away")
        assert await desk.visit(job) is None
        now = await desk.job(job)
        assert (now.state, now.promised_from) == (JobState.WAITING, None)
        assert slot in slots_of(await desk.offers(job))
        with pytest.raises(IllegalMove, match="No time is booked"):
            await desk.cancel(job)

    at_desk(town, give_back, rules)


@pytest.mark.parametrize("changed", [{"state": VisitState.TRAVELLING}, {"locked": True}])
def test_once_the_technician_is_on_the_way_or_a_dispatcher_has_fixed_it_nobody_moves_it(
    town: Town, changed: dict[str, Any]
) -> None:
    job = job_at(town, 1)

    async def too_late(desk: BookingDesk) -> None:
        first, second, *_ = slots_of(await desk.offers(job))
        await desk.book(job, first)

        async def change(session: AsyncSession) -> None:
            visit = (await session.scalars(select(Visit))).one()
            for name, value in changed.items():
                setattr(visit, name, value)

        await desk.database.write(change)
        for refused in (desk.offers(job), desk.hold(job, second), desk.book(job, second), desk.cancel(job)):
            with pytest.raises(IllegalMove):
                await refused
        visit = await desk.visit(job)
        assert visit is not None
        assert first.opens <= visit.starts <= first.closes

    at_desk(town, too_late)


def test_nobody_is_offered_who_is_away_and_a_place_must_be_known(town: Town) -> None:
    job = job_at(town, 1)
    nowhere = job_at(town, 1, address="Somewhere", latitude=None, longitude=None)

    async def away(session: AsyncSession) -> None:
        session.add_all(Absence(technician_id=one, starts=DAY, ends=DAY) for one in town.technicians)

    town.write(away)
    days = at_desk(town, lambda desk: desk.offers(job))
    assert [bool(day.offers) for day in days] == [False, True, True, True, True]
    with pytest.raises(Invalid, match="needs a location"):
        at_desk(town, lambda desk: desk.offers(nowhere))


def test_a_time_that_is_no_offer_is_refused(town: Town) -> None:
    job = job_at(town, 1)

    async def odd(desk: BookingDesk) -> None:
        slot = slots_of(await desk.offers(job))[0]
        shifted = Slot(slot.opens + timedelta(minutes=1), slot.closes)
        far = Slot(slot.opens + timedelta(days=70), slot.closes + timedelta(days=70))
        today = Slot(slot.opens - timedelta(days=1), slot.closes - timedelta(days=1))
        for other in (shifted, far, today):
            with pytest.raises(Invalid, match="no time that may be chosen"):
                await desk.book(job, other)

    at_desk(town, odd)


def test_a_territory_has_slots_of_its_own(town: Town) -> None:
    job = job_at(town, 1)

    async def own(session: AsyncSession) -> DaySlot:
        row = DaySlot(territory_id=town.territory_id, city=None, opens=time(9), closes=time(9, 30), source="test")
        session.add(row)
        await session.flush()
        return row

    row = town.write(own)
    days = at_desk(town, lambda desk: desk.offers(job))

    async def forget(session: AsyncSession) -> None:
        await session.delete(await session.get_one(DaySlot, row.id))

    town.write(forget)
    assert [(offer.opens.hour, offer.closes.minute) for day in days for offer in day.offers] == [(9, 30)] * 5

"""What owners and technicians are told: once each, in their language, by the ways they have, and not at night."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from booking_desk import job_at
from owner_browser import OwnerBrowser, link_for
from post_office import PostOffice
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town
from two_stops import rows

from api.actions import delays
from api.actions.messages import Told, tell
from api.actions.owner_messages import about_ticket, told_of_booking
from domain.bookings import Booking
from domain.intakes import KnownSender
from domain.jobs import Job, Visit
from domain.message_templates import MessageKind
from domain.messages import Message, MessageState
from domain.people import Technician
from domain.tickets import Channel, Ticket
from domain.triage import Tier

LISBON = ZoneInfo("Europe/Lisbon")


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty(but="absences")


@pytest.fixture
def post(town: Town, tmp_path: Path) -> PostOffice:
    return PostOffice(town, tmp_path / "messages")


def book(desk: Desk, job_id: UUID, number: int = 0) -> dict[str, str]:
    days = desk.get(f"/api/v1/jobs/{job_id}/offers").json()["days"]
    offer = [offer for day in days for offer in day["offers"]][number]
    slot = {"opens": offer["opens"], "closes": offer["closes"]}
    assert desk.post(f"/api/v1/jobs/{job_id}/bookings", slot).status_code == 201
    return slot


def ticket_of(town: Town, job_id: UUID) -> UUID:
    return next(job.ticket_id for job in rows(town, Job) if job.id == job_id)


def test_a_time_that_is_booked_moved_and_cancelled_is_told_each_once(town: Town, dora: Desk, post: PostOffice) -> None:
    job_id = job_at(town, 1, contact_language="en")
    slot = book(dora, job_id)
    book(dora, job_id)  # the same again
    book(dora, job_id, 1)
    assert dora.post(f"/api/v1/jobs/{job_id}/bookings/cancel", {"reason": "away"}).status_code == 200
    assert post.kinds() == ["booked", "moved", "cancelled"]
    post.send_all()
    first, *_ = told = post.lines()
    assert [(one["kind"], one["to"]) for one in told] == [(kind, "13812340000") for kind in post.kinds()]
    opens = datetime.fromisoformat(slot["opens"]).astimezone(LISBON)
    assert f"{opens:%H:%M}–" in first["text"]
    assert f"{opens:%a} {opens.day} {opens:%b}" in first["text"]
    assert "报修" not in first["text"], "in the owner's language"


def test_who_has_said_no_language_reads_both_and_the_link_in_it_opens(town: Town, dora: Desk, post: PostOffice) -> None:
    book(dora, job_at(town, 1))
    post.send_all()
    (line,) = post.lines()
    assert "已预约" in line["text"]
    assert "is booked for" in line["text"]
    token = line["text"].split("/o/")[1].split()[0]
    assert OwnerBrowser(dora.client, token).ticket()["booked"] is not None
    assert token not in str([message.body for message in post.messages()]), "no table holds it"


def test_a_refused_booking_tells_nobody(town: Town, dora: Desk, post: PostOffice) -> None:
    job_id = job_at(town, 1)
    never = {"opens": "2020-01-01T08:00:00Z", "closes": "2020-01-01T10:00:00Z"}
    assert dora.post(f"/api/v1/jobs/{job_id}/bookings", never).status_code == 422
    assert post.messages() == []


def test_the_same_cause_told_by_many_at_once_is_one_message(town: Town, dora: Desk, post: PostOffice) -> None:
    job_id = job_at(town, 1)
    book(dora, job_id)
    (booking,), (visit,) = rows(town, Booking), rows(town, Visit)

    def again(_: int) -> None:
        town.write(told_of_booking, ticket_of(town, job_id), visit.id, booking, moved=False)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(again, range(8)))
    assert post.kinds() == ["booked"]


def test_of_many_workers_one_makes_the_try(town: Town, dora: Desk, post: PostOffice) -> None:
    book(dora, job_at(town, 1))
    post.hurry()
    (message,) = post.messages()
    with ThreadPoolExecutor(6) as threads:
        states = list(threads.map(lambda _: post.send(message.id), range(12)))
    assert states.count(MessageState.SENT) == 1
    assert states.count(None) == 11
    assert len(post.lines()) == 1


def test_at_night_an_owner_is_left_alone_unless_it_is_an_emergency(town: Town, post: PostOffice) -> None:
    night = datetime.combine(DAY, time(22), tzinfo=LISBON)

    async def tell_at_night(session: AsyncSession, ticket_id: UUID) -> None:
        about = await about_ticket(session, ticket_id)
        values = about.values()
        emergency = about.ticket.tier is Tier.EMERGENCY
        told = Told(
            kind=MessageKind.COMPLETED, key=str(ticket_id), to=about.to, territory=about.territory, zh=values["zh"],
            en=values["en"], ticket_id=ticket_id, at=night, at_night=emergency,
        )  # fmt: skip
        await tell(session, told)

    town.write(tell_at_night, town.report(where=1))
    town.write(tell_at_night, town.report("gas-smell", where=2))
    usual, emergency = sorted(post.messages("completed"), key=lambda message: message.at_night)
    assert emergency.not_before == night
    assert usual.not_before == datetime.combine(DAY + timedelta(days=1), time(8), tzinfo=LISBON)
    assert post.send(usual.id) is None, "it is not due"


def test_on_the_way_done_and_please_rate_follow_what_the_phone_tells(
    town: Town, phone: Pocket, post: PostOffice, dora: Desk
) -> None:
    first, second = phone.stops()
    phone.send(phone.operation("depart", first["visit_id"]))
    depart = phone.operation("depart", second["visit_id"])
    phone.send(depart)
    phone.send(depart)  # the answer got lost
    phone.send(phone.operation("arrive", first["visit_id"]), phone.operation("start", first["visit_id"]))
    phone.send(phone.complete(first["visit_id"]))
    assert [kind for kind in post.kinds() if not kind.startswith("day")] == [
        "on_the_way", "on_the_way", "completed", "rate",
    ]  # fmt: skip
    (rate,) = post.messages("rate")
    (done,) = post.messages("completed")
    assert rate.not_before - done.made_at >= timedelta(hours=1, minutes=59)
    post.send_all()
    texts = {line["kind"]: line["text"] for line in post.lines()}
    assert "Technician T1" in texts["on_the_way"]


def test_whoever_has_rated_is_not_asked_to(town: Town, phone: Pocket, post: PostOffice, dora: Desk) -> None:
    first, _ = phone.stops()
    phone.send(phone.complete(first["visit_id"]))
    (rate,) = post.messages("rate")
    assert rate.ticket_id is not None
    owner = OwnerBrowser(dora.client, link_for(dora, rate.ticket_id))
    assert owner.post("rating", {"stars": 5}).status_code == 201
    post.send_all()
    assert post.messages("rate")[0].state is MessageState.NEEDLESS
    assert "rate" not in {line["kind"] for line in post.lines()}


def test_what_comes_too_late_is_not_sent(town: Town, phone: Pocket, post: PostOffice) -> None:
    phone.send(phone.operation("depart", phone.stops()[0]["visit_id"]))

    async def later(session: AsyncSession) -> None:
        await session.execute(update(Message).values(useless_after=datetime.now(UTC)))

    town.write(later)
    post.send_all()
    assert post.messages("on_the_way")[0].state is MessageState.EXPIRED
    assert post.lines() == []


def test_an_owner_without_any_address_is_a_message_that_failed_and_says_why(
    town: Town, dora: Desk, post: PostOffice
) -> None:
    book(dora, job_at(town, 1, contact_phone=""))
    post.send_all()
    (message,) = post.messages()
    assert (message.state, message.tries) == (MessageState.FAILED, 0)
    assert "No address" in message.why


def test_a_follower_s_openid_and_a_mail_address_are_known_ways(town: Town, dora: Desk, post: PostOffice) -> None:
    job_id = job_at(town, 1, contact_mail="zhang@example.com")

    async def follow(session: AsyncSession) -> None:
        ticket = (await session.scalars(select(Ticket))).one()
        session.add_all(
            KnownSender(
                channel=Channel.WECHAT, sender=sender, home_id=ticket.home_id, contact_name="", contact_phone=phone,
                known_since=datetime.now(UTC),
            )
            for sender, phone in (("openid-zhang", "13812340000"), ("openid-neighbour", "13900000000"))
        )  # fmt: skip

    town.write(follow)
    book(dora, job_id)
    assert post.messages()[0].addresses == {
        "wechat": "openid-zhang",
        "sms": "13812340000",
        "mail": "zhang@example.com",
    }


def test_technicians_with_a_number_hear_that_their_day_is_published_and_changed(
    town: Town, dora: Desk, post: PostOffice
) -> None:
    async def number(session: AsyncSession, phone: str) -> None:
        await session.execute(update(Technician).where(Technician.code == "T1").values(phone=phone))

    town.write(number, "13711112222")
    try:
        town.report(where=1)
        town.report(where=2)
        town.publish()
        assert set(post.kinds()) <= {"day_published"}
        visits = rows(town, Visit)
        for visit in visits:
            there = {"technician_id": str(town.technicians[0]), "day": str(DAY), "position": 0, "seen": visit.version}
            dora.post(f"/api/v1/jobs/{visit.job_id}/visit", there | {"override": "the owner knows him"})
        changed = post.messages("day_changed")
        assert {message.addresses["sms"] for message in post.messages()} <= {"13711112222"}
        assert len(changed) <= 1, "once in a quarter of an hour"
    finally:
        town.write(number, "")


def promised(town: Town) -> None:
    async def promise(session: AsyncSession) -> None:
        for visit in await session.scalars(select(Visit)):
            job = await session.get_one(Job, visit.job_id)
            job.promised_from, job.promised_to = visit.starts - timedelta(hours=1), visit.starts + timedelta(minutes=30)

    town.write(promise)


def test_an_owner_hears_of_a_delay_once_a_quarter_and_only_when_what_was_told_no_longer_holds(
    town: Town, phone: Pocket, post: PostOffice
) -> None:
    promised(town)
    first = min(rows(town, Visit), key=lambda visit: visit.starts)

    def warn(late: timedelta) -> int:
        return town.run(lambda database: delays.warn_all(database, None, first.starts + late))

    assert warn(timedelta(minutes=-60)) == 0
    assert warn(timedelta(minutes=20)) == 0, "still within what was promised"
    assert post.messages("delayed") == []
    soon = warn(timedelta(minutes=45))
    assert soon >= 1
    assert warn(timedelta(minutes=45)) == 0, "the new span holds"
    assert warn(timedelta(minutes=50)) == 0
    assert len(post.messages("delayed")) == soon
    warn(timedelta(minutes=150))
    assert len(post.messages("delayed")) > soon
    told = [message for message in post.messages("delayed") if message.visit_id == first.id]
    assert len(told) == 2
    spans = [(message.span_begins, message.span_ends) for message in told]
    assert all(begins and ends and begins > first.starts + timedelta(minutes=30) for begins, ends in spans)
    assert spans[0] != spans[1]


def test_two_watches_at_once_warn_once(town: Town, phone: Pocket, post: PostOffice) -> None:
    promised(town)
    at = min(visit.starts for visit in rows(town, Visit)) + timedelta(minutes=45)
    with ThreadPoolExecutor(3) as threads:
        warned = list(threads.map(lambda _: town.run(lambda db: delays.warn_all(db, None, at)), range(3)))
    keys = [message.dedupe_key for message in post.messages("delayed")]
    assert sum(warned) == len(keys) == len(set(keys)) >= 1


def test_who_has_arrived_is_not_late(town: Town, phone: Pocket, post: PostOffice) -> None:
    promised(town)
    for stop in phone.stops():
        phone.send(phone.operation("arrive", stop["visit_id"]))
    at = min(visit.starts for visit in rows(town, Visit)) + timedelta(hours=4)
    assert town.run(lambda database: delays.warn_all(database, None, at)) == 0

"""One of everything that has an address, in Harbour: what somebody of another territory or home must not reach."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from camera import Camera
from owner_browser import OwnerBrowser, link_for
from pictures import picture, saved
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town

from domain.intakes import Intake, IntakeMessage, MediaState, SaidKind
from domain.on_call import Alarm
from domain.tickets import Channel, Ticket

NOT_WATCHED = {"sessions", "owner_sessions", "home_sessions"}
"""Signing in and opening a link write there, and have nothing to do with whose an object is."""


def query(town: Town, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        return connection.execute(statement.encode()).fetchall()


def written(town: Town) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a digest of all that they say."""
    tables = [name for (name,) in query(town, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    digest = "SELECT count(*), coalesce(md5(string_agg(t::text, ';' ORDER BY t::text)), '') FROM \"{}\" t"
    return {name: query(town, digest.format(name))[0] for name in sorted(tables) if name not in NOT_WATCHED}


def make_everything(town: Town, desk: Desk) -> dict[str, str]:
    """By the names that routes' addresses give them."""
    done, going, quoted, waiting = (town.report(where=house) for house in range(1, 5))
    photo = with_photo(desk, going)
    valid = (DAY + timedelta(days=9)).isoformat()
    lines = {"lines": [{"text": "Lamp", "cents": 900}], "valid_until": valid}
    quote = made(desk.post(f"/api/v1/tickets/{quoted}/quotes", lines))["id"]
    first_plan, second_plan = town.plan(), town.plan()
    assert desk.post(f"/api/v1/plans/{second_plan}/publish").status_code == 200
    shown = repaired(town, desk, done)
    home = desk.get(f"/api/v1/tickets/{done}").json()["ticket"]["home_id"]
    made(desk.post(f"/api/v1/homes/{home}/report-links"))
    batch = {"territory_ids": [str(town.territory_id)], "day": str(DAY + timedelta(days=3)), "seconds": 0.2}
    made(desk.post("/api/v1/plan-batches", batch))
    upset = {"kind": "ill", "technician_id": str(town.technicians[0])}
    repair = made(desk.post(f"/api/v1/days/{town.territory_id}/{DAY}/repairs", upset))["id"]
    ((copy,),) = query(town, "SELECT sha256 FROM ticket_photos")
    message, intake = town.write(heard, UUID(home), copy)
    alarm = town.write(ringing, town.territory_id, waiting)

    def only(statement: str) -> str:
        return str(query(town, statement)[0][0])

    return {
        "alarm_id": str(alarm),
        "batch_id": only("SELECT batch_id FROM plans WHERE batch_id IS NOT NULL"),
        "day": str(DAY),
        "device_id": only("SELECT id FROM devices"),
        "follow_up_id": only("SELECT id FROM follow_ups"),
        "home_id": home,
        "intake_id": str(intake),
        "job_id": only(f"SELECT id FROM jobs WHERE ticket_id = '{going}'"),
        "message_id": only("SELECT id FROM messages WHERE ticket_id IS NOT NULL"),
        "intake_message_id": str(message),
        "op_id": only("SELECT op_id FROM operations WHERE status = 'accepted_with_conflict'"),
        "neighbour_id": str(done),
        "other_id": str(second_plan),
        "owner_link_id": only("SELECT id FROM owner_links"),
        "photo_id": photo,
        "plan_id": str(first_plan),
        "quote_id": quote,
        "repair_id": repair,
        "report_id": made(desk.post("/api/v1/reports", {"since": str(DAY), "until": str(DAY)}))["id"],
        "report_link_id": only("SELECT id FROM home_links"),
        "sha256": shown,
        "sign_off_id": only("SELECT id FROM sign_offs"),
        "technician_id": str(town.technicians[0]),
        "territory_id": str(town.territory_id),
        "ticket_id": str(going),
        "visit_id": only(f"SELECT v.id FROM visits v JOIN jobs j ON j.id = v.job_id WHERE j.ticket_id = '{going}'"),
    }


def made(answer: Any) -> Any:
    assert answer.status_code in (200, 201, 202), answer.text
    return answer.json()


def with_photo(desk: Desk, ticket_id: UUID) -> str:
    headers = OwnerBrowser(desk.client, link_for(desk, ticket_id)).headers | {"Content-Type": "image/jpeg"}
    made(desk.client.post("/api/v1/owner/photos", content=saved(picture()), headers=headers))
    found: str = desk.get(f"/api/v1/tickets/{ticket_id}").json()["photos"][0]
    return found


def repaired(town: Town, desk: Desk, ticket_id: UUID) -> str:
    """Done with a photo, whose hash this is; and then done once more, which contradicts the plan."""
    number = desk.get(f"/api/v1/tickets/{ticket_id}").json()["ticket"]["number"]
    for technician in town.technicians:
        pocket = Pocket(desk, technician)
        for stop in pocket.stops():
            if stop["ticket_number"] == number:
                photo = Camera(desk.client, pocket.headers).upload(saved(picture()))
                visit = stop["visit_id"]
                steps = [pocket.operation(kind, visit) for kind in ("depart", "arrive", "start")]
                verdicts = pocket.send(*steps, pocket.complete(visit, accepted=True, photos=[photo]))
                assert [one["status"] for one in verdicts] == ["applied"] * 4, verdicts
                (again,) = pocket.send(pocket.complete(visit, accepted=True))
                assert again["status"] == "accepted_with_conflict", again
                return photo
    raise AssertionError("No phone has the visit.")


async def heard(session: AsyncSession, home_id: UUID, sha256: str) -> tuple[UUID, UUID]:
    """A picture that somebody who lives there sent by WeChat."""
    now = datetime.now(UTC)
    intake = Intake(channel=Channel.WECHAT, sender="o-theirs", began_at=now, heard_at=now, home_id=home_id)
    session.add(intake)
    await session.flush()
    message = IntakeMessage(
        intake_id=intake.id,
        channel=Channel.WECHAT,
        event_id=uuid4().hex,
        kind=SaidKind.PICTURE,
        said_at=now,
        received_at=now,
        media_state=MediaState.KEPT,
        media_sha256=sha256,
    )
    session.add(message)
    await session.flush()
    return message.id, intake.id


async def ringing(session: AsyncSession, territory_id: UUID, ticket_id: UUID) -> UUID:
    now = datetime.now(UTC)
    await session.execute(update(Ticket).where(Ticket.id == ticket_id).values(attended_at=None))
    alarm = Alarm(ticket_id=ticket_id, territory_id=territory_id, raised_at=now, next_at=now)
    session.add(alarm)
    await session.flush()
    return alarm.id

"""A technician's day with everything in it, and a next day that the office plans anew behind the phone's back."""

import time as clock
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from camera import Camera
from pictures import picture, saved
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from town import DAY, Desk, Pocket, Town

from domain.people import Absence
from mobile_contract.client import CLIENT_VERSION, Phone
from mobile_contract.v1 import Stop
from mobile_contract.v1.additions import PhotoShows
from mobile_contract.v1.reasons import AnotherVisitReason, PauseReason, RefusalReason
from mobile_contract.v1.sign_off import ChecklistAnswer, PartUsed, Point, Relationship

OFFLINE = timedelta(minutes=40)
NEXT = DAY + timedelta(days=1)
STROKES = [
    [Point(1000 + 240 * at, 3000 + (at % 3) * 700 - 60 * at, 20 * at) for at in range(16)],
    [Point(2200, 1600, 400), Point(2400, 4600, 500)],
]
UNSENT = "e" * 64
"""A photo that the phone has not sent yet."""


@dataclass(frozen=True)
class FieldWork:
    """Numbers of tickets: `whole` has every kind of fact, `refused` a refusal, `moved` and `cancelled` a conflict."""

    whole: str
    refused: str
    moved: str
    cancelled: str


def work(town: Town, address: str, desk: Desk, folder: Path) -> FieldWork:
    """Needs two stops of the first technician that were not begun."""
    mine, colleague = town.technicians
    code = desk.post(f"/api/v1/technicians/{mine}/pairing-codes").json()["code"]
    with Phone(folder, address) as phone, httpx.Client(base_url=address) as client:
        identity = phone.pair(code, "Field phone")
        phone.sync()
        first, second = [stop for stop in phone.stops() if stop.state == "planned"][:2]
        headers = {"Authorization": f"Bearer {identity.token}", "Doorstep-Client": CLIENT_VERSION}
        camera = Camera(client, headers)
        photos = [camera.upload(saved(picture(width, 480))) for width in (640, 480)]
        everything(phone, first, photos)
        refuse(phone, second, photos[1])
        sent(phone, "applied")

        for where, defect in ((40, "light-fitting"), (41, "slow-leak")):
            town.report(defect, where=where)
        plan(town, desk, NEXT, away=colleague)
        phone.sync()
        tomorrow = {
            stop.defect.code: stop for stop in phone.stops() if stop.address in ("40 Quay Street", "41 Quay Street")
        }
        plan(town, desk, NEXT, away=mine)
        moved, cancelled = tomorrow["light-fitting"], tomorrow["slow-leak"]
        complete(phone, moved, [photos[0], UNSENT])
        phone.another_visit(
            cancelled.visit_id, AnotherVisitReason.PARTS_MISSING, done="Water is off", needed="DN20 valve", minutes=15
        )
        sent(phone, "accepted_with_conflict")
    for photo in photos:
        wait_until(lambda photo=photo: desk.get(f"/api/v1/photos/{photo}/thumbnail").status_code == 200)
    return FieldWork(*(stop.ticket_number for stop in (first, second, moved, cancelled)))


def everything(phone: Phone, stop: Stop, photos: list[str]) -> None:
    visit = stop.visit_id
    phone.accept(visit)
    phone.depart(visit)
    phone.arrive(visit)
    phone.start(visit)
    phone.attach_photo(visit, photos[0], PhotoShows.BEFORE, caption="Scorched terminal")
    phone.pause(visit, PauseReason.PARTS_MISSING, note="Colleague brings a lamp")
    phone.start(visit)
    phone.use_part(visit, "lamp", "Lamp 灯泡", 2)
    phone.add_note(visit, "The gate is broken.\nRing at the caretaker's.")
    phone.found_defect(visit, "slow-leak", "Drips since winter", place="Bathroom, left wall")
    complete(phone, stop, photos)


def complete(phone: Phone, stop: Stop, photos: list[str]) -> None:
    checklist = [
        ChecklistAnswer(code=check.code, done=check.code != "left-clean", note="" if at else "Badge shown")
        for at, check in enumerate(stop.checklist)
    ]
    phone.complete(
        stop.visit_id, minutes=25, signer_name="Zhang San", strokes=STROKES, checklist=checklist,
        parts=[PartUsed(code="lamp", name="Lamp 灯泡", quantity=2)], note="New terminal, tested with the owner.",
        photos=photos, relationship=Relationship.FAMILY, at=datetime.now(UTC) - OFFLINE,
    )  # fmt: skip


def refuse(phone: Phone, stop: Stop, photo: str) -> None:
    phone.refuse(
        stop.visit_id, RefusalReason.PAYMENT, minutes=20, witness_name="Li Qiang, caretaker", photos=[photo],
        note="Fitting replaced.", remark="Says that it is under warranty.",
    )  # fmt: skip


def sent(phone: Phone, status: str) -> None:
    verdicts = phone.send()
    assert {verdict.status for verdict in verdicts} == {status}, verdicts
    assert phone.unsent == 0


def plan(town: Town, desk: Desk, day: date, *, away: UUID) -> None:
    """Plans and publishes the day as it is without this technician."""
    town.write(only_absence, away, day)
    publish(town, desk, day)


def publish(town: Town, desk: Desk, day: date) -> None:
    """Plans the day anew and publishes it, as Dora would."""
    told = {"territory_id": str(town.territory_id), "day": str(day), "seconds": 1}
    path = f"/api/v1/plans/{desk.post('/api/v1/plans', told).json()['id']}"
    wait_until(lambda: desk.get(path).json()["plan"]["plan"]["state"] == "draft")
    answer = desk.post(f"{path}/publish")
    assert answer.status_code == 200, answer.text


def repair(town: Town, desk: Desk, number: str) -> None:
    """Whoever has that ticket's visit on the phone goes there, and its owner signs."""
    for technician in town.technicians:
        pocket = Pocket(desk, technician)
        for stop in pocket.stops():
            if stop["ticket_number"] == number:
                steps = [pocket.operation(kind, stop["visit_id"]) for kind in ("depart", "arrive", "start")]
                verdicts = pocket.send(*steps, pocket.complete(stop["visit_id"], accepted=True))
                assert [verdict["status"] for verdict in verdicts] == ["applied"] * 4
                return
    raise AssertionError("No phone has the visit.")


async def only_absence(session: AsyncSession, technician_id: UUID, day: date) -> None:
    await session.execute(delete(Absence))
    session.add(Absence(technician_id=technician_id, starts=day, ends=day))


def wait_until(true: Callable[[], Any], seconds: float = 60) -> None:
    ends = clock.monotonic() + seconds
    while not true():
        assert clock.monotonic() < ends, "It did not come to pass."
        clock.sleep(0.2)

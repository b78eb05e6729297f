"""What a technician records next: mostly what the sheet calls for, now and then what it doesn't allow."""

from hashlib import sha256
from random import Random
from uuid import UUID

from mobile_contract.client import Phone
from mobile_contract.v1 import (
    AnotherVisitReason,
    NoAccessReason,
    PauseReason,
    PhotoShows,
    Point,
    RefusalReason,
    Stop,
    VisitState,
)

STROKES = [[Point(x=1000, y=2000, t=0), Point(x=1400, y=1500, t=120)]]
ENDED = (VisitState.DONE, VisitState.NO_ACCESS, VisitState.NEEDS_ANOTHER, VisitState.CANCELLED)
AT_HAND = 4
"""Visits that a technician has begun, or thinks of next: enough for the office to change some unheard."""
DEFECT = "light-fitting"


def work_on(phone: Phone, chance: Random) -> UUID:
    """Records one operation; its id."""
    stops = phone.stops()
    ahead = [stop for stop in stops if stop.state not in ENDED][:AT_HAND]
    if not stops or chance.random() < 0.05:
        return phone.ping(41.15, -8.61, accuracy_m=chance.randint(3, 60))
    if not ahead or chance.random() < 0.03:
        return anything(phone, chance.choice(stops), chance)
    stop = chance.choice(ahead)
    if chance.random() < 0.1 and not stop.accepted:
        return phone.accept(stop.visit_id)
    if stop.state in (VisitState.STARTED, VisitState.PAUSED, VisitState.ARRIVED) and chance.random() < 0.7:
        return addition(phone, stop, chance)
    return move(phone, stop, chance)


def move(phone: Phone, stop: Stop, chance: Random) -> UUID:
    match stop.state:
        case VisitState.PLANNED:
            return phone.depart(stop.visit_id) if chance.random() < 0.7 else phone.arrive(stop.visit_id)
        case VisitState.TRAVELLING:
            return phone.arrive(stop.visit_id)
        case VisitState.ARRIVED if chance.random() < 0.1:
            return phone.no_access(stop.visit_id, NoAccessReason.NOBODY_HOME)
        case VisitState.STARTED if chance.random() < 0.4:
            return phone.pause(stop.visit_id, PauseReason.DRYING)
        case VisitState.STARTED if chance.random() < 0.5:
            return ending(phone, stop, chance)
        case _:
            return phone.start(stop.visit_id)


def ending(phone: Phone, stop: Stop, chance: Random) -> UUID:
    which = chance.random()
    if which < 0.1:
        return phone.another_visit(stop.visit_id, AnotherVisitReason.MORE_TIME, done="half of it", needed="a ladder")
    if which < 0.2:
        return phone.refuse(stop.visit_id, RefusalReason.PAYMENT, minutes=20, witness_name="Li Qiang")
    return phone.complete(
        stop.visit_id, minutes=chance.randint(5, 60), signer_name="王芳", strokes=STROKES, accepted=which < 0.95
    )


def addition(phone: Phone, stop: Stop, chance: Random) -> UUID:
    which = chance.random()
    if which < 0.05:
        return phone.found_defect(stop.visit_id, DEFECT, f"another one, {chance.random()}")
    if which < 0.3:
        return phone.use_part(stop.visit_id, "bulb", "Bulb 灯泡", chance.randint(1, 3))
    if which < 0.5:
        photo = sha256(chance.randbytes(16)).hexdigest()
        return phone.attach_photo(stop.visit_id, photo, PhotoShows.AFTER)
    return phone.add_note(stop.visit_id, f"note {chance.random()}")


def anything(phone: Phone, stop: Stop, chance: Random) -> UUID:
    """Also where it makes no sense any more: such a step is rejected, such an end is a conflict."""
    if chance.random() < 0.2:
        return ending(phone, stop, chance)
    if chance.random() < 0.3:
        return phone.depart(stop.visit_id)
    return addition(phone, stop, chance)

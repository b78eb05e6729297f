"""What exists and is somebody else's looks absent: every route with an id in it, and every id told in a body."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from camera import Camera
from litestar import Litestar
from litestar.testing import TestClient
from owner_browser import OwnerBrowser, link_for
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from test_access_matrix import ROUTES
from theirs import make_everything, written
from town import DAY, HASH, Desk, Pocket, Town, technician

from api.actions import photo_upkeep
from api.adapters.photos.folder import PhotoFolder
from api.auth import WHO_MAY, Access
from domain.people import Role, Staff
from domain.places import Territory

OTHER_NAMES = {
    "intake_picture": {"message_id": "intake_message_id"},
    "intake_thumbnail": {"message_id": "intake_message_id"},
    "revoke_owner_link": {"link_id": "owner_link_id"},
    "revoke_home_link": {"link_id": "report_link_id"},
}
"""Where two routes call two things the same."""

NO_ID = {"me", "sign_out", "hear_events"}


def body_for(name: str, has: dict[str, str]) -> Any:
    """What the route takes; about Harbour where it names something itself."""
    time = {"opens": f"{DAY}T10:00:00Z", "closes": f"{DAY}T12:00:00Z"}
    ticket = {"territory_id": has["territory_id"], "community": "C", "address": "A", "defect": "light-fitting"}
    return {
        "say_here": {"page": str(uuid4())},
        "propose_repair": {"kind": "ill", "technician_id": has["technician_id"]},
        "find_fixes": {"job_id": has["job_id"]},
        "what_if": {"job_id": has["job_id"]},
        "settle_conflict": {"note": "n"},
        "settle_follow_up": {"outcome": "fixed"},
        "dismiss_intake": {"note": "n"},
        "ticket_of_intake": ticket,
        "report_ticket": ticket,
        "move_day": {"day": str(DAY)},
        "book_slot": time,
        "hold_slot": time,
        "cancel_booking": {},
        "cancel_visit": {"version": 1, "reason": "r"},
        "lock_visit": {"version": 1, "locked": True},
        "unassign_visit": {"version": 1},
        "place_visit": {"day": str(DAY), "technician_id": has["technician_id"]},
        "decide_repair": {},
        "mark_rainy_day": {"day": str(DAY)},
        "link_tickets": {"ticket_id": has["neighbour_id"], "cause": "riser"},
        "pause_clocks": {"reason": "owner-away", "agreed_by": "Li", "channel": "phone"},
        "offer_quote": {"lines": [{"text": "t", "cents": 1}], "valid_until": str(DAY)},
        "request_plan": {"territory_id": has["territory_id"], "day": str(DAY)},
        "request_batch": {"territory_ids": [has["territory_id"]], "day": str(DAY)},
        "request_report": {"since": str(DAY), "until": str(DAY), "territories": [has["territory_id"]]},
        "publish_plans": {"plan_ids": [has["plan_id"]]},
        "retry_task": {"kind": "plan", "id": has["plan_id"]},
        "drop_task": {"kind": "plan", "id": has["plan_id"]},
    }.get(name)


def tried(name: str, path: str, has: dict[str, str]) -> str:
    """The address of what is theirs. A name that nobody here can fill in is a KeyError: say in `theirs` what it is."""
    names = OTHER_NAMES.get(name, {})
    return re.sub(r"\{(\w+):\w+\}", lambda found: has[names.get(found[1], found[1])], path)


DESK_ROUTES = [
    route
    for route in ROUTES
    if route[0] not in NO_ID and not isinstance(who := WHO_MAY[route[0]], Access) and Role.DISPATCHER in who
]
NOT_YET_WRITTEN = {"report_file"}
"""A worker writes it; until then it is absent for everybody."""
IN_BODY = {
    "request_report",
    "report_ticket",
    "request_plan",
    "request_batch",
    "publish_plans",
    "retry_task",
    "drop_task",
}


@pytest.fixture(scope="module")
def strangers(town: Town) -> str:
    """The code of a technician of Elsewhere, where Dan is the dispatcher."""

    async def settle(session: AsyncSession) -> str:
        elsewhere = (await session.scalars(select(Territory).where(Territory.name == "Elsewhere"))).one()
        dan = Staff(username="dan", name="Dan", role=Role.DISPATCHER, password_hash=HASH, territories=[elsewhere])
        stranger = technician(elsewhere, "X1", ["electrical"])
        session.add_all([dan, stranger])
        await session.flush()
        return str(stranger.id)

    return town.write(settle)


@pytest.fixture
def theirs(town: Town, mia: Desk, tmp_path: Path) -> dict[str, str]:
    town.empty()
    has = make_everything(town, mia)
    photos = PhotoFolder(tmp_path / "photos")
    while town.run(lambda database: database.write(photo_upkeep.copy_next, photos)):
        pass
    return has


@pytest.mark.usefixtures("strangers")
def test_another_territorys_things_look_absent_to_its_dispatcher_and_nothing_is_written(
    town: Town, site: TestClient[Litestar], theirs: dict[str, str]
) -> None:
    dan, told = Desk(site, "dan"), []
    csrf = {"X-CSRF-Token": site.cookies["doorstep_csrf"]}
    before = written(town)
    for name, method, path in DESK_ROUTES:
        if "{" not in path and name not in IN_BODY:
            continue
        body = None if method in ("GET", "HEAD") else body_for(name, theirs)
        answer = dan.client.request(method, tried(name, path, theirs), headers=csrf, json=body)
        if answer.status_code != 404:
            told.append((name, answer.status_code, answer.text[:200]))
    assert not told, "\n".join(map(str, told))
    assert {name for name, was in before.items() if written(town)[name] != was} == set()


def test_what_looks_absent_to_another_territory_is_there(town: Town, mia: Desk, theirs: dict[str, str]) -> None:
    """Else the test above would pass with ids that nobody has."""
    absent = []
    for name, method, path in DESK_ROUTES:
        if method == "GET" and "{" in path and name not in NOT_YET_WRITTEN:
            answer = mia.get(tried(name, path, theirs))
            if answer.status_code == 404:
                absent.append((name, answer.text[:200]))
    assert absent == [], absent


def test_no_list_tells_another_territorys_dispatcher_of_any_of_it(
    site: TestClient[Litestar], strangers: str, theirs: dict[str, str]
) -> None:
    dan, told = Desk(site, "dan"), []
    of_his = {theirs["day"]}
    for name, method, path in DESK_ROUTES:
        if method == "GET" and "{" not in path:
            text = dan.get(path).text
            told += [(name, what) for what, value in theirs.items() if value not in of_his and value in text]
    assert told == []


def test_whatever_is_added_at_the_desk_without_an_id_in_its_address_is_known_here() -> None:
    """Its body may name what is somebody else's: give it one in `body_for`."""
    others = {name for name, method, path in DESK_ROUTES if method not in ("GET", "HEAD") and "{" not in path}
    assert others == IN_BODY


def test_another_territorys_phone_reaches_neither_photo_nor_visit(
    town: Town, mia: Desk, strangers: str, theirs: dict[str, str]
) -> None:
    phone = Pocket(mia, UUID(strangers))
    assert phone.stops() == []
    before = written(town)
    camera = Camera(mia.client, phone.headers)
    assert camera.look(theirs["sha256"]).status_code == 404
    assert camera.send(theirs["sha256"], 0, b"x").status_code == 404
    assert camera.drop(theirs["sha256"]).status_code == 404
    assert {name for name, was in before.items() if written(town)[name] != was} == set()
    real = phone.send(phone.operation("depart", theirs["visit_id"]))[0]
    made_up = phone.send(phone.operation("depart", str(uuid4())))[0]
    assert (real["status"], real["reason"]) == (made_up["status"], made_up["reason"])
    on_record = {"operations", "devices", "audit_entries", "audit_head"}
    assert {name for name, was in before.items() if written(town)[name] != was} <= on_record


def test_another_owner_can_not_tell_a_neighbours_price_from_one_that_is_not_there(
    town: Town, mia: Desk, theirs: dict[str, str], tmp_path: Path
) -> None:
    neighbour = OwnerBrowser(mia.client, link_for(mia, town.report(where=9)))
    neighbour.prove(tmp_path / "messages")
    assert theirs["quote_id"] not in neighbour.get("ticket").text
    before = written(town)
    for answer in ("quote/accept", "quote/decline"):
        real, made_up = (neighbour.post(answer, {"quote": one}) for one in (theirs["quote_id"], str(uuid4())))
        assert real.status_code in (404, 409)
        assert (real.status_code, real.json()) == (made_up.status_code, made_up.json())
    assert written(town) == before

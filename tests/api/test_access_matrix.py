"""Every route with every kind of key, read from the app itself: what is not the key's own stays shut."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from owner_browser import OwnerBrowser, link_for
from town import Desk, Pocket, Town

from api.app import create_app
from api.auth import WHO_MAY, Access
from api.settings import Settings
from domain.people import Role


def routes() -> Iterator[tuple[str, str, str]]:
    """Name, method and address of each that is not open to everybody."""
    app = create_app(Settings(database_url="postgresql://nowhere", redis_url="redis://nowhere"))
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                name = str(handler.name)
                if WHO_MAY.get(name, Access.PUBLIC) is not Access.PUBLIC:
                    for method in sorted(handler.http_methods - {"OPTIONS"}):
                        yield name, str(method), route.path


ROUTES = sorted(set(routes()))


@pytest.fixture(scope="module")
def ticket(town: Town) -> str:
    return str(town.report())


def filled(path: str) -> str:
    """With ids that nobody has."""
    some = {"str": "a" * 64, "uuid": str(uuid4()), "date": "2026-03-03", "int": "1"}
    return re.sub(r"\{[^}]*:(\w+)\}", lambda found: some[found[1]], path)


def signed_in(site: TestClient[Litestar], name: str) -> dict[str, str]:
    """What a browser sends in which this person has signed in."""
    site.cookies.clear()
    Desk(site, name)
    session = {name: site.cookies[name] for name in ("doorstep_session", "doorstep_csrf")}
    cookie = "; ".join(f"{name}={value}" for name, value in session.items())
    return {"X-CSRF-Token": session["doorstep_csrf"], "Cookie": cookie}


def test_every_route_that_is_not_open_to_everybody_is_tried() -> None:
    assert {name for name, *_ in ROUTES} == {name for name, who in WHO_MAY.items() if who is not Access.PUBLIC}


def test_no_route_lets_in_nobody_or_somebody_with_another_kind_of_key(
    town: Town, site: TestClient[Litestar], ticket: str
) -> None:
    dispatcher = signed_in(site, "dora")
    manager = signed_in(site, "mia")
    desk = Desk(site, "mia")
    phone = Pocket(desk, town.technicians[0]).headers
    owner = OwnerBrowser(site, link_for(desk, ticket)).headers  # type: ignore[arg-type]
    home = desk.get(f"/api/v1/tickets/{ticket}").json()["ticket"]["home_id"]
    link = desk.post(f"/api/v1/homes/{home}/report-links").json()["url"].rpartition("/")[2]
    at_home = site.post("/api/v1/owner/home/open", json={"token": link}).json()["session"]
    csrf = {"X-CSRF-Token": site.cookies["doorstep_csrf"]}
    only_csrf = {"Cookie": f"doorstep_csrf={site.cookies['doorstep_csrf']}"}
    keys = {
        None: csrf | only_csrf,
        Role.DISPATCHER: dispatcher,
        Role.MANAGER: manager,
        Role.TECHNICIAN: csrf | phone | only_csrf,
        Role.OWNER: csrf | owner | only_csrf,
        Access.HOME: csrf | {"Owner-Session": at_home} | only_csrf,
    }
    let_in, shut_out = [], []
    for name, method, path in ROUTES:
        if name == "sign_out":
            continue  # it would end the session that the others are tried with
        for who, headers in keys.items():
            site.cookies.clear()
            headers = headers | {"Last-Event-ID": "no number"}  # or events would be told for ten minutes
            answer = site.request(method, filled(path), headers=headers, json={} if method != "GET" else None)
            refused = answer.status_code in (401, 403)
            allowed = WHO_MAY[name]
            may = who is allowed if isinstance(allowed, Access) else who in allowed
            if not may and not refused:
                let_in.append((name, who, answer.status_code))
            if may and answer.status_code == 401:
                shut_out.append((name, who))
    assert let_in == []
    assert shut_out == []

"""Who gets in, and what they may do there."""

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from town import PASSWORD, Desk, Town

from api.app import create_app
from api.auth import WHO_MAY
from api.settings import Settings


def handlers() -> set[str]:
    """Names of all route handlers, but for Litestar's own: the OpenAPI document, and answers to OPTIONS."""
    app = create_app(Settings(database_url="postgresql://nowhere", redis_url="redis://nowhere"))
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    every = [handler for route in routes for handler in route.route_handlers]
    return {str(handler.name) for handler in every if not handler.fn.__module__.startswith("litestar.")}


def test_every_route_is_classified_in_the_table_of_who_may_do_what() -> None:
    assert handlers() == set(WHO_MAY)


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(site: TestClient[Litestar]) -> None:
    site.get("/health")
    token = {"X-CSRF-Token": site.cookies["doorstep_csrf"]}
    answers = [
        site.post("/api/v1/sign-in", json={"username": name, "password": "wrong"}, headers=token)
        for name in ("dora", "nobody-of-that-name")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_a_change_without_the_csrf_token_is_refused(site: TestClient[Litestar]) -> None:
    site.get("/health")
    assert site.post("/api/v1/sign-in", json={"username": "dora", "password": PASSWORD}).status_code == 403


def test_guessing_is_stopped_after_ten_tries_and_the_right_password_too(site: TestClient[Litestar]) -> None:
    site.get("/health")
    token = {"X-CSRF-Token": site.cookies["doorstep_csrf"]}
    for _ in range(10):
        site.post("/api/v1/sign-in", json={"username": "mia", "password": "guess"}, headers=token)
    answer = site.post("/api/v1/sign-in", json={"username": "mia", "password": PASSWORD}, headers=token)
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_requests"


def test_the_session_cookie_can_not_be_read_by_scripts_or_sent_from_other_sites(dora: Desk) -> None:
    answer = dora.post("/api/v1/sign-in", {"username": "dora", "password": PASSWORD})
    cookie = next(value for value in answer.headers.get_list("set-cookie") if "doorstep_session" in value).lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_signing_out_ends_the_session(dora: Desk) -> None:
    secret = dora.client.cookies["doorstep_session"]
    assert dora.post("/api/v1/sign-out").status_code == 204
    dora.client.cookies.set("doorstep_session", secret)
    assert dora.get("/api/v1/me").status_code == 401


def test_without_a_session_the_desk_is_shut(site: TestClient[Litestar]) -> None:
    for path in ("/api/v1/me", "/api/v1/tickets", "/api/v1/plans", "/api/v1/technicians"):
        answer = site.get(path)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "not_signed_in"


def test_a_dispatcher_sees_her_territory_and_a_manager_sees_all(town: Town, site: TestClient[Litestar]) -> None:
    names = {
        who: {territory["name"] for territory in Desk(site, who).get("/api/v1/territories").json()}
        for who in ("dora", "mia")
    }
    assert names == {"dora": {"Harbour"}, "mia": {"Harbour", "Elsewhere"}}


def test_what_is_elsewhere_is_not_found_rather_than_forbidden(town: Town, site: TestClient[Litestar]) -> None:
    there = town.report(territory_id=town.elsewhere_id, community="Lilac Garden", address="1 Lilac Road")
    assert Desk(site, "mia").get(f"/api/v1/tickets/{there}").status_code == 200
    dora = Desk(site, "dora")
    assert dora.get(f"/api/v1/tickets/{there}").status_code == 404
    assert str(there) not in {ticket["id"] for ticket in dora.get("/api/v1/tickets").json()}
    answer = dora.post("/api/v1/plans", {"territory_id": str(town.elsewhere_id), "day": "2030-01-01"})
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/", "/api/v1/me", "/nowhere"])
def test_every_answer_tells_browsers_to_be_careful(site: TestClient[Litestar], path: str) -> None:
    headers = site.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"

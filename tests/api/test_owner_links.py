"""Owners' links: who gets in with one, to what, and until when."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from owner_browser import OwnerBrowser, link_for
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Pocket, Town

from domain.audit import AuditEntry
from domain.owner_links import OwnerLink, OwnerSession


@pytest.fixture(autouse=True)
def _empty(town: Town) -> None:
    town.empty()


OWNERS_OWN = [
    ("GET", "ticket"), ("GET", "offers"), ("POST", "hold"), ("DELETE", "hold"), ("POST", "booking"),
    ("POST", "booking/cancel"), ("POST", "code"), ("POST", "proof"), ("POST", "rating"), ("POST", "photos"),
]  # fmt: skip


def test_a_link_shows_its_own_ticket_and_no_other(town: Town, dora: Desk) -> None:
    mine, other = town.report(where=1), town.report(where=2, description="of somebody else")
    owner = OwnerBrowser(dora.client, link_for(dora, mine))
    ticket = owner.ticket()
    assert ticket["home"] == "Old Harbour 1 Quay Street"
    assert ticket["contact_number"] == "138****0000"
    assert "13812340000" not in owner.get("ticket").text
    dora.client.cookies.clear()
    for path in (f"/api/v1/tickets/{other}", f"/api/v1/tickets/{mine}", "/api/v1/tickets"):
        assert dora.client.get(path, headers=owner.headers).status_code == 401
    assert dora.client.get(f"/api/v1/owner/ticket/{other}", headers=owner.headers).status_code == 404


@pytest.mark.parametrize(("method", "what"), OWNERS_OWN)
def test_without_an_opened_link_owners_routes_are_shut_to_everybody(
    town: Town, dora: Desk, method: str, what: str
) -> None:
    phone = Pocket(dora, town.technicians[0])
    token = {"X-CSRF-Token": dora.client.cookies["doorstep_csrf"]}
    body = {
        "hold": {"opens": "2030-01-01T08:00:00Z", "closes": "2030-01-01T10:00:00Z"},
        "proof": {"code": "123456"},
        "rating": {"stars": 5},
    }
    sent: Any = (body | {"booking": body["hold"]}).get(what, {}) if method == "POST" else None
    for headers in (token, phone.headers, {"Owner-Session": "x" * 43}, {"Owner-Session": ""}):
        answer = dora.client.request(method, f"/api/v1/owner/{what}", json=sent, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "link_ended")


def test_a_wrong_an_expired_and_a_withdrawn_link_get_the_same_answer_also_where_they_are_open(
    town: Town, dora: Desk
) -> None:
    ticket_id = town.report()
    expired, withdrawn = link_for(dora, ticket_id), link_for(dora, ticket_id)
    browsers = [OwnerBrowser(dora.client, token) for token in (expired, withdrawn)]
    newest, oldest = dora.get(f"/api/v1/tickets/{ticket_id}/owner-links").json()
    assert dora.post(f"/api/v1/owner-links/{newest['id']}/revoke").status_code == 204
    town.write(end, UUID(oldest["id"]))
    answers = [
        dora.client.post("/api/v1/owner/open", json={"token": token}) for token in (expired, withdrawn, "x" * 43)
    ]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert [browser.get("ticket").status_code for browser in browsers] == [401, 401]


async def end(session: AsyncSession, link_id: UUID) -> None:
    (await session.get_one(OwnerLink, link_id)).expires_at = datetime.now(UTC) - timedelta(seconds=1)


def test_looking_at_the_page_opens_nothing_and_the_first_post_does(town: Town, dora: Desk) -> None:
    ticket_id = town.report()
    token = link_for(dora, ticket_id)
    for method in ("GET", "HEAD"):
        dora.client.request(method, f"/o/{token}")

    def links() -> Any:
        return dora.get(f"/api/v1/tickets/{ticket_id}/owner-links").json()

    assert [link["opened_at"] for link in links()] == [None]
    OwnerBrowser(dora.client, token)
    (first,) = links()
    assert first["opened_at"] is not None
    OwnerBrowser(dora.client, token)
    assert links() == [first]


def test_the_desk_makes_and_withdraws_links_of_its_own_territory_and_the_trail_says_so(town: Town, dora: Desk) -> None:
    there = town.report(territory_id=town.elsewhere_id, community="Lilac Garden", address="1 Lilac Road")
    for absent in (there, uuid4()):
        assert dora.post(f"/api/v1/tickets/{absent}/owner-links").status_code == 404
        assert dora.get(f"/api/v1/tickets/{absent}/owner-links").status_code == 404
    theirs = link_for(Desk(dora.client, "mia"), there)
    theirs_id = dora.get(f"/api/v1/tickets/{there}/owner-links").json()[0]["id"]
    dora = Desk(dora.client, "dora")
    assert dora.post(f"/api/v1/owner-links/{theirs_id}/revoke").status_code == 404
    assert dora.post(f"/api/v1/owner-links/{uuid4()}/revoke").status_code == 404
    assert OwnerBrowser(dora.client, theirs).ticket()["home"] == "Lilac Garden 1 Lilac Road"

    mine = town.report()
    OwnerBrowser(dora.client, link_for(dora, mine))
    (link,) = dora.get(f"/api/v1/tickets/{mine}/owner-links").json()
    for _ in range(2):
        assert dora.post(f"/api/v1/owner-links/{link['id']}/revoke").status_code == 204

    async def trail(session: AsyncSession) -> list[tuple[str, str]]:
        entries = await session.scalars(select(AuditEntry).where(AuditEntry.subject == mine).order_by(AuditEntry.seq))
        return [(entry.action, entry.actor.partition(":")[0]) for entry in entries]

    assert town.write(trail)[1:] == [
        ("owner_link.made", "staff"), ("owner_link.opened", "owner"), ("owner_link.revoked", "staff"),
    ]  # fmt: skip


def test_the_database_holds_neither_tokens_nor_sessions(town: Town, dora: Desk) -> None:
    token = link_for(dora, town.report())
    owner = OwnerBrowser(dora.client, token)
    secret = owner.headers["Owner-Session"]
    assert min(len(token), len(secret)) >= 43  # 256 bits
    with psycopg.connect(town.database_url.replace("+psycopg", "")) as connection:
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        for table in tables:
            rows = connection.execute(f"SELECT t::text FROM {table} t").fetchall()  # type: ignore[arg-type]
            assert not [row for row in rows if token in row[0] or secret in row[0]], table


def test_a_browser_must_open_the_link_again_after_its_time(town: Town, dora: Desk) -> None:
    token = link_for(dora, town.report())
    owner = OwnerBrowser(dora.client, token)

    async def later(session: AsyncSession) -> None:
        for opened in await session.scalars(select(OwnerSession)):
            opened.expires_at = datetime.now(UTC) - timedelta(seconds=1)

    town.write(later)
    assert owner.get("ticket").status_code == 401
    assert OwnerBrowser(dora.client, token).get("ticket").status_code == 200


def test_no_cookie_lets_an_owner_in_and_none_is_set(site: TestClient[Litestar], town: Town, dora: Desk) -> None:
    token = link_for(dora, town.report())
    site.cookies.clear()
    answer = site.post("/api/v1/owner/open", json={"token": token})
    site.get(f"/o/{token}")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert not site.cookies
    site.cookies.set("Owner-Session", answer.json()["session"])
    assert site.get("/api/v1/owner/ticket").status_code == 401

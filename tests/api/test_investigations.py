"""Tickets with perhaps one cause are suggested at the desk, linked, and taken apart, each time with a trace."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import Desk, Town

from domain.audit import AuditEntry
from domain.investigations import Investigation


@pytest.fixture
def leaks(town: Town) -> list[UUID]:
    """Three above one another, one beside them, newest last."""
    town.empty()
    return [
        town.report("slow-leak", unit="1203"),
        town.report("damp-spot", unit="803"),
        town.report("wet-room-leak", unit="403"),
        town.report("slow-leak", unit="404"),
    ]


def suggested(desk: Desk, ticket: UUID) -> dict[str, str]:
    """Causes by the unit of the other ticket."""
    found = desk.get(f"/api/v1/tickets/{ticket}/related").json()["suggestions"]
    return {one["ticket"]["unit"]: one["cause"] for one in found}


def together(related: dict[str, Any]) -> set[str]:
    return {one["unit"] for one in (related["investigation"] or {"tickets": []})["tickets"]}


def link(desk: Desk, one: UUID, other: UUID, cause: str = "riser") -> Any:
    return desk.post(f"/api/v1/tickets/{one}/links", {"ticket_id": str(other), "cause": cause})


def test_leaks_above_one_another_are_suggested_and_the_home_beside_only_as_a_batch(
    dora: Desk, leaks: list[UUID]
) -> None:
    assert suggested(dora, leaks[0]) == {"803": "riser", "403": "riser", "404": "batch"}
    assert suggested(dora, leaks[1]) == {"1203": "riser", "403": "riser"}


def test_linked_tickets_are_one_investigation_and_no_longer_suggested(dora: Desk, leaks: list[UUID]) -> None:
    told = link(dora, leaks[0], leaks[1])
    assert told.status_code == 200, told.text
    assert together(told.json()) == {"803"}
    assert together(link(dora, leaks[0], leaks[2]).json()) == {"803", "403"}
    assert together(link(dora, leaks[0], leaks[2]).json()) == {"803", "403"}
    assert suggested(dora, leaks[2]) == {}
    assert together(dora.post(f"/api/v1/tickets/{leaks[0]}/unlink").json()) == set()
    assert together(dora.get(f"/api/v1/tickets/{leaks[1]}/related").json()) == {"403"}
    dora.post(f"/api/v1/tickets/{leaks[1]}/unlink")
    assert dora.get(f"/api/v1/tickets/{leaks[2]}/related").json()["investigation"] is None
    assert dora.post(f"/api/v1/tickets/{leaks[2]}/unlink").status_code == 409


def test_two_investigations_become_the_older_one(dora: Desk, leaks: list[UUID], town: Town) -> None:
    link(dora, leaks[0], leaks[1])
    link(dora, leaks[2], leaks[3], "batch")
    told = link(dora, leaks[1], leaks[3]).json()
    assert together(told) == {"1203", "403", "404"}
    assert told["investigation"]["cause"] == "riser"


def test_the_trail_says_who_linked_what(dora: Desk, leaks: list[UUID], town: Town) -> None:
    link(dora, leaks[0], leaks[1])
    dora.post(f"/api/v1/tickets/{leaks[0]}/unlink")

    async def trail(session: AsyncSession) -> list[tuple[str, str]]:
        entries = await session.scalars(
            select(AuditEntry).where(AuditEntry.subject == leaks[0]).order_by(AuditEntry.seq)
        )
        return [(entry.action, entry.actor.partition(":")[0]) for entry in entries]

    assert town.write(trail)[-2:] == [("ticket.linked", "staff"), ("ticket.unlinked", "staff")]


def test_what_can_not_be_linked_changes_nothing(dora: Desk, leaks: list[UUID], town: Town) -> None:
    far = town.report("slow-leak", territory_id=town.elsewhere_id)

    async def count(session: AsyncSession) -> int:
        return len((await session.scalars(select(Investigation))).all())

    before = town.write(count)
    assert link(dora, leaks[0], leaks[1], "no-such").status_code == 422
    assert link(dora, leaks[0], leaks[0]).status_code == 422
    assert link(dora, leaks[0], far).status_code == 404
    assert dora.get(f"/api/v1/tickets/{far}/related").status_code == 404
    assert town.write(count) == before

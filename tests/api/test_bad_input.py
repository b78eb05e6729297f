"""What can't be used is refused with words that help, never with a server error."""

from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from town import PASSWORD, Desk, Town

from api.actions import staff
from domain.audit import AuditEntry
from domain.people import Role


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"latitude": 41.15}, "together"),
        ({"longitude": -8.61}, "together"),
        ({"description": "a \u0000 b"}, "can't be stored"),
        ({"address": "1 Quay \u0000 Street"}, "can't be stored"),
        ({"answers": {"\u0000": True}}, "Unknown triage questions"),
        ({"defect": "no-such"}, "GET /api/v1/defects"),
    ],
)
def test_a_report_that_can_not_be_kept_says_why(dora: Desk, town: Town, wrong: dict[str, Any], said: str) -> None:
    told = {"territory_id": str(town.territory_id), "community": "C", "address": "A", "defect": "slow-leak"}
    answer = dora.post("/api/v1/tickets", told | wrong)
    assert answer.status_code == 422, answer.text
    assert said in answer.json()["detail"]


def test_made_up_methods_are_one_line_of_the_metrics(dora: Desk) -> None:
    for number in range(3):
        dora.client.request(f"BREW{number}", "/health")
    methods = {
        sample.labels["method"]
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if metric.name == "doorstep_request_seconds"
    }
    assert "other" in methods
    assert not any(method.startswith("BREW") for method in methods)


def test_the_trail_says_who_was_added(town: Town) -> None:
    added = town.write(staff.add, "newcomer", "Nora", Role.DISPATCHER, ["Harbour"], PASSWORD)

    async def subjects(session: AsyncSession) -> list[UUID | None]:
        return list(await session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "staff.added")))

    assert town.write(subjects) == [added]

"""An owner's browser without pages: it opens a link and calls what the page calls."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from town import Desk


class OwnerBrowser:
    def __init__(self, client: Any, token: str) -> None:
        self.client, self.headers = client, {}
        opened = client.post("/api/v1/owner/open", json={"token": token})
        assert opened.status_code == 200, opened.text
        self.headers = {"Owner-Session": opened.json()["session"]}

    def get(self, what: str) -> Any:
        return self.client.get(f"/api/v1/owner/{what}", headers=self.headers)

    def post(self, what: str, body: Any = None) -> Any:
        return self.client.post(f"/api/v1/owner/{what}", json=body, headers=self.headers)

    def ticket(self) -> dict[str, Any]:
        answer = self.get("ticket")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def progress(self) -> dict[str, str]:
        return {step["kind"]: step["progress"] for step in self.ticket()["steps"]}

    def times(self) -> list[dict[str, str]]:
        answer = self.get("offers")
        assert answer.status_code == 200, answer.text
        return [
            {"opens": one["opens"], "closes": one["closes"]} for day in answer.json()["days"] for one in day["offers"]
        ]

    def prove(self, messages: Path) -> None:
        assert self.post("code").status_code == 202
        assert self.post("proof", {"code": last_code(messages)}).status_code == 204


def link_for(desk: Desk, ticket_id: UUID) -> str:
    """The link's token."""
    answer = desk.post(f"/api/v1/tickets/{ticket_id}/owner-links")
    assert answer.status_code == 201, answer.text
    address: str = answer.json()["url"]
    return address.rpartition("/o/")[2]


def last_code(messages: Path) -> str:
    """Whatever else the office has sent since, to this owner or to others."""
    lines = map(json.loads, (messages / "outgoing.jsonl").read_text().splitlines())
    found = re.search(r"\b[0-9]{6}\b", [line["text"] for line in lines if line.get("kind") == "code"][-1])
    assert found
    return found[0]

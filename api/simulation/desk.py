"""The dispatcher of a simulation, at the real API: reports what owners call about, plans, answers proposed repairs."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any
from uuid import UUID

import httpx
import psycopg

from api.auth import CSRF_COOKIE, CSRF_HEADER
from api.simulation.city import Call
from domain.triage import Tier

PATIENCE_S = 60.0
"""Beyond the seconds that a plan's search was given."""


class DeskRefused(Exception):
    """The API answered otherwise than a simulated day can go on with."""


class Desk:
    """`tried` counts repairs asked for, `accepted` and `rejected` their lines. `emergencies` are jobs, `promised`
    has when the times end that owners chose."""

    def __init__(self, address: str, database_url: str, username: str, password: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=120)
        self.database = psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True)
        self.tried = self.accepted = self.rejected = 0
        self.refused = Counter[str]()
        self.emergencies = set[str]()
        self.promised = dict[str, datetime]()
        self.get("/health")
        self.post("/api/v1/sign-in", {"username": username, "password": password})

    def close(self) -> None:
        self.http.close()
        self.database.close()

    def get(self, path: str, **query: Any) -> Any:
        return self.answer(self.http.get(path, params=query))

    def post(self, path: str, body: Any = None) -> Any:
        return self.answer(
            self.http.post(path, json=body, headers={CSRF_HEADER: self.http.cookies.get(CSRF_COOKIE) or ""})
        )

    def answer(self, response: httpx.Response) -> Any:
        if response.status_code >= 400:
            raise DeskRefused(f"{response.request.url.path}: {response.status_code} {response.text[:500]}")
        return response.json() if response.content else None

    def report(self, call: Call, territory_id: UUID) -> tuple[UUID, dict[str, Any]]:
        """The job, and the ticket as the site shows it."""
        ticket: dict[str, Any] = self.post(
            "/api/v1/tickets",
            {
                "territory_id": str(territory_id),
                "community": f"Garden {call.territory + 1}.{call.community + 1}",
                "address": f"Building {call.number + 1}",
                "latitude": call.place[0],
                "longitude": call.place[1],
                "defect": call.defect,
            },
        )["ticket"]
        # No answer of the API names a ticket's job before it is planned; the board will read it from the day.
        row = self.database.execute("SELECT id FROM jobs WHERE ticket_id = %s", [ticket["id"]]).fetchone()
        assert row
        if ticket["tier"] == Tier.EMERGENCY:
            self.emergencies.add(str(row[0]))
        return row[0], ticket

    def book(self, job_id: UUID, day: date, pick: float) -> tuple[datetime, datetime] | None:
        """One of the times that are offered on that day; None where there is none."""
        days = self.get(f"/api/v1/jobs/{job_id}/offers", days=1)["days"]
        offered = [offer for one in days if one["day"] == str(day) for offer in one["offers"]]
        if not offered:
            return None
        chosen = offered[int(pick * len(offered))]
        self.post(f"/api/v1/jobs/{job_id}/bookings", {"opens": chosen["opens"], "closes": chosen["closes"]})
        opens, closes = datetime.fromisoformat(chosen["opens"]), datetime.fromisoformat(chosen["closes"])
        self.promised[str(job_id)] = closes
        return opens, closes

    def plan(self, territories: Sequence[UUID], day: date, seconds: float) -> int:
        """All are asked for at once, for as many workers as there are; published as they are made. How many visits."""
        asked = {
            self.post("/api/v1/plans", {"territory_id": str(one), "day": str(day), "seconds": seconds})["id"]
            for one in territories
        }
        visits, deadline = 0, time.monotonic() + len(asked) * (seconds + PATIENCE_S)
        while asked:
            for plan_id in list(asked):
                plan = self.get(f"/api/v1/plans/{plan_id}")["plan"]
                if plan["plan"]["state"] == "draft":
                    self.post(f"/api/v1/plans/{plan_id}/publish")
                    visits += plan["served"]
                    asked.remove(plan_id)
                elif plan["plan"]["state"] not in ("requested", "solving"):
                    raise DeskRefused(f"The plan is {plan['plan']['state']}: {plan['plan'].get('failure')}")
            if time.monotonic() > deadline:
                raise DeskRefused(f"{len(asked)} plans were not made in time.")
            time.sleep(0.2)
        return visits

    def board(self, territory_id: UUID, day: date) -> list[dict[str, Any]]:
        """The visits of the running day, when each is expected now, and which promises are in danger."""
        visits: list[dict[str, Any]] = self.get(f"/api/v1/days/{territory_id}/{day}")["visits"]
        return visits

    def repair(self, territory_id: UUID, day: date, upset: Mapping[str, Any], *, all_or_nothing: bool = False) -> bool:
        """Proposed, and decided by the rule of `chosen`; whether any line was accepted. What can't be proposed is only
        counted: the technician is at the next visit already, or nobody has the skill."""
        self.tried += 1
        try:
            proposed = self.post(f"/api/v1/days/{territory_id}/{day}/repairs", upset)
        except DeskRefused as refusal:
            self.refused[str(refusal)[:200]] += 1
            return False
        moves = proposed["moves"]
        accept = chosen(moves, self.emergencies, self.promised)
        if all_or_nothing and len(accept) < len(moves):
            accept = []
        reject = [move["job"] for move in moves if move["job"] not in accept]
        self.post(f"/api/v1/repairs/{proposed['id']}/decide", {"accept": accept, "reject": reject})
        self.accepted += len(accept)
        self.rejected += len(reject)
        return bool(accept)


def chosen(
    moves: Sequence[dict[str, Any]], emergencies: AbstractSet[str], promised: Mapping[str, datetime]
) -> list[str]:
    """The fixed rule: lines that break no promise that would be kept without them, without which nobody comes at all,
    or that are emergencies, these with all that they need."""
    needs = {move["job"]: set(move["needs"]) for move in moves}
    good = {move["job"] for move in moves if breaks_nothing(move, promised) or move["rejected"] is None}
    for job in emergencies & needs.keys():
        good |= {job, *needs[job]}
    while left_out := {job for job in good if not needs[job] <= good}:
        good -= left_out
    return [move["job"] for move in moves if move["job"] in good]


def breaks_nothing(move: dict[str, Any], promised: Mapping[str, datetime]) -> bool:
    """More than is broken already."""
    changes = [(move, move["rejected"]), *((shift, shift["before"]) for shift in move["shifts"])]
    return all(change["promise"] != "broken" or is_lost(change["job"], else_, promised) for change, else_ in changes)


def is_lost(job: str, there: dict[str, Any] | None, promised: Mapping[str, datetime]) -> bool:
    """Whether somebody who comes then comes too late; nobody at all is no better."""
    return there is None or (job in promised and datetime.fromisoformat(there["starts_at"]) > promised[job])

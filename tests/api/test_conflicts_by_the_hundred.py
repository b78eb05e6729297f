"""Work finished without a network, at visits that the office moved or cancelled meanwhile: all kept, shown to both."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from town import DAY, Desk, Town

from api.actions import tickets
from api.actions.opening import Report
from api.actions.route_sheets import stop
from api.db import feed
from api.queries.conflicts import MOST
from api.queries.day import load_day
from api.queries.house_rules import load_house_rules
from domain.audit import CONFLICT_SETTLED, AuditEntry
from domain.jobs import Job, JobState, Visit, VisitState
from domain.places import Territory
from domain.plans import Plan, PlanState, Route, Stop, Unassigned
from domain.refusals import Refusal
from domain.sign_offs import SignOff
from domain.tickets import Channel
from domain.visit_facts import UnfinishedWork, VisitStep
from mobile_contract.client import Phone
from mobile_contract.v1 import ReasonCode
from mobile_contract.v1.reasons import AnotherVisitReason, NoAccessReason, RefusalReason
from mobile_contract.v1.sign_off import Point
from scheduler.reasons import REASONS

PAIRS = 500
SEED = 20261123
HALF_AN_HOUR = timedelta(minutes=30)
STROKES = [[Point(1000, 2000, 0), Point(3000, 2500, 80)]]
ENDINGS = ("complete", "no_access", "another_visit", "refuse")


async def on_the_phone(session: AsyncSession, territory_id: UUID, technician_id: UUID) -> list[UUID]:
    """That many visits of one technician, one after the other, all told to the phone."""
    rules = await load_house_rules(session)
    begins = datetime.now(UTC).replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)
    visits: list[UUID] = []
    for number in range(PAIRS):
        told = Report(
            territory_id=territory_id, community="Old Harbour", address="1 Quay Street", unit=str(number),
            latitude=41.15, longitude=-8.61, defect="light-fitting", channel=Channel.PHONE, reported_at=begins,
        )  # fmt: skip
        ticket, _ = await tickets.report(session, told, None, rules)
        job = (await session.scalars(select(Job).where(Job.ticket_id == ticket.id))).one()
        starts = begins + number * HALF_AN_HOUR
        visit = Visit(
            job=job, technician_id=technician_id, day=DAY, position=number + 1, arrives_at=starts,
            during=Range(starts, starts + HALF_AN_HOUR, bounds="[)"), travel=timedelta(), travel_m=0,
            state=VisitState.PLANNED,
        )  # fmt: skip
        job.move(JobState.PLANNED)
        session.add(visit)
        await session.flush()
        await feed.put(
            session, technician_id, DAY, {("stop", f"stop:{visit.id}"): msgspec.json.encode(stop(visit, []))}
        )
        visits.append(visit.id)
    return visits


async def decided_otherwise(
    session: AsyncSession, territory_id: UUID, visits: list[UUID], colleague: UUID, random: Random
) -> tuple[UUID, set[UUID]]:
    """A draft that gives some to the colleague and leaves the others out; its id, and the visits left out."""
    found = await session.scalars(
        select(Visit).where(Visit.id.in_(visits)).options(joinedload(Visit.job)).order_by(Visit.position)
    )
    left, stops = [], []
    for visit in found:
        if random.random() < 0.5:
            stops.append(
                Stop(
                    job=visit.job, position=len(stops) + 1, arrives_at=visit.starts, starts_at=visit.starts,
                    ends_at=visit.ends, travel=timedelta(), travel_m=0,
                )
            )  # fmt: skip
        else:
            left.append(visit)
    territory = await session.get_one(Territory, territory_id)
    plan = Plan(
        territory=territory,
        day=DAY,
        version=1,
        state=PlanState.DRAFT,
        requested_at=datetime.now(UTC),
        seconds=1,
        snapshot=dict((await load_day(session, territory, DAY)).versions()),
        routes=[
            Route(
                technician_id=colleague, leaves_at=stops[0].starts_at, returns_at=stops[-1].ends_at, breaks=[],
                stops=stops,
            )
        ],
        unassigned=[Unassigned(job=visit.job, reason="no_capacity_left", detail={}) for visit in left],
    )  # fmt: skip
    session.add(plan)
    await session.flush()
    return plan.id, {visit.id for visit in left}


def finish(phone: Phone, visit_id: UUID, kind: str) -> UUID:
    match kind:
        case "complete":
            return phone.complete(visit_id, minutes=25, signer_name="Zhang San", strokes=STROKES, note="New fitting")
        case "no_access":
            return phone.no_access(visit_id, NoAccessReason.NOBODY_HOME, note="Rang twice")
        case "another_visit":
            return phone.another_visit(visit_id, AnotherVisitReason.PARTS_MISSING, done="Is off", needed="A ballast")
        case _:
            return phone.refuse(visit_id, RefusalReason.PAYMENT, minutes=5, witness_name="Li Qiang")


def what_it_says(did: dict[str, Any]) -> tuple[Any, ...]:
    match did["kind"]:
        case "complete":
            signed = did["signature"]
            return did["minutes"], did["note"], signed["signer_name"], signed["strokes"], signed["sealed"]
        case "no_access":
            return did["reason_en"], did["note"]
        case "another_visit":
            return did["reason_en"], did["done"], did["needed"]
        case _:
            return did["reason_en"], did["minutes"], did["witness"]


SAYS: dict[str, tuple[Any, ...]] = {
    "complete": (25, "New fitting", "Zhang San", [[[1000, 2000, 0], [3000, 2500, 80]]], True),
    "no_access": (NoAccessReason.NOBODY_HOME.en, "Rang twice"),
    "another_visit": (AnotherVisitReason.PARTS_MISSING.en, "Is off", "A ballast"),
    "refuse": (RefusalReason.PAYMENT.en, 5, "Li Qiang"),
}


async def kept(session: AsyncSession) -> int:
    counts = [
        await session.scalar(select(func.count(fact.op_id))) for fact in (SignOff, Refusal, UnfinishedWork, VisitStep)
    ]
    return sum(count or 0 for count in counts)


async def notes(session: AsyncSession) -> set[tuple[str, str]]:
    entries = await session.scalars(select(AuditEntry).where(AuditEntry.action == CONFLICT_SETTLED))
    return {(str(entry.subject), entry.data["note"]) for entry in entries}


def test_500_visits_finished_against_the_plan_are_all_kept_and_shown_to_both(
    town: Town, site: TestClient[Litestar], tmp_path: Path
) -> None:
    random = Random(SEED)
    print(f"seed {SEED}")
    town.empty()
    mine, colleague = town.technicians
    visits = town.write(on_the_phone, town.territory_id, mine)
    desk = Desk(site, "dora")
    code = desk.post(f"/api/v1/technicians/{mine}/pairing-codes").json()["code"]
    with Phone(tmp_path / "phone", "http://127.0.0.1", http=site) as phone:
        phone.pair(code, "Blue phone")
        phone.sync()
        assert len(phone.stops()) == PAIRS

        plan, cancelled = town.write(decided_otherwise, town.territory_id, visits, colleague, random)
        answer = desk.post(f"/api/v1/plans/{plan}/publish")
        assert answer.status_code == 200, answer.text
        kinds = {finish(phone, visit, kind): kind for visit in visits for kind in [random.choice(ENDINGS)]}
        verdicts = phone.send()
        assert phone.unsent == 0
        flagged = phone.flagged()
    assert set(kinds.values()) == set(ENDINGS)
    assert {verdict.status for verdict in verdicts} == {"accepted_with_conflict"}
    assert [one.operation.op_id for one in flagged] == list(kinds)
    assert {one.verdict.status for one in flagged} == {"accepted_with_conflict"}
    told = {one.operation.visit_id: one.verdict.reason for one in flagged}
    assert {visit for visit, reason in told.items() if reason is ReasonCode.VISIT_CANCELLED} == cancelled
    assert {visit for visit, reason in told.items() if reason is ReasonCode.VISIT_MOVED} == set(visits) - cancelled
    assert town.write(kept) == PAIRS

    assert desk.get("/api/v1/conflicts/waiting").json() == {"count": PAIRS}
    shown: list[str] = []
    while conflicts := desk.get("/api/v1/conflicts").json():
        assert len(conflicts) <= MOST
        for one in conflicts:
            did, decided, now = one["did"], one["decided"], one["now"]
            shown.append(one["op_id"])
            assert (did["kind"], did["technician"]) == (kinds[UUID(one["op_id"])], "Technician T1")
            assert what_it_says(did) == SAYS[did["kind"]]
            assert (decided["by"], decided["plan_id"], decided["plan_version"]) == ("Dora", str(plan), 1)
            if UUID(did["visit_id"]) in cancelled:
                assert (one["reason"], one["visit_state"], now) == ("visit_cancelled", "cancelled", None)
                assert (decided["kind"], decided["to"]) == ("cancelled", None)
                assert (decided["why_en"], decided["why_zh"]) == REASONS["no_capacity_left"]
            else:
                assert (one["reason"], one["visit_state"]) == ("visit_moved", "planned")
                assert (decided["kind"], decided["to"], decided["why_en"]) == ("moved", "Technician T2", None)
                assert (now["technician"], now["visit_id"]) == ("Technician T2", did["visit_id"])
            settled = desk.post(f"/api/v1/conflicts/{one['op_id']}/settle", {"note": f"Looked at {len(shown)}"})
            assert settled.status_code == 204, settled.text
    assert shown == [str(op_id) for op_id in kinds]
    assert town.write(notes) == {(op_id, f"Looked at {at}") for at, op_id in enumerate(shown, start=1)}
    assert town.write(kept) == PAIRS

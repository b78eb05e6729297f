"""What must hold after the healing, whatever went wrong before. Each answers with sentences, none if all is well."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import psycopg
from fault_schedules.phones import PhoneInHand
from fault_schedules.sayings import Shown

from api.db.engine import Database
from api.queries.audit import check_operations, check_sealed, check_trail
from domain.locations import MOST_KEPT
from mobile_contract.v1 import VerdictStatus

Connection = psycopg.Connection[tuple[Any, ...]]

FACTS = {
    "visit_steps": ("accept", "depart", "arrive", "start", "pause", "no_access"),
    "unfinished_work": ("another_visit",),
    "sign_offs": ("complete",),
    "refusals": ("refuse",),
    "visit_notes": ("add_note",),
    "part_uses": ("use_part",),
    "visit_photos": ("attach_photo",),
    "found_defects": ("found_defect",),
    "locations": ("ping",),
}
"""Where the fact of each kind of operation is: once if it was applied or kept, nowhere if it was rejected. Of pings the
server keeps the newest alone."""

FACT = " UNION ALL ".join(
    f"SELECT op_id, '{table}' AS stands_in, ARRAY{list(kinds)} AS kinds FROM {table}" for table, kinds in FACTS.items()
)

WRONG_EFFECTS = f"""
    WITH fact AS ({FACT})
    SELECT o.op_id, o.kind || ' ' || o.status || ' has ' || count(f.op_id) || ' effects'
    FROM operations o LEFT JOIN fact f ON f.op_id = o.op_id
    WHERE o.device_id = ANY(%(devices)s)
    GROUP BY o.op_id
    HAVING count(f.op_id) > CASE o.status WHEN 'rejected' THEN 0 ELSE 1 END
        OR count(f.op_id) = 0 AND o.status <> 'rejected' AND o.kind <> 'ping'
        OR bool_or(NOT o.kind = ANY(f.kinds))"""

WRONG_PINGS = f"""
    SELECT max(op_id::text), 'is the last of ' || count(*) || ' pings, of which ' || count(l.op_id) || ' are kept'
    FROM operations o LEFT JOIN locations l USING (op_id)
    WHERE o.device_id = ANY(%(devices)s) AND o.kind = 'ping' AND o.status = 'applied'
    GROUP BY o.device_id HAVING count(l.op_id) <> least(count(*), {MOST_KEPT})"""

WRONG_TRAIL = """
    SELECT o.op_id, o.kind || ' stands ' || count(a.seq) || ' times in the audit trail'
    FROM operations o
    LEFT JOIN audit_entries a ON a.data->>'op_id' = o.op_id::text AND a.action = 'operation.' || o.kind
    WHERE o.device_id = ANY(%(devices)s)
    GROUP BY o.op_id HAVING count(a.seq) <> 1"""

WRONG_TICKETS = """
    SELECT d.op_id, 'opened ' || count(t.id) || ' tickets'
    FROM found_defects d JOIN operations o USING (op_id)
    LEFT JOIN tickets t ON t.source = 'phone' AND t.reference = d.op_id::text
    WHERE o.device_id = ANY(%(devices)s)
    GROUP BY d.op_id HAVING count(t.id) <> 1"""

WRONG_SEALS = """
    SELECT s.op_id, 'has ' || count(r.sign_off_id) || ' sealed records'
    FROM sign_offs s JOIN operations o USING (op_id) LEFT JOIN sealed_sign_offs r ON r.sign_off_id = s.id
    WHERE o.device_id = ANY(%(devices)s)
    GROUP BY s.op_id HAVING count(r.sign_off_id) <> 1"""

ENDED_TWICE = """
    SELECT max(op_id::text), 'is one of ' || count(*) || ' ends that visit ' || visit_id || ' took'
    FROM operations
    WHERE device_id = ANY(%(devices)s) AND status = 'applied'
        AND kind IN ('complete', 'refuse', 'another_visit', 'no_access')
    GROUP BY visit_id HAVING count(*) > 1"""

OUT_OF_ORDER = """
    SELECT op_id, 'took effect before number ' || earlier || ' of its phone and visit'
    FROM (
        SELECT o.op_id, o.device_seq, lead(o.device_seq) OVER (
            PARTITION BY o.device_id, o.visit_id ORDER BY a.seq) AS earlier
        FROM operations o
        JOIN audit_entries a ON a.data->>'op_id' = o.op_id::text AND a.action = 'operation.' || o.kind
        WHERE o.device_id = ANY(%(devices)s)
    ) told
    WHERE earlier < device_seq"""

ASKED = (WRONG_EFFECTS, WRONG_PINGS, WRONG_TRAIL, WRONG_TICKETS, WRONG_SEALS, ENDED_TWICE, OUT_OF_ORDER)


def broken(connection: Connection, phones: Sequence[PhoneInHand]) -> list[str]:
    found = [*nothing_lost(connection, phones)]
    devices = {"devices": [phone.device_id for phone in phones]}
    for question in ASKED:
        found += [f"{op_id} {what}" for op_id, what in connection.execute(question, devices)]
    return found


def nothing_lost(connection: Connection, phones: Sequence[PhoneInHand]) -> Iterator[str]:
    """Each record has one durable verdict on the server, the one that its phone heard, and numbers have no gap.

    What a phone stored in the instant before its kill, unsaid, is among the numbers.
    """
    for phone in phones:
        rows = connection.execute(
            "SELECT op_id, device_seq, status, reason FROM operations WHERE device_id = %s", [phone.device_id]
        ).fetchall()
        stored = {op_id: (status, reason) for op_id, _, status, reason in rows}
        who = f"phone {phone.number}"
        yield from (f"{op_id} of {who} was recorded and is lost" for op_id in phone.recorded if op_id not in stored)
        numbers = sorted(number for _, number, _, _ in rows)
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{who} has gaps or repeats in its {len(numbers)} numbers up to {max(numbers, default=0)}"
        for op_id, verdicts in phone.heard.items():
            for verdict in verdicts:
                told = VerdictStatus.APPLIED if verdict.status is VerdictStatus.DUPLICATE else verdict.status
                if stored.get(op_id) != (told, verdict.reason):
                    yield f"{op_id} of {who} was told {told} {verdict.reason}, and is {stored.get(op_id)}"
        if phone.shown:
            flagged = {op_id: status for op_id, (status, _) in stored.items() if status != VerdictStatus.APPLIED}
            yield from (
                f"{op_id} of {who} is {flagged.get(op_id)}, and is shown as {phone.shown.flagged.get(op_id)}"
                for op_id in flagged.keys() | phone.shown.flagged.keys()
                if flagged.get(op_id) != phone.shown.flagged.get(op_id)
            )


def unlike(number: int, old: Shown, fresh: Shown) -> Iterator[str]:
    """A phone that has been through it all, and one of the same technician that begins with nothing."""
    if old.sheet != fresh.sheet:
        yield f"phone {number} has another sheet than a fresh one"
    mine, theirs = ({stop.visit_id: stop for stop in shown.stops} for shown in (old, fresh))
    for visit_id in mine.keys() | theirs.keys():
        one, other = mine.get(visit_id), theirs.get(visit_id)
        if one is None or other is None:
            yield f"phone {number}: visit {visit_id} is only on {'it' if one else 'the fresh one'}"
        elif one != other:
            names = [name for name in one.__struct_fields__ if getattr(one, name) != getattr(other, name)]
            was, now = (msgspec.json.encode([getattr(stop, name) for name in names]).decode() for stop in (one, other))
            yield f"phone {number}: visit {visit_id} has {', '.join(names)} {was}, on a fresh one {now}"


async def trail(database_url: str) -> list[str]:
    """The audit trail, the sealed sign-offs and what phones told, of all schedules so far."""
    database = Database(database_url, writers=1, readers=1)
    try:
        async with database.read() as session:
            read = await check_trail(session)
            _, damaged = await check_sealed(session)
            _, altered = await check_operations(session)
    finally:
        await database.close()
    found = [f"the sealed sign-off {sign_off} is missing or altered" for sign_off in damaged]
    found += [f"the operation {op_id} is missing or altered" for op_id in altered]
    return found if read.broken is None else [f"entry {read.broken} of the audit trail does not follow", *found]


def waiting(connection: Connection) -> dict[str, int]:
    """What has not been worked off: events in the outbox, and plans that somebody waits for."""
    row = connection.execute(
        """SELECT (SELECT count(*) FROM outbox WHERE sent IS NULL),
            (SELECT count(*) FROM plans WHERE state IN ('requested', 'solving'))"""
    ).fetchone()
    assert row
    return {what: count for what, count in zip(("events", "plans"), row, strict=True) if count}

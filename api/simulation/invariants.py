"""What must hold at every moment of the day, asked of the database: nothing here is taken on the site's word."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import psycopg

UNDER_WAY = "('travelling', 'arrived', 'started', 'paused')"

OVERLAPS = f"""
    SELECT a.technician_id, a.id, b.id FROM visits a JOIN visits b
    ON a.technician_id = b.technician_id AND a.id < b.id AND a.during && b.during
    WHERE a.state IN ('planned', {UNDER_WAY[1:]} AND b.state IN ('planned', {UNDER_WAY[1:]}
"""  # noqa: S608 (both are constants)
AT_TWO_PLACES = f"""
    SELECT technician_id, count(*) FROM visits WHERE state IN {UNDER_WAY} GROUP BY technician_id HAVING count(*) > 1
"""  # noqa: S608 (a constant)
TWO_VISITS = """
    SELECT job_id, count(*) FROM visits WHERE state NOT IN ('cancelled', 'no_access', 'needs_another')
    GROUP BY job_id HAVING count(*) > 1
"""
BEGUN = f"""
    SELECT id, technician_id, lower(during), started_at FROM visits
    WHERE state IN {UNDER_WAY} OR finished_at IS NOT NULL
"""  # noqa: S608 (a constant)
NOW = """
    SELECT id, technician_id, lower(during), state, abs(extract(epoch FROM lower(during) - started_at)) < 1
    FROM visits WHERE id = ANY(%s)
"""

SILENTLY_BROKEN = """
    SELECT jobs.id FROM bookings JOIN jobs ON jobs.id = bookings.job_id
    WHERE bookings.ended_at IS NULL AND bookings.day = %s
    AND NOT EXISTS (
        SELECT FROM visits WHERE visits.job_id = jobs.id AND visits.day = bookings.day
        AND visits.state NOT IN ('cancelled', 'no_access', 'needs_another')
        AND lower(visits.during) BETWEEN bookings.opens AND bookings.closes
    )
    AND NOT EXISTS (
        SELECT FROM visits WHERE visits.job_id = jobs.id AND visits.state IN ('no_access', 'needs_another')
    )
    AND NOT EXISTS (
        SELECT FROM audit_entries JOIN visits ON visits.id = audit_entries.subject
        WHERE visits.job_id = jobs.id AND audit_entries.actor LIKE 'staff:%%'
        AND audit_entries.action IN ('visit.moved', 'visit.retimed', 'visit.cancelled')
        AND audit_entries.data->>'plan' IS NULL AND audit_entries.data->>'booking' IS NULL
    )
"""
"""A promised time that the day no longer has, where nobody was in to be visited, and no person on record moved it."""


@dataclass
class Invariants:
    """`broken` names each thing once. `looks` is how often it was asked. `begun` has the technician of each visit that
    was under way when it was looked at, and, once work had started, its time."""

    connection: psycopg.Connection
    day: date
    begun: dict[UUID, tuple[UUID, datetime | None]] = field(default_factory=dict)
    broken: dict[str, None] = field(default_factory=dict)
    looks: int = 0

    def look(self) -> None:
        self.looks += 1
        for technician, one, other in self.connection.execute(OVERLAPS.encode()).fetchall():
            self.note(f"technician {technician} is booked twice at once: visits {one} and {other}")
        for technician, count in self.connection.execute(AT_TWO_PLACES.encode()).fetchall():
            self.note(f"technician {technician} is at {count} visits at once")
        for job, count in self.connection.execute(TWO_VISITS.encode()).fetchall():
            self.note(f"job {job} has {count} visits")
        self.look_at_begun()
        for (job,) in self.connection.execute(SILENTLY_BROKEN.encode(), [self.day]).fetchall():
            self.note(f"the promise of job {job} was broken, and nobody on record decided it")

    def look_at_begun(self) -> None:
        """What was begun stays with its technician until a phone ends it; what was started also at its time, or at the
        time when it really was."""
        known = self.connection.execute(NOW.encode(), [list(self.begun)]).fetchall()
        for visit, technician, starts, state, as_it_was in known:
            had, at = self.begun[visit]
            if technician != had:
                self.note(f"visit {visit} had begun with {had} and went to {technician}")
            if at is not None and starts != at and not as_it_was:
                self.note(f"visit {visit} had started, and was moved from {at} to {starts}")
            if state in ("planned", "cancelled"):
                self.note(f"visit {visit} had begun and is {state}")
        if len(known) < len(self.begun):
            self.note("a visit that had begun is gone")
        for visit, technician, starts, started_at in self.connection.execute(BEGUN.encode()).fetchall():
            if visit not in self.begun or self.begun[visit][1] is None:
                self.begun[visit] = (technician, starts if started_at else None)

    def note(self, what: str) -> None:
        self.broken[what] = None

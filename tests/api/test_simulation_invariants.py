"""Whether a simulated day would notice what must not happen: rows are damaged, and the look has to find it."""

import psycopg
import pytest
from town import DAY, Town

from api.simulation.invariants import Invariants

SHUT_DOWN = "ALTER TABLE visits DROP CONSTRAINT no_double_booking; DROP INDEX uq_visits_one_a_job"


@pytest.fixture(scope="module")
def day(town: Town) -> Town:
    for house in range(1, 7):
        town.report(where=house)
    town.publish()
    return town


def looked(town: Town, before: str, damage: str) -> list[str]:
    """What is found after the damage, none of which is kept."""
    with psycopg.connect(town.database_url.replace("+psycopg", "").replace("doorstep@/", "postgres@/")) as connection:
        connection.execute(SHUT_DOWN)
        connection.execute(before.encode())
        invariants = Invariants(connection, DAY)
        invariants.look()
        assert not invariants.broken
        connection.execute(damage.encode())
        invariants.look()
        connection.rollback()
    return list(invariants.broken)


ONE = "(SELECT id FROM visits ORDER BY lower(during), id LIMIT 1)"
BOOKED = f"""
    INSERT INTO bookings (id, job_id, day, opens, closes, booked_at, booked_by, late, reason)
    SELECT gen_random_uuid(), job_id, day, lower(during), lower(during) + interval '2 hours', now(), 'system', false, ''
    FROM visits WHERE id = {ONE}
"""
STARTED = f"UPDATE visits SET state = 'started', started_at = lower(during) WHERE id = {ONE}"
LATER = "during = tstzrange(lower(during) + interval '5 hours', upper(during) + interval '5 hours')"


@pytest.mark.parametrize(
    ("before", "damage", "told"),
    [
        (
            "SELECT 1",
            f"UPDATE visits SET during = (SELECT during FROM visits WHERE id = {ONE})",
            "booked twice at once",
        ),
        ("SELECT 1", "UPDATE visits SET state = 'started'", "visits at once"),
        ("SELECT 1", f"UPDATE visits SET job_id = (SELECT job_id FROM visits WHERE id = {ONE})", "has 6 visits"),
        (STARTED, f"UPDATE visits SET {LATER} WHERE state = 'started'", "had started, and was moved"),
        (STARTED, "UPDATE visits SET state = 'planned' WHERE state = 'started'", "had begun and is planned"),
        (STARTED, "UPDATE visits SET state = 'cancelled' WHERE state = 'started'", "had begun and is cancelled"),
        (
            STARTED,
            "UPDATE visits SET technician_id = (SELECT id FROM technicians t WHERE t.id <> technician_id LIMIT 1)"
            " WHERE state = 'started'",
            "had begun with",
        ),
        (BOOKED, f"UPDATE visits SET {LATER} WHERE id = {ONE}", "nobody on record decided it"),
        (BOOKED, f"UPDATE visits SET state = 'cancelled' WHERE id = {ONE}", "nobody on record decided it"),
    ],
)
def test_the_look_finds_what_must_not_be(day: Town, before: str, damage: str, told: str) -> None:
    assert [what for what in looked(day, before, damage) if told in what]

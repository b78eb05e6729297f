"""Every time that was booked is kept by every plan after it: random bookings over a simulated week."""

import pytest
from town import Town

from api.db.engine import Database
from bench.promises import Week, set_up, week

BOOKINGS = 200


@pytest.mark.parametrize("seed", [1, 2])
def test_no_plan_breaks_a_promise_and_nobody_is_booked_twice(town: Town, seed: int) -> None:
    town.empty()

    async def simulate(database: Database) -> Week:
        territory_id = await database.write(set_up, 4, f"Week {seed}")
        return await week(database, territory_id, BOOKINGS // 2, seed, plan_every=25, seconds=0.3)

    told = town.run(simulate)
    print(told)
    assert told.did["published"] >= 5
    assert told.did["moved"] > 0
    assert (told.broken, told.overlaps) == (0, 0)
    assert not [what for what in told.did if what.startswith(("plan ", "refused"))]

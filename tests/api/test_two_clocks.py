"""What the trade takes for now comes from `api/clock.py`; only what belongs to the machine asks the machine."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

API = Path(__file__).parents[2] / "api"

MACHINES_TIME = {
    "clock.py": "gives the trade its time",
    "auth.py": "sessions and what they are opened with",
    "sending.py": "keys of tasks, one a minute",
    "tasks.py": "leases of workers and keys of tasks",
    "actions/accounts.py": "sessions, pairing codes, tries",
    "actions/errands.py": "a worker's claim on a report or an import",
    "actions/home_links.py": "links and the sessions that they open",
    "actions/number_codes.py": "codes and tries",
    "actions/owner_codes.py": "codes and tries",
    "actions/owner_links.py": "links and the sessions that they open",
    "actions/photo_upkeep.py": "the age of files, by the disk's clock",
    "actions/planning.py": "a worker's claim on a plan",
    "actions/queue.py": "tries of tasks",
    "adapters/messages/file.py": "when a line was written",
    "adapters/messages/sms.py": "a signature that the gateway checks against its own clock",
    "adapters/messages/web_push.py": "how long a push service takes a signature",
    "adapters/messages/wechat.py": "a quota that WeChat counts by its own day",
    "adapters/presence.py": "who looks at a page now",
    "adapters/road_network.py": "when a download was made",
    "adapters/seal_keys.py": "names of key files",
    "cli/warranty.py": "a command without a site",
    "db/geocode_cache.py": "a cache",
    "db/road_times.py": "a cache",
    "db/task_troubles.py": "tries of tasks",
    "demo/stage.py": "the demo's tomorrow, before a site is there",
    "queries/queue.py": "leases of workers",
    "routes/wechat.py": "signatures that WeChat makes by its own clock",
}
"""Each with the reason."""

ASKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}


def asked_in(source: str) -> set[str]:
    """Which of the machine's clocks the source asks, however the module was imported."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            spelled = ast.unparse(node)
            found |= {asked for asked in ASKS if spelled == asked or spelled.endswith(f".{asked}")}
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found |= {f"time.{one.name}" for one in node.names} & ASKS
    return found


def who_asks() -> Iterator[str]:
    for path in sorted(API.rglob("*.py")):
        if asked_in(path.read_text("utf-8")):
            yield path.relative_to(API).as_posix()


def test_only_what_belongs_to_the_machine_asks_the_machine_for_the_time() -> None:
    others = set(who_asks()) - MACHINES_TIME.keys()
    assert not others, f"{sorted(others)}: take api.clock.now(), or say here why it is the machine's time"


def test_whoever_is_named_here_still_asks() -> None:
    assert not MACHINES_TIME.keys() - set(who_asks())


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now(UTC)",
        "import datetime\nnow = datetime.datetime.now",
        "import datetime as d\nfrom time import time",
        "from datetime import date\nfield(default_factory=date.today)",
        "import time\ntime.time()",
    ],
)
def test_every_way_to_ask_is_seen(source: str) -> None:
    assert asked_in(source)


def test_a_stopwatch_is_no_clock() -> None:
    assert not asked_in("import time\nfrom time import monotonic\ntime.monotonic()\nclock.now()")

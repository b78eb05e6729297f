"""A server that dies while its disk is full, or its folder is gone, comes back when the obstacle does not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from real_processes import until

WATCHER = """
import sys
from pathlib import Path
from api.adapters.servers import bring_up
from api.settings import Settings
from api.supervisor import Supervisor
with bring_up(Path(sys.argv[1]), fast=True) as servers:
    print(servers.pids["PostgreSQL"], flush=True)
    Supervisor(Settings(), servers).watch()
"""


def test_postgresql_that_can_not_start_again_is_tried_until_it_can(reachable: Path) -> None:
    home = reachable / "home"
    log = reachable / "log"
    with log.open("w") as output:
        doorstep = subprocess.Popen([sys.executable, "-c", WATCHER, home], stdout=output, stderr=output)
    try:
        until(lambda: log.read_text().endswith("\n"), 30)
        version, away = home / "postgres" / "PG_VERSION", home / "PG_VERSION.away"
        version.rename(away)
        os.kill(int(log.read_text()), signal.SIGKILL)
        until(lambda: "server_waits" in log.read_text(), 10, log.read_text)
        assert "PG_VERSION" in log.read_text()
        assert doorstep.poll() is None
        away.rename(version)
        until(lambda: "server_restarted" in log.read_text(), 20, log.read_text)
    finally:
        doorstep.terminate()
    assert doorstep.wait(20) == 0

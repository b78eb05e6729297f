"""`doorstep simulate`, the short one: a dozen technicians' day through real servers, and its end by Ctrl-C."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import psutil
from real_processes import until

COMMAND = [sys.executable, "-m", "api", "simulate", "--technicians", "12", "--plan-seconds", "1", "--seed", "3"]


def test_a_dozen_technicians_day_breaks_nothing_and_is_told_in_a_table_and_a_chart(
    reachable: Path, tmp_path: Path
) -> None:
    chart = tmp_path / "day.svg"
    done = subprocess.run(
        [*COMMAND, "--jobs", "60", "--chart", str(chart)],
        env=os.environ | {"TMPDIR": str(reachable)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for told in ("seed 3", "attended in time, emergency", "promises kept", "driving, hours", "overtime", "0 broken"):
        assert told in done.stdout
    assert ElementTree.parse(chart).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert list(reachable.iterdir()) == []


def test_stopped_by_ctrl_c_in_the_middle_a_simulation_leaves_nothing(reachable: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as output:
        simulation = subprocess.Popen(
            [*COMMAND, "--jobs", "12"],
            env=os.environ | {"TMPDIR": str(reachable)},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    main = psutil.Process(simulation.pid)
    try:
        until(lambda: bool(list(reachable.glob("*/phones/*"))), 150, log.read_text)
        started = main.children(recursive=True)
        assert len(started) > 3
        simulation.send_signal(signal.SIGINT)
        assert simulation.wait(90) == 130, log.read_text()
    finally:
        simulation.kill()
        simulation.wait()
    assert not [one for one in started if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert list(reachable.iterdir()) == []

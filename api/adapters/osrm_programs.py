"""OSRM's programs, fetched when roads are first wanted: 55 MB that nobody without a road network pays for.

They come inside the `osrm-bindings` wheel, which is made for Python 3.12 and later. Only its programs are
used, so it lies in a folder of its own instead of among Doorstep's packages, and Doorstep's own Python may
be older.
"""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from api.adapters.servers.account import client
from api.adapters.servers.errors import ServerError, explained
from api.adapters.servers.process import run

VERSION = "26.10.0"
MADE_FOR_PYTHON = "3.12"
PROFILE = "car"


def fetched(roads: Path) -> Path | None:
    """The folder with `bin/` and `share/`, or None before the first `fetch`."""
    folder = roads / f"osrm-{VERSION}" / "osrm"
    return folder if folder.is_dir() else None


def fetch(roads: Path) -> Path:
    """The folder with `bin/` and `share/`, installed first if need be. Raises ServerError."""
    if (programs := fetched(roads)) is None:
        target = roads / f"osrm-{VERSION}"
        draft = target.with_name(f".{target.name}.new")
        with explained(f"make the folder {draft}"):
            shutil.rmtree(draft, ignore_errors=True)
            roads.mkdir(parents=True, exist_ok=True)
        _install(draft)
        # Tried before the rename: programs that can't run here must not look installed.
        run("run OSRM on this machine", [draft / "osrm" / "bin" / "osrm-routed", "--version"], client())
        with explained(f"rename {draft} to {target}"):
            draft.rename(target)
        programs = target / "osrm"
    return programs


def _install(target: Path) -> None:
    wheel = f"osrm-bindings=={VERSION}"
    options = ["--target", str(target), "--python-version", MADE_FOR_PYTHON, "--no-deps", "--quiet"]
    command = [*_installer(), "install", *options, "--only-binary", ":all:", wheel]
    with explained(f"install {wheel}"):
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    if done.returncode:
        said = "\n".join(f"  {line}" for line in done.stdout.splitlines()[-8:])
        raise ServerError(f"Can't install {wheel}. Is there a connection, and a wheel for this machine?\n{said}")


def _installer() -> list[str]:
    """uv, which names itself in UV to what it runs; else pip, Doorstep's own or the system's."""
    if uv := os.environ.get("UV") or shutil.which("uv"):
        return [uv, "pip"]
    if find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if pip := shutil.which("pip") or shutil.which("pip3"):
        return [pip]
    raise ServerError("Installing OSRM needs uv or pip, and neither was found. Run Doorstep through ./doorstep.")

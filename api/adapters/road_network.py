"""A road network of one's own: built from an OpenStreetMap extract, served by OSRM on this machine.

Under the home's `roads` folder each build has a folder, named for what went into it, and `current` points to
the one in use. A build that was interrupted never gets its name.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec

from api.adapters import osrm_programs
from api.adapters.servers.account import client
from api.adapters.servers.errors import ServerError, explained
from api.adapters.servers.process import Process, run

# Multi-level Dijkstra: a city builds in seconds and a country in minutes; contraction hierarchies answer
# a little faster and build for hours.
STEPS = (
    ("Dividing the map into cells", "osrm-partition"),
    ("Computing the ways through the cells", "osrm-customize"),
)
MOST_PLACES = 2_000  # origins × destinations up to this squared in one request
READY_S = 120  # a country's network takes a while to be read from the disk


class BadMap(Exception):
    """The map file can't be used; the message names it and says why."""


class Manifest(msgspec.Struct, frozen=True):
    """What a network was built from."""

    source: str
    sha256: str
    profile: str
    osrm: str
    built_at: datetime


@dataclass(frozen=True, slots=True)
class Network:
    folder: Path
    manifest: Manifest

    @property
    def base(self) -> Path:
        """The path that OSRM's programs take; they add `.names`, `.edges` and so on."""
        return self.folder / "roads.osrm"


def build(pbf: Path, roads: Path, say: Callable[[str], None]) -> Network:
    """Make the map file the network in use. The same file again is not built twice.

    BadMap if the file is no usable map; ServerError if programs, disk or another build are in the way.
    """
    sha256 = _checked_hash(pbf)
    with _sole_builder(roads):
        folder = roads / f"{pbf.name.split('.')[0]}-{sha256[:12]}-{osrm_programs.PROFILE}-{osrm_programs.VERSION}"
        if not folder.is_dir():
            if osrm_programs.fetched(roads) is None:
                say(f"Fetching OSRM {osrm_programs.VERSION}")
            _build(pbf, sha256, folder, osrm_programs.fetch(roads), say)
        with explained(f"make {folder.name} the network in use"):
            link = roads / ".current.new"
            link.unlink(missing_ok=True)
            link.symlink_to(folder.name)
            link.replace(roads / "current")
        for other in roads.glob("*/manifest.json"):
            if other.parent.name != "current" and other.parent != folder:
                shutil.rmtree(other.parent, ignore_errors=True)
    return _network(folder)


def in_use(roads: Path) -> Network | None:
    """The network that the last build made, or None before the first."""
    current = roads / "current"
    return _network(current.resolve()) if current.is_dir() else None


@contextmanager
def serving(network: Network, roads: Path, port: int) -> Iterator[tuple[str, Process]]:
    """OSRM on 127.0.0.1 for the length of the block: its URL, and its process. Main thread only.

    Raises ServerError when the port is taken or OSRM does not come up.
    """
    if network.manifest.osrm != osrm_programs.VERSION:
        raise ServerError(
            f"{network.folder.name} was built by OSRM {network.manifest.osrm}, and this Doorstep brings OSRM"
            f" {osrm_programs.VERSION}, which can't read it. Build it again from {network.manifest.source}."
        )
    # OSRM itself would share a taken port, and the two would answer in turns.
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ServerError(f"Can't use port {port}: {error.strerror}. Choose another with --port.") from error
        port = probe.getsockname()[1]
    routed = osrm_programs.fetch(roads) / "bin" / "osrm-routed"
    options = ["--algorithm", "MLD", "--ip", "127.0.0.1", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    process = Process("the road server", client(), roads / "osrm.log", [(signal.SIGTERM, 10.0)])
    try:
        process.start(
            [routed, *options, "--max-table-size", str(MOST_PLACES), network.base],
            lambda: _obstacle(url),
            READY_S,
        )
        yield url, process
    finally:
        process.stop()


def _checked_hash(pbf: Path) -> str:
    try:
        with pbf.open("rb") as file:
            # Every .osm.pbf begins with a blob of this name (https://wiki.openstreetmap.org/wiki/PBF_Format).
            if b"OSMHeader" not in file.read(64):
                raise BadMap(f"{pbf} is not an OpenStreetMap extract in PBF format (.osm.pbf).")
            file.seek(0)
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadMap(f"{pbf} can't be read: {error.strerror}.") from error


def _build(pbf: Path, sha256: str, folder: Path, programs: Path, say: Callable[[str], None]) -> None:
    with explained(f"write to {folder.parent}"):
        for cut_short in folder.parent.glob(".building-*"):
            shutil.rmtree(cut_short)
        draft = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        base = draft / "roads.osrm"
        say(f"Reading the roads of {pbf.name}")
        profile = programs / "share" / "profiles" / f"{osrm_programs.PROFILE}.lua"
        # The version goes into every answer: cached road times of another map are told apart by it.
        extract: list[str | Path] = [
            programs / "bin" / "osrm-extract",
            "--profile",
            profile,
            "--data_version",
            sha256[:12],
        ]
        try:
            run("read the roads", [*extract, "--output", base, pbf.resolve()], client())
        except ServerError as error:
            why = [line for line in str(error).splitlines() if "[info]" not in line]
            raise BadMap("\n".join([f"{pbf} can't be used as a road map.", *why])) from error
        for doing, program in STEPS:
            say(doing)
            run(doing.lower(), [programs / "bin" / program, base], client())
        manifest = Manifest(
            pbf.name,
            sha256,
            osrm_programs.PROFILE,
            osrm_programs.VERSION,
            datetime.now(UTC).replace(microsecond=0),
        )
        with explained(f"write to {draft}"):
            (draft / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _sole_builder(roads: Path) -> Iterator[None]:
    with explained(f"write to {roads}"):
        roads.mkdir(parents=True, exist_ok=True)
        lock = os.open(roads / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise ServerError(f"Another build is under way in {roads}. Wait until it is done.") from None
    try:
        yield
    finally:
        os.close(lock)


def _network(folder: Path) -> Network:
    try:
        return Network(folder, msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest))
    except (OSError, msgspec.DecodeError) as error:
        raise ServerError(f"{folder} is no road network: {error}. Build it again.") from error


def _obstacle(url: str) -> str:
    try:
        httpx.get(f"{url}/nearest/v1/driving/0,0", timeout=2, trust_env=False)
    except httpx.HTTPError as error:
        return str(error)
    return ""

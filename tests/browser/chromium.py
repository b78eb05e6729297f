"""A Chromium for the browser tests: the machine's own, Playwright's own, or one fetched from the npm registry.

Playwright downloads its browsers from a host that not every machine may reach. The npm package
`@sparticuz/chromium` holds a whole headless Chromium for Linux on x86-64, with the libraries and the font that
small machines lack. It is unpacked, not installed, into a cache folder: about 70 MB to fetch, 215 MB on disk.
"""

import base64
import hashlib
import os
import platform
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Playwright

VERSION = "153.0.0"
PARTS = ("al2023.tar", "fonts.tar", "swiftshader.tar")  # libraries, a font, and WebGL where there is no graphics card
PACKAGE = f"@sparticuz/chromium@{VERSION}"
SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="

UNBROTLI = """
const [{ createReadStream, createWriteStream }, { createBrotliDecompress }, { pipeline }] =
  ["fs", "zlib", "stream/promises"].map(require);
for (const file of process.argv.slice(1))
  pipeline(createReadStream(file), createBrotliDecompress(), createWriteStream(file.replace(/\\.br$/, "")));
"""

FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
</fontconfig>
"""


class NoChromium(RuntimeError):
    """Says why, and what to install."""


@dataclass(frozen=True)
class Chromium:
    """`environment` goes on top of this process's own."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)


@contextmanager
def launched(playwright: Playwright, *arguments: str) -> Iterator[Browser]:
    found = find_chromium(Path(playwright.chromium.executable_path))
    chromium = playwright.chromium.launch(
        executable_path=found.path, env={**os.environ, **found.environment}, args=["--no-sandbox", *arguments]
    )
    yield chromium
    chromium.close()


def find_chromium(playwrights_own: Path) -> Chromium:
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return Chromium(Path(found))
    if playwrights_own.is_file():
        return Chromium(playwrights_own)
    return unpacked(cache() / f"chromium-{VERSION}-webgl")


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "doorstep"


def unpacked(folder: Path) -> Chromium:
    """Raises NoChromium. Whoever comes second, in another test process, uses what the first has put there."""
    if not folder.is_dir():
        if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
            raise NoChromium("There is no Chromium here. Run `playwright install chromium`, or install Google Chrome.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            whole = unpack(fetch(Path(temporary)))
            try:
                whole.rename(folder)
            except OSError:
                if not folder.is_dir():
                    raise
    libraries = f"{folder / 'lib'}:{os.environ.get('LD_LIBRARY_PATH', '')}".rstrip(":")
    return Chromium(folder / "chromium", {"LD_LIBRARY_PATH": libraries, "FONTCONFIG_FILE": str(folder / "fonts.conf")})


def fetch(folder: Path) -> Path:
    """The package as the registry has it, of which every byte is known."""
    ran(["npm", "pack", PACKAGE, "--silent", "--pack-destination", str(folder)])
    (archive,) = folder.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise NoChromium(f"{PACKAGE} is not the package that these tests were written with: sha512 {digest}.")
    return archive


def unpack(archive: Path) -> Path:
    folder = archive.parent / "chromium"
    folder.mkdir()
    with tarfile.open(archive) as package:
        package.extractall(archive.parent)  # without a filter, which 3.11.2 lacks: every byte is known
    bin = archive.parent / "package" / "bin"
    packed = [bin / f"{name}.br" for name in ("chromium", *PARTS)]
    ran(["node", "-e", UNBROTLI, *map(str, packed)])
    for name in PARTS:
        with tarfile.open(bin / name) as part:
            part.extractall(folder)
    (bin / "chromium").rename(folder / "chromium").chmod(0o755)
    (folder / "fonts.conf").write_text(FONTS)
    return folder


def ran(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    except FileNotFoundError:
        raise NoChromium(
            f"There is no Chromium here, and fetching one needs {command[0]}: install Node.js or Chromium."
        ) from None
    except subprocess.CalledProcessError as error:
        raise NoChromium(f"Can't fetch a Chromium: {' '.join(command[:3])} says: {error.stderr[-2000:]}") from None

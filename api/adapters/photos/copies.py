"""The parent's side of decoding a photo: starts `decoder.py` on it, reads what it says, ends what takes too long."""

import asyncio
import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

DECODER = Path(__file__).with_name("decoder.py")
PATIENCE_S = 30.0
PASSED_ON = ("PATH", "LD_LIBRARY_PATH")
"""Of our environment; the rest holds secrets, and the decoder reads what strangers made."""


class Unreadable(Exception):
    """No picture that may be shown, and why."""


class Said(msgspec.Struct):
    """The decoder's line. `why` is empty when it made the copies; `peak_bytes` is the memory that it had in use."""

    peak_bytes: int
    width: int = 0
    height: int = 0
    why: str = ""


@dataclass(frozen=True)
class Copies:
    """Pixels are those of `shown`; `sha256` is its content's."""

    shown: Path
    thumbnail: Path
    sha256: str
    width: int
    height: int
    peak_bytes: int


async def make_copies(original: Path, scratch: Path) -> Copies:
    """Raises Unreadable. Nothing of the child is left when this returns, however it does."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",  # nothing from the current folder or the environment
        DECODER,
        original,
        scratch,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
        start_new_session=True,
    )
    assert child.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            line = await child.stdout.readline()
            status = await child.wait()
    except TimeoutError:
        raise Unreadable(f"Decoding it took longer than {PATIENCE_S:.0f} s.") from None
    except ValueError:
        raise Unreadable("Its decoder said what can't be read.") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if status != 0:
        raise Unreadable(f"Its decoder ended with status {status}.")
    try:
        said = msgspec.json.decode(line, type=Said)
    except msgspec.DecodeError:
        raise Unreadable("Its decoder said what can't be read.") from None
    if said.why:
        raise Unreadable(said.why.replace("\0", "\N{REPLACEMENT CHARACTER}"))  # which PostgreSQL's text can't hold
    shown = scratch / "shown"
    digest = hashlib.sha256(await asyncio.to_thread(shown.read_bytes)).hexdigest()
    return Copies(shown, scratch / "thumbnail", digest, said.width, said.height, said.peak_bytes)

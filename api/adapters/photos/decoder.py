"""Decodes one picture that anybody may have made, in a process of its own: `python -I decoder.py ORIGINAL FOLDER`.

Writes `shown` and `thumbnail`, JPEGs without any metadata, into the folder, and a line of JSON to standard output.
Decoders of pictures are C code that strangers feed. Whatever they do happens in here, within a cap of memory, of
processor time and of what can be written; the parent kills what is too slow. Colours are taken as sRGB.
"""

import json
import os
import resource
import signal
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it is loaded once the limits hold
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 25_000_000  # a phone's usual photo has 12 million, its large one 24
MEMORY_BYTES = 512 * 2**20  # of address space; 25 million pixels take about 300 MiB of it
PROCESSOR_S = 15
OUTPUT_BYTES = 64 * 2**20
QUALITY = 85
THUMBNAIL = (320, 320)
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Refused(Exception):
    """No picture that may be shown; the message says why, to the dispatcher."""


def main(original: Path, folder: Path) -> None:
    confine()
    told: dict[str, int | str]
    try:
        told = copy(original, folder)
    except Refused as refused:
        told = {"why": str(refused)}
    except MemoryError:
        told = {"why": f"Decoding it takes more than {MEMORY_BYTES // 2**20} MiB of memory."}
    print(json.dumps(told | {"peak_bytes": peak_bytes()}), flush=True)


def confine() -> None:
    """Before any decoder is loaded."""
    os.umask(0o077)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, PROCESSOR_S),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(hard, most)
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue  # macOS has no cap of address space
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def copy(original: Path, folder: Path) -> dict[str, int | str]:
    """Pixels of what was written. Raises Refused or MemoryError."""
    from PIL import Image, UnidentifiedImageError, WebPImagePlugin  # noqa: F401 (a decoder that isn't preloaded)

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(original, formats=FORMATS) as opened:
            # A JPEG of some phones carries a second picture for bright screens or depth. It is left out, as all
            # that isn't the first picture; an animation is no photo.
            if opened.format in ("PNG", "WEBP") and getattr(opened, "n_frames", 1) > 1:
                raise Refused("It is an animation, no photo.")
            photo = flat(upright(opened))
        photo.save(folder / "shown", "JPEG", quality=QUALITY)
        size: dict[str, int | str] = {"width": photo.width, "height": photo.height}
        photo.thumbnail(THUMBNAIL)
        photo.save(folder / "thumbnail", "JPEG", quality=QUALITY)
    except (Refused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(f"It has more than {MAX_PIXELS // 1_000_000} million pixels.") from None
    except UnidentifiedImageError:
        raise Refused("It is no JPEG, PNG or WebP picture.") from None
    except Exception as error:  # a damaged file can make a decoder raise anything
        raise Refused(f"It is damaged: {error}"[:300]) from None
    return size


def upright(picture: "Image.Image") -> "Image.Image":
    """Turned as the camera says that it was held."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    picture.load()
    try:
        turn = turns.get(picture.getexif().get(0x0112, 1))
    except MemoryError:
        raise
    except Exception:  # EXIF that can't be read says nothing about the picture
        turn = None
    return picture if turn is None else picture.transpose(turn)


def flat(picture: "Image.Image") -> "Image.Image":
    """In RGB, on white where it is transparent, with nothing of what the file said besides its pixels."""
    from PIL import Image

    if picture.has_transparency_data:
        layers = picture.convert("RGBA")
        picture = Image.new("RGB", layers.size, "white")
        picture.paste(layers, mask=layers.getchannel("A"))
    elif picture.mode != "RGB":
        picture = picture.convert("RGB")
    else:
        picture = picture.copy()
    picture.info = {}  # a comment would be written again
    return picture


def peak_bytes() -> int:
    """Of memory in use at once by this program. `ru_maxrss` would count the program that started it."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS: in bytes


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

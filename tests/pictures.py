"""Pictures for tests, made here: good ones, and what somebody might send in the place of one."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

EVIL = b"<script>alert(1)</script>"
GPS = "Xi Shan Road 410"  # stands in the EXIF of some, and must not come out again


def picture(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """Its left half is red, its right half is blue, so that turning it shows."""
    drawn = Image.new("RGB", (width, height), "red")
    ImageDraw.Draw(drawn).rectangle((width // 2, 0, width, height), fill="blue")
    return drawn.convert(mode)


def noise(width: int, height: int, seed: int) -> Image.Image:
    """Hardly compressible."""
    return Image.frombytes("RGB", (width, height), Random(seed).randbytes(width * height * 3))


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def exif(orientation: int = 1) -> bytes:
    """With a place, a note and how the camera was held."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010E] = GPS
    place = tags.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (39.0, 54.0, 20.0), "E", (116.0, 23.0, 30.0)
    return tags.tobytes()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2, data: bytes = b"") -> bytes:
    """With a header that says what it likes; `data` is not compressed yet."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = [png_chunk(b"IHDR", header), *chunks, png_chunk(b"IDAT", zlib.compress(data, 9)), png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def one_bit(width: int, height: int) -> bytes:
    """A few kilobytes, and all of its pixels."""
    return png(width, height, depth=1, colour=0, data=bytes((width // 8 + 2) * height))


def in_the_middle(good: bytes, at: int, more: bytes) -> bytes:
    return good[:at] + more + good[at:]


def jpeg_segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg_that_says(width: int, height: int) -> bytes:
    """Its header names this size, its data is that of a small picture."""
    good = saved(picture(64, 64))
    start = good.index(b"\xff\xc0") + 5
    return good[:start] + struct.pack(">HH", height, width) + good[start + 4 :]


def webp_that_says(side: int) -> bytes:
    extended = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + ((side - 1).to_bytes(3, "little") * 2)
    body = b"WEBP" + extended + saved(picture(64, 64), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", EVIL)
    return file.getvalue()


def animated(kind: str, frames: int = 30, **options: Any) -> bytes:
    more = [picture(32 + frame % 3, 32).resize((32, 32)).rotate(frame * 11) for frame in range(1, frames)]
    return saved(picture(32, 32), kind, save_all=True, append_images=more, **options)


def with_text() -> PngInfo:
    info = PngInfo()
    info.add_text("Comment", EVIL.decode() + "<?php system($_GET[0]); ?>")
    info.add_itxt("XML:com.adobe.xmp", GPS)
    return info


def script_picture() -> bytes:
    """A JPEG that is JavaScript as well: its first segment's length is `/*`."""
    body = b"*/=1;alert(1);/*" + EVIL
    return in_the_middle(saved(picture()), 2, jpeg_segment(0xFE, body.ljust(0x2F2A - 2)))


@dataclass(frozen=True)
class Sent:
    """`shown`: whether a clean copy of it is to be had; where not, nothing of it is."""

    make: Callable[[], bytes]
    shown: bool


HOSTILE = {
    # bombs
    "one bit a pixel, 27 million of them": Sent(lambda: one_bit(6000, 4500), False),
    "one bit a pixel, 400 million of them": Sent(lambda: one_bit(20_000, 20_000), False),
    "a PNG that says 60,000 × 60,000": Sent(lambda: png(60_000, 60_000), False),
    "a PNG that says 2 thousand million × 1": Sent(lambda: png(2**31 - 1, 1), False),
    "a PNG without a width": Sent(lambda: png(0, 100), False),
    "a JPEG that says 65,500 × 65,500": Sent(lambda: jpeg_that_says(65_500, 65_500), False),
    "a JPEG that says 5,000 × 5,000 and has a crumb": Sent(
        lambda: jpeg_that_says(5000, 5000), True
    ),  # the rest is grey
    "a WebP that says 16,383 × 16,383": Sent(lambda: webp_that_says(16_383), False),
    "a PNG whose text unpacks to 80 MB": Sent(
        lambda: png(8, 8, png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)), data=bytes(200)),
        False,
    ),
    "a PNG whose colour profile unpacks to 80 MB": Sent(
        lambda: png(8, 8, png_chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(bytes(80_000_000), 9)), data=bytes(200)),
        False,
    ),
    "a PNG whose data goes on for 80 MB": Sent(lambda: png(8, 8, data=bytes(80_000_000)), True),
    # many frames
    "a GIF of 30 frames": Sent(lambda: animated("GIF"), False),
    "a PNG of 30 frames": Sent(lambda: animated("PNG"), False),
    "a PNG that says a thousand million frames": Sent(
        lambda: png(8, 8, png_chunk(b"acTL", struct.pack(">II", 10**9, 0)), data=bytes(200)), False
    ),
    "a WebP of 30 frames": Sent(lambda: animated("WEBP"), False),
    "a JPEG of two pictures": Sent(lambda: saved(picture(), "MPO", save_all=True, append_images=[picture()]), True),
    # other things
    "SVG with a script": Sent(lambda: b'<svg xmlns="http://www.w3.org/2000/svg">' + EVIL + b"</svg>", False),
    "SVG with an entity": Sent(
        lambda: b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>', False
    ),
    "HTML": Sent(lambda: b"<!doctype html><body>" + EVIL, False),
    "PDF": Sent(lambda: b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj", False),
    "PostScript": Sent(lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (w) file\n", False),
    "ZIP": Sent(zipped, False),
    "GIF": Sent(lambda: saved(picture(), "GIF"), False),
    "TIFF": Sent(lambda: saved(picture(), "TIFF"), False),
    "BMP": Sent(lambda: saved(picture(64, 64), "BMP"), False),
    "ICO": Sent(lambda: saved(picture(64, 64), "ICO"), False),
    "PPM that says 100,000 × 100,000": Sent(lambda: b"P6 100000 100000 255\n" + bytes(100), False),
    "HEIC": Sent(lambda: struct.pack(">I", 24) + b"ftypheic\0\0\0\0heicmif1" + bytes(400), False),
    "random bytes": Sent(lambda: Random(4).randbytes(50_000), False),
    "zeros": Sent(lambda: bytes(50_000), False),
    "one byte": Sent(lambda: b"\xff", False),
    # damaged
    "half a JPEG": Sent(lambda: saved(picture())[: len(saved(picture())) // 2], False),
    "half a PNG": Sent(lambda: saved(noise(99, 99, 1), "PNG")[:9000], False),
    "half a WebP": Sent(lambda: saved(noise(99, 99, 2), "WEBP")[:1500], False),
    "a JPEG's first two bytes": Sent(lambda: b"\xff\xd8", False),
    "a PNG with a wrong checksum": Sent(lambda: saved(noise(9, 9, 3), "PNG").replace(b"IDAT", b"IDAT\x01", 1), False),
    "a JPEG with an unreadable EXIF": Sent(lambda: saved(picture(), exif=b"Exif\0\0" + Random(5).randbytes(300)), True),
    # two things at once
    "a JPEG with a page behind it": Sent(lambda: saved(picture()) + b"<html>" + EVIL, True),
    "a JPEG with an archive behind it": Sent(lambda: saved(picture()) + zipped(), True),
    "a JPEG with a script as its comment": Sent(lambda: saved(picture(), comment=EVIL), True),
    "a JPEG that is JavaScript": Sent(script_picture, True),
    "a PNG with PHP in its text": Sent(lambda: saved(picture(), "PNG", pnginfo=with_text()), True),
    "a PNG with SVG behind it": Sent(lambda: saved(picture(), "PNG") + b"<svg>" + EVIL + b"</svg>", True),
    # what must not come out again
    "a JPEG that says where it was taken": Sent(lambda: saved(picture(), exif=exif()), True),
    "a WebP that says where it was taken": Sent(lambda: saved(picture(), "WEBP", exif=exif(), xmp=EVIL), True),
    "a JPEG with XMP and a profile": Sent(lambda: saved(picture(), xmp=EVIL, icc_profile=EVIL * 4000), True),
    "a transparent PNG": Sent(lambda: saved(picture(mode="RGBA"), "PNG", exif=exif(6)), True),
    "a CMYK JPEG": Sent(lambda: saved(picture(mode="CMYK")), True),
}

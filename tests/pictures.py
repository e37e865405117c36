"""Pictures made for the tests, and how alike two are to who looks at them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageFilter

ALIKE = 10  # of 256 differences, which many a scaling and compression leaves


def photo(width: int = 320, height: int = 240, mode: str = "RGB", *, noise: int = 0) -> Image.Image:
    """A picture with something to see in every corner; with ``noise``, one that does not compress well."""
    tiny = Image.new("RGB", (8, 6))
    tiny.putdata([(37 * n % 256, 101 * n % 256, 173 * n % 256) for n in range(48)])
    picture = tiny.resize((width, height), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(3))
    if noise:
        grain = Image.effect_noise((width, height), noise).convert("RGB")
        picture = Image.blend(picture, grain, 0.4)
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def with_place(*, turned: int = 1) -> Image.Exif:
    """EXIF of a camera that knows where it was, and how it was held."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "Camera of Jane Doe"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return exif


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of some bytes that claims to have that many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def differences(one: bytes, other: bytes) -> int:
    """Count in how many of 256 places two pictures differ in whether they get lighter to the right."""
    return (_hash(one) ^ _hash(other)).bit_count()


def _hash(content: bytes) -> int:
    small = opened(content).convert("RGB").convert("L").resize((17, 16), Image.Resampling.LANCZOS)
    grey = small.tobytes()
    return sum(
        1 << (16 * y + x) for y in range(16) for x in range(16) if grey[17 * y + x] < grey[17 * y + x + 1]
    )

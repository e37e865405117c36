"""Makes a picture fit what a network takes: its format, its size, and nothing in it but what is seen.

A picture that fits and tells nothing of its maker is left as it is, to the byte. An animation stays one where
it fits; else its first picture goes out.
"""

from __future__ import annotations

import io
import logging
import threading
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import imagesize
from PIL import Image, ImageCms, ImageOps

from bot.errors import PageError, PictureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.model import Limits

log = logging.getLogger(__name__)

T = TypeVar("T")

JPEG, PNG, GIF, WEBP = "image/jpeg", "image/png", "image/gif", "image/webp"
LONGEST = 4096  # pixels of a side, of what has to be made anew
SCALES = (1.0, 0.7, 0.5, 0.35, 0.25, 0.12)
QUALITIES = (90, 80, 65)
UNTURNED = 1  # of EXIF's orientation: https://www.media.mit.edu/pia/Research/deepview/exif.html
ORIENTATION = 0x0112
# What a JPEG's segments may say: that it is one, and its colours (ICC, Adobe). All else is about its maker.
_SEGMENTS = {"APP0": b"JFIF", "APP2": b"ICC_PROFILE", "APP14": b"Adobe"}
_alone = threading.Lock()
_TELLING = frozenset({"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop", "Raw profile type exif"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitting:
    """A picture that fits; ``changed`` says that the network would not have taken it as it was."""

    content: bytes = field(repr=False)
    mime_type: str
    changed: bool


def safely(do: Callable[[], T]) -> T:
    """Do something with a picture's bytes; raises ``PictureError`` where they are no good.

    Bytes that are made to break a decoder may raise anything in it. Channels work side by side, but one
    picture is decoded at a time: it takes the memory of all its pixels.
    """
    try:
        with _alone, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata, say, that nobody reads
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return do()
    except PageError:
        raise
    except Exception as error:
        log.debug("not decoded", exc_info=True)
        raise PictureError("is broken: it cannot be decoded") from error


def decoded(content: bytes, mime_type: str, *, most_pixels: int) -> tuple[int, int]:
    """Decode the whole picture, if it is not too large for that, and return its width and height.

    Raises:
        PictureError: it claims to have more pixels than may be; other errors: it cannot be decoded.
    """
    width, height = map(int, imagesize.get(io.BytesIO(content)))  # by its header alone
    if min(width, height) < 1 or width * height > most_pixels:
        raise PictureError(
            f"would have {width} times {height} pixels, and {most_pixels // 1_000_000} millions are the most"
        )
    with _open(content, mime_type) as image:
        image.verify()  # all of its pieces, which takes opening it anew
    with _open(content, mime_type) as image:
        width, height = image.size
        if width * height > most_pixels:  # its header says more than one thing
            raise PictureError("is larger than it seems: it would not fit into memory")
        image.load()
    return width, height


def fit(content: bytes, mime_type: str, limits: Limits) -> Fitting:
    """Return the picture as the network takes it; it is known to be one that can be decoded.

    Raises:
        PageError: it cannot be made small enough.
    """
    with _open(content, mime_type) as image:
        image.load()
        if mime_type in limits.media_types and _is_within(limits, content, image.size):
            if not _tells(image):
                return Fitting(content=content, mime_type=mime_type, changed=False)
            stripped = _stripped(image, mime_type)
            if _is_within(limits, stripped, image.size):
                return Fitting(content=stripped, mime_type=mime_type, changed=False)
        return _made_to_fit(image, mime_type, limits)


def _open(content: bytes, mime_type: str) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=[_format(mime_type)])


def _format(mime_type: str) -> str:
    """Return Pillow's name of a format."""
    return mime_type.removeprefix("image/").upper()


def _is_within(limits: Limits, content: bytes, size: tuple[int, int]) -> bool:
    width, height = size
    small = limits.media_bytes is None or len(content) <= limits.media_bytes
    return small and (limits.media_pixels is None or width * height <= limits.media_pixels)


def _tells(image: Image.Image) -> bool:
    """Tell whether a decoded picture says more than what is seen; that it has to be turned, too."""
    if image.format == "MPO" or _TELLING & image.info.keys():
        return True
    if getattr(image, "text", None) or getattr(image, "private_chunks", None):
        return True
    segments: list[tuple[str, bytes]] = getattr(image, "applist", [])
    return any(not data.startswith(_SEGMENTS.get(name, b"\0no")) for name, data in segments)


def _stripped(image: Image.Image, mime_type: str) -> bytes:
    """Return the picture in the same format and size, without what it tells, turned as it is to be seen."""
    if getattr(image, "is_animated", False) and mime_type != JPEG:
        return _encoded(image, mime_type, save_all=True, quality=QUALITIES[0])
    if image.getexif().get(ORIENTATION, UNTURNED) != UNTURNED or image.format == "MPO":
        return _encoded(ImageOps.exif_transpose(image), mime_type, quality=QUALITIES[0])
    # A JPEG keeps its tables, so that hardly anything is lost.
    return _encoded(image, mime_type, quality="keep" if mime_type == JPEG else QUALITIES[0])


def _made_to_fit(image: Image.Image, mime_type: str, limits: Limits) -> Fitting:
    picture = _plain(image)
    for smaller in _smaller(picture, limits.media_pixels):
        for kind, quality in _ways(smaller, mime_type, limits):
            content = _encoded(smaller, kind, quality=quality)
            if _is_within(limits, content, smaller.size):
                return Fitting(content=content, mime_type=kind, changed=True)
    raise PageError(
        f"cannot be made smaller than {limits.media_bytes} bytes, or be shown as {limits.media_types}"
    )


def _ways(picture: Image.Image, mime_type: str, limits: Limits) -> Iterator[tuple[str, int]]:
    """Yield formats that the network takes, the best for this picture first: a drawing is sharp as a PNG."""
    drawn = picture.mode == "RGBA" or mime_type in {PNG, GIF}
    for kind in (PNG, WEBP, JPEG) if drawn else (JPEG, WEBP, PNG):
        if kind in limits.media_types:
            for quality in QUALITIES if kind != PNG else QUALITIES[:1]:
                yield kind, quality


def _smaller(picture: Image.Image, most_pixels: int | None) -> Iterator[Image.Image]:
    """Yield the picture as large as it may be, and then smaller and smaller."""
    width, height = picture.size
    most = most_pixels or width * height
    first = min(1.0, LONGEST / max(width, height), (most / (width * height)) ** 0.5)
    for scale in SCALES:
        size = max(1, int(width * first * scale)), max(1, int(height * first * scale))
        yield picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS)


def _plain(image: Image.Image) -> Image.Image:
    """Return the first picture of an image, upright, in RGB or grey; transparent only where anything is."""
    image.seek(0)
    picture = ImageOps.exif_transpose(image)
    if picture.mode.startswith("I"):  # of 16 bits
        picture = picture.point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        opaque = all(count == 0 for count in picture.getchannel("A").histogram()[:255])
        return picture.convert("RGB") if opaque else picture
    return picture if picture.mode in {"RGB", "L"} else _in_srgb(picture)


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"CMYK", "LAB"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            seen = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError):
            seen = None  # the profile is no good, and without one it is still a picture
        if seen is not None:
            seen.info.pop("icc_profile", None)
            return seen
    picture = picture.convert("RGB")
    picture.info.pop("icc_profile", None)
    return picture


def _encoded(picture: Image.Image, mime_type: str, **how: Any) -> bytes:  # noqa: ANN401 - as Pillow takes it
    """Return the picture in a format, with its colours' profile and nothing else beside it."""
    if mime_type == JPEG and picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture).convert("RGB")
    how |= {
        "icc_profile": picture.info.get("icc_profile"),
        "exif": b"",
        "xmp": b"",
        "comment": b"",
        "optimize": True,
    }
    if mime_type == JPEG:
        how["progressive"] = bool(picture.info.get("progressive"))
    out = io.BytesIO()
    picture.save(out, format=_format(mime_type), **how)
    return out.getvalue()

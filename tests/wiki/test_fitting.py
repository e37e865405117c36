"""What becomes of pictures that a network would not take as they are, or that tell too much."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from bot.errors import PageError
from bot.model import Limits
from bot.wiki.fitting import fit
from tests.pictures import ALIKE, differences, encoded, opened, photo, with_place

if TYPE_CHECKING:
    from bot.wiki.fitting import Fitting

ANY = Limits()
JPEG, PNG, GIF, WEBP = "image/jpeg", "image/png", "image/gif", "image/webp"
TYPES = {JPEG: "JPEG", PNG: "PNG", GIF: "GIF", WEBP: "WEBP"}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret>Berlin</secret></x:xmpmeta>'


def text_of(**fields: str) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    for name, value in fields.items():
        info.add_itxt(name, value)
    return info


def animation() -> list[Image.Image]:
    return [photo(60, 40).convert("P"), photo(60, 40).transpose(Image.Transpose.ROTATE_180).convert("P")]


TELLING = {
    "jpeg, exif": (JPEG, encoded(photo(), "JPEG", exif=with_place())),
    "jpeg, xmp": (JPEG, encoded(photo(), "JPEG", xmp=XMP)),
    "jpeg, comment": (JPEG, encoded(photo(), "JPEG", comment=b"of Jane Doe in Berlin")),
    "jpeg, iptc": (JPEG, encoded(photo(), "JPEG", extra=b"\xff\xed\x00\x14Photoshop 3.0\x00Berlin"[:22])),
    "jpeg of several": (JPEG, encoded(photo(), "MPO", save_all=True, append_images=[photo(30, 20)])),
    "png, text": (PNG, encoded(photo(), "PNG", pnginfo=text_of(Author="Jane Doe of Berlin"))),
    "png, exif": (PNG, encoded(photo(), "PNG", exif=with_place())),
    "webp, exif": (WEBP, encoded(photo(), "WEBP", exif=with_place())),
    "webp, xmp": (WEBP, encoded(photo(), "WEBP", xmp=XMP)),
    "gif, comment": (GIF, encoded(photo(), "GIF", comment=b"of Jane Doe in Berlin")),
}


def tells(content: bytes) -> bool:
    picture = opened(content)
    return bool(
        picture.getexif()
        or picture.getexif().get_ifd(0x8825)
        or {"exif", "xmp", "comment", "photoshop", "XML:com.adobe.xmp"} & picture.info.keys()
        or any(word in content for word in (b"Jane Doe", b"Berlin", b"GPS"))
    )


@pytest.mark.parametrize("name", TELLING)
def test_what_a_picture_tells_of_its_maker_is_taken_away(name: str) -> None:
    kind, content = TELLING[name]
    fitting = fit(content, kind, ANY)
    assert fitting.content != content
    assert (fitting.mime_type, fitting.changed) == (kind, False)
    assert not tells(fitting.content)
    assert opened(fitting.content).size == opened(content).size
    assert differences(fitting.content, content) <= ALIKE


@pytest.mark.parametrize("kind", TYPES)
def test_what_tells_nothing_is_left_to_the_byte(kind: str) -> None:
    content = encoded(photo(), TYPES[kind])
    assert fit(content, kind, ANY).content == content


def test_an_animation_that_tells_something_stays_one_without_it() -> None:
    first, *more = animation()
    content = encoded(first, "GIF", save_all=True, append_images=more, duration=200, comment=b"Berlin")
    fitting = fit(content, GIF, ANY)
    assert not tells(fitting.content)
    assert getattr(opened(fitting.content), "n_frames", 1) == 2


def test_an_animation_that_does_not_fit_goes_out_as_its_first_picture() -> None:
    first, *more = animation()
    content = encoded(first, "GIF", save_all=True, append_images=more, duration=200)
    assert fit(content, GIF, ANY).content == content
    fitting = fit(content, GIF, Limits(media_types=(JPEG, PNG)))
    assert fitting.mime_type == PNG
    assert getattr(opened(fitting.content), "n_frames", 1) == 1
    assert differences(fitting.content, encoded(first.convert("RGB"), "PNG")) <= ALIKE


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_is_turned_as_it_is_to_be_seen(turned: int) -> None:
    content = encoded(photo(320, 200), "JPEG", exif=with_place(turned=turned), quality=95)
    seen = fit(content, JPEG, ANY).content
    assert opened(seen).size == ((320, 200) if turned < 5 else (200, 320))
    back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turned]
    upright = opened(seen) if back is None else opened(seen).transpose(Image.Transpose(back))
    assert differences(encoded(upright, "PNG"), encoded(photo(320, 200), "PNG")) <= ALIKE


def test_the_profile_of_the_colours_stays() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = encoded(photo(), "JPEG", icc_profile=profile, exif=with_place())
    assert opened(fit(content, JPEG, ANY).content).info["icc_profile"] == profile
    clean = encoded(photo(), "JPEG", icc_profile=profile)
    assert fit(clean, JPEG, ANY).content == clean


@pytest.mark.parametrize(
    ("mode", "kind", "mime_type"),
    [
        ("CMYK", "JPEG", JPEG),
        ("L", "JPEG", JPEG),
        ("P", "PNG", PNG),
        ("1", "PNG", PNG),
        ("LA", "PNG", PNG),
        ("I;16", "PNG", PNG),
        ("RGBA", "WEBP", WEBP),
    ],
)
@pytest.mark.parametrize("taken", [(JPEG,), (PNG,), (WEBP,)])
def test_any_picture_becomes_what_is_taken(
    mode: str, kind: str, mime_type: str, taken: tuple[str, ...]
) -> None:
    plain = photo(64, 48, "L" if mode == "I;16" else mode)
    picture = plain if mode != "I;16" else plain.convert("I").point(lambda value: value * 256).convert("I;16")
    content = encoded(picture, kind)
    fitting = fit(content, mime_type, Limits(media_types=taken))
    assert fitting.mime_type == taken[0]
    assert fitting.changed is (mime_type not in taken)
    assert fitting.changed or fitting.content == content
    seen = encoded(plain.convert("RGB"), "PNG")
    assert not fitting.changed or differences(fitting.content, seen) <= 3 * ALIKE


def test_what_is_transparent_stays_so_or_lies_on_white() -> None:
    content = encoded(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG")
    kept = opened(fit(content, PNG, Limits(media_types=(WEBP,))).content)
    assert kept.convert("RGBA").getpixel((9, 9)) == (0, 0, 0, 0)
    flat = opened(fit(content, PNG, Limits(media_types=(JPEG,))).content)
    assert flat.convert("RGB").getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize("most", [50_000, 10_000])
@pytest.mark.parametrize("kind", TYPES)
def test_a_picture_is_made_as_small_as_it_must_be(kind: str, most: int) -> None:
    content = encoded(photo(800, 600, noise=60), TYPES[kind])
    fitting = fit(content, kind, Limits(media_bytes=most))
    assert len(fitting.content) <= most
    assert fitting.changed
    assert differences(fitting.content, content) <= 3 * ALIKE


def test_no_more_is_lost_than_must_be() -> None:
    content = encoded(photo(800, 600, noise=60), "JPEG", quality=95)
    fitting = fit(content, JPEG, Limits(media_bytes=len(content) - 1))
    assert opened(fitting.content).size == (800, 600)
    assert len(fitting.content) > len(content) // 3


def test_a_picture_has_no_more_pixels_than_are_taken() -> None:
    fitting = fit(encoded(photo(800, 600), "PNG"), PNG, Limits(media_pixels=30_000))
    width, height = opened(fitting.content).size
    assert width * height <= 30_000
    assert (width, height) == (200, 150)


def test_a_drawing_stays_sharp() -> None:
    drawing = Image.new("RGB", (4000, 3000), "white")
    drawing.paste("black", (100, 100, 2000, 2000))
    fitting = fit(encoded(drawing, "PNG"), PNG, Limits(media_pixels=1_000_000))
    assert fitting.mime_type == PNG


def test_a_side_is_never_absurdly_long() -> None:
    content = encoded(photo(6000, 100), "PNG")
    assert opened(fit(content, PNG, Limits(media_types=(JPEG,))).content).width == 4096


def test_what_cannot_be_made_to_fit_is_said() -> None:
    with pytest.raises(PageError, match="cannot be made smaller than 20 bytes"):
        fit(encoded(photo(), "PNG"), PNG, Limits(media_bytes=20))


def test_a_network_that_takes_no_picture_of_ours_gets_none() -> None:
    with pytest.raises(PageError):
        fit(encoded(photo(), "PNG"), PNG, Limits(media_types=("image/avif",)))


def test_a_profile_that_is_no_good_loses_no_picture() -> None:
    content = encoded(photo(mode="CMYK"), "JPEG", icc_profile=b"no profile")
    fitting: Fitting = fit(content, JPEG, Limits(media_types=(PNG,)))
    assert Image.open(io.BytesIO(fitting.content)).mode == "RGB"

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.config import PageConfig
from bot.errors import PageError
from bot.model import Limits, Media, Page, Person, Picture
from bot.wiki.base import Wanted
from bot.wiki.file import FileSource
from bot.wiki.media import MOST
from tests.pictures import bomb
from tests.servers.mediawiki import picture

if TYPE_CHECKING:
    from pathlib import Path

PICTURE = picture(3, 2)


def read(path: Path, config: PageConfig | None = None) -> Page | PageError:
    config = config or PageConfig(title="News", file=path)
    return FileSource([config]).read([Wanted(title="News")])["News"]


def good(path: Path, config: PageConfig | None = None) -> Page:
    page = read(path, config)
    assert isinstance(page, Page)
    return page


def bad(path: Path) -> str:
    error = read(path)
    assert isinstance(error, PageError)
    return str(error)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "news.wikitext"
    path.write_text("* 2026-11-18: Good news\n", encoding="utf-8")
    return path


def test_a_file_is_a_trusted_page(file: Path) -> None:
    os.utime(file, (1_790_000_000.25, 1_790_000_000.25))
    path = "https://wiki.example/wiki/$1"
    page = good(file, PageConfig(title="News", file=file, language="de", article_path=path))
    assert page.title == "News"
    assert page.wikitext == "* 2026-11-18: Good news\n"
    assert page.trusted
    assert page.revision.id == 1_790_000_000_250
    assert page.revision.saved_at == datetime.fromtimestamp(1_790_000_000.25, UTC)
    assert page.revision.editor == file.owner()
    assert page.revision.sha1 == hashlib.sha1(file.read_bytes()).hexdigest()  # noqa: S324 - MediaWiki's
    assert page.history == (page.revision,)
    assert page.site.name == "file"
    assert page.site.language == "de"
    assert page.site.article_path == path
    assert page.site.namespaces["datei"] == 6


def test_a_file_that_changes_is_a_new_revision(file: Path) -> None:
    before = good(file).revision
    file.write_text("* other", encoding="utf-8")
    os.utime(file, (1, before.saved_at.timestamp() + 5))
    after = good(file).revision
    assert after.id > before.id
    assert after.sha1 != before.sha1


def test_a_byte_order_mark_and_line_ends_of_windows_are_no_text(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf* one\r\n* two\r\n")
    assert good(file).wikitext == "* one\n* two\n"


def test_a_file_in_another_encoding_is_told_with_its_line(file: Path) -> None:
    file.write_bytes("* gut\n* schön\n".encode("latin-1"))
    assert bad(file) == f"{file}: line 2 is not UTF-8; save the file in that encoding"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert bad(tmp_path / "gone") == f"{tmp_path / 'gone'}: cannot be read: No such file or directory"


def test_a_folder_is_no_page(tmp_path: Path) -> None:
    assert bad(tmp_path) == f"{tmp_path}: is not a file; name a file of wikitext"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is not a file" in bad(tmp_path / "pipe")


def test_a_file_that_may_not_be_read_is_told(file: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read every file")
    file.chmod(0)
    assert "Permission denied" in bad(file)


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in bad(tmp_path / "a\0b")


def test_a_file_too_large_is_told(file: Path) -> None:
    with file.open("wb") as out:
        out.truncate(MOST + 1)
    assert bad(file) == f"{file}: is larger than 10 MB"


def test_one_bad_file_keeps_no_other_from_being_read(file: Path, tmp_path: Path) -> None:
    pages = [PageConfig(title="Bad", file=tmp_path / "gone"), PageConfig(title="Good", file=file)]
    found = FileSource(pages).read([Wanted(title="Bad"), Wanted(title="Good"), Wanted(title="Other")])
    assert isinstance(found["Bad"], PageError)
    assert isinstance(found["Good"], Page)
    assert str(found["Other"]) == "Other: no file is configured for this page"


def test_there_is_no_wiki_to_expand_templates_or_to_know_people(file: Path) -> None:
    source = FileSource([PageConfig(title="News", file=file)])
    assert source.expand(good(file), ["{{Date}}"]) == {}
    assert source.people(["Ann"], good(file)) == {"Ann": Person(name="Ann")}


def a_source(file: Path) -> FileSource:
    return FileSource([PageConfig(title="News", file=file)])


@pytest.mark.parametrize("name", ["Our logo.png", "Our_logo.png"])
def test_a_picture_beside_the_file_is_fetched(file: Path, name: str) -> None:
    (file.parent / "Our_logo.png").write_bytes(PICTURE)
    attachment = a_source(file).fetch(Media(file=name, alt="Our logo"), Limits())
    assert (attachment.mime_type, attachment.alt, attachment.content) == ("image/png", "Our logo", PICTURE)
    assert attachment.url is None  # nobody else can fetch it


def test_what_can_be_known_of_a_picture_is_known_before(file: Path) -> None:
    (file.parent / "Our_logo.png").write_bytes(PICTURE)
    assert a_source(file).pictures(["Our logo.png"], ("en",)) == {
        "Our logo.png": Picture(
            file="Our logo.png",
            mime_type="image/png",
            size=len(PICTURE),
            width=3,
            height=2,
            sha1=hashlib.sha1(PICTURE, usedforsecurity=False).hexdigest(),
        )
    }


@pytest.mark.parametrize(
    "name", ["../outside.png", "sub/inside.png", "linked.png", "gone.png", "", ".", "a\0b"]
)
def test_only_the_folder_of_the_file_is_looked_into(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "pages"
    (folder / "sub").mkdir(parents=True)
    for place in (tmp_path / "outside.png", folder / "sub" / "inside.png"):
        place.write_bytes(PICTURE)
    (folder / "linked.png").symlink_to(tmp_path / "outside.png")
    (folder / "news").write_text("* news")
    refused(folder / "news", name, "does not lie in the folder of the page's file")


def test_an_absolute_name_is_not_followed(file: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.png"
    outside.write_bytes(PICTURE)
    refused(file, str(outside), "does not lie in the folder")


@pytest.mark.parametrize(
    ("pictures_url", "url"),
    [(None, None), ("https://wiki.example/p/", "https://wiki.example/p/Neues_Logo_%E6%96%B0.png")],
)
def test_where_a_picture_can_be_fetched_is_told_where_it_is_known(
    file: Path, pictures_url: str | None, url: str | None
) -> None:
    (file.parent / "Neues_Logo_新.png").write_bytes(PICTURE)
    source = FileSource([PageConfig(title="News", file=file, pictures_url=pictures_url)])
    assert source.fetch(Media(file="Neues Logo 新.png"), Limits()).url == url


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<svg/>", "is not a PNG, JPEG, GIF or WebP picture"),
        (b"GIF89a and so on", "is not what its name says: image/gif instead of image/png"),
        (bomb(), "would have 50000 times 50000 pixels"),
        (PICTURE[:50], "is broken"),
        (b"\x89PNG".ljust(MOST + 1), "is larger than 10 MB"),
    ],
)
def test_what_only_has_the_name_of_a_picture_is_refused(file: Path, content: bytes, message: str) -> None:
    (file.parent / "page.png").write_bytes(content)
    refused(file, "page.png", message)


def refused(file: Path, name: str, message: str) -> None:
    """It is known before it is fetched, and where it is fetched all the same."""
    picture = a_source(file).pictures([name], ("en",))[name]
    assert message in (picture.lack or "")
    with pytest.raises(PageError, match=message):
        a_source(file).fetch(Media(file=name), Limits())

"""What stands on a wiki page is data in every place it gets to: one table of hostile texts, every sink."""

from __future__ import annotations

import ast
import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from bot.channels.base import specs
from bot.channels.email_message import Letterhead, as_bytes, write
from bot.channels.http import Http
from bot.channels.irc_lines import one_line
from bot.channels.irc_lines import write as write_irc
from bot.compose.post import compose
from bot.compose.template import check_template, render
from bot.compose.text import clean
from bot.config import PageConfig
from bot.decide.gate import Surroundings
from bot.decide.keys import idempotency_key
from bot.decide.rules import verdict
from bot.errors import PageError, RejectedError
from bot.model import Gate, Limits, Media, Page, Revision, Style
from bot.news.parse import parse
from bot.wiki.file import FileSource
from bot.wiki.pictures import NO_NAME
from tests.builders import NOW, SITE
from tests.channels.benches import FeedBench
from tests.channels.messages import outgoing, picture
from tests.channels.runs import PAGE, typed
from tests.e2e.networks import KEEPING, SOLOISTS
from tests.fakes.network import running
from tests.hostile import FORBIDDEN, HOSTILE, MARK

if TYPE_CHECKING:
    from tests.e2e.networks import Actor

ROOT = Path(__file__).resolve().parents[2]
# These items have no pictures; what needs one is written as its sister Threads is.
ACTORS = {
    actor.network: actor
    for actor in (KEEPING, *SOLOISTS)
    if actor.name != "digest" and not actor.needs_pictures
}
TODAY = datetime.now(UTC).date().isoformat()
SECONDS = 10.0  # for all of the table at once, on a busy machine; what is not linear takes minutes
HELD = ("invisible characters", "could not be expanded", "looks like another")
HEAD = Letterhead(sender="News <news@wiki.example>", to=("list@lists.example",), list_id="news.lists.example")

hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def page_of(*texts: str) -> str:
    """Return a page with an item for each text, each on its line: a line break would end it."""
    lines = (text.replace("\r\n", " ").replace("\n", " ") for text in texts)
    return "".join(f"* '''{TODAY}''': '''[[Page {n}]]''' {line}\n" for n, line in enumerate(lines))


class TestSinks:
    @hostile
    def test_a_template_prints_it_and_is_not_changed_by_it(self, text: str) -> None:
        values = dict.fromkeys(("text", "link", "links", "hashtags", "date"), text)
        assert render("{{ text }} {{ link }}", values) == f"{text} {text}"

    @pytest.mark.parametrize(
        "template",
        [
            "{{ text }}{{ text.__class__.__mro__[1].__subclasses__() }}",
            "{{ text }}{{ ''.__class__ }}",
            "{{ text }}{% include '/etc/passwd' %}",
            "{{ text }}{{ cycler.__init__ }}",
            "{{ text }}{{ self._TemplateReference__context }}",
            "{{ text }}{{ text.format.__globals__ }}",
        ],
    )
    def test_not_even_the_maintainer_s_template_gets_out_of_its_sandbox(self, template: str) -> None:
        assert check_template(template) is not None

    @hostile
    def test_headers_of_requests_are_one_line_of_ascii(self, text: str) -> None:
        agent = Http(text).user_agent
        assert agent.isascii()
        assert agent.isprintable()
        assert idempotency_key("site", text, text, text, 0).isalnum()

    @hostile
    def test_a_mail_has_the_headers_that_it_is_to_have(self, text: str) -> None:
        item = replace(
            outgoing(clean(text)),
            content_warning=text,
            language=text,
            attachments=(picture(text, file=text),),
        )
        sent = message_from_bytes(as_bytes(write(replace(HEAD, prefix=text), [item], now=NOW)), policy=SMTP)
        plain = message_from_bytes(as_bytes(write(HEAD, [outgoing()], now=NOW)), policy=SMTP)
        assert set(sent.keys()) == set(plain.keys())
        assert sent["To"] == "list@lists.example"
        assert sent["List-Id"] == "<news.lists.example>"
        assert not FORBIDDEN.search(sent["Subject"])
        assert "\n" not in sent["Subject"]
        for part in sent.walk():
            assert not FORBIDDEN.search(part.get_filename() or "")
            assert "/" not in (part.get_filename() or "")

    @hostile
    def test_a_line_of_irc_is_one_line(self, text: str) -> None:
        line = write_irc("PRIVMSG", "#news", one_line(clean(text)))
        assert line.count(b"\n") == line.count(b"\r") == 1
        assert line.startswith(b"PRIVMSG #news :")
        assert not any(byte < 0x20 for byte in line[:-2])

    @hostile
    def test_a_feed_is_well_formed_and_made_of_what_it_always_is(self, tmp_path: Path, text: str) -> None:
        def published(name: str, said: str) -> Path:
            bench = FeedBench(tmp_path / name)
            pictured = (picture(said, file=said),)
            bench.open().publish(
                replace(outgoing(said, key=said), content_warning=said, attachments=pictured)
            )
            return bench.path

        folder, plain = published("hostile", clean(text)), published("plain", "plain")
        elements = [
            [node.tag for node in ET.fromstring((each / "atom.xml").read_bytes()).iter()]  # noqa: S314 - our own
            for each in (folder, plain)
        ]
        assert elements[0] == elements[1]
        (item,) = json.loads((folder / "feed.json").read_text(encoding="utf-8"))["items"]
        assert MARK in item["content_text"]
        html = (folder / "index.html").read_text(encoding="utf-8")
        made = set(Tags((plain / "index.html").read_text(encoding="utf-8")).seen)
        assert set(Tags(html).seen) <= made | {"br", "p"}
        assert not FORBIDDEN.search(html)
        inside = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        assert [name for name in inside if not name.startswith("media/")] == [
            "atom.xml",
            "feed.json",
            "index.html",
        ]
        assert sorted(path.name for path in tmp_path.iterdir()) == ["hostile", "plain"]

    @hostile
    def test_no_file_of_the_machine_is_a_picture(self, tmp_path: Path, text: str) -> None:
        folder = tmp_path / "pages"
        folder.mkdir()
        (tmp_path / "secret.png").write_bytes(picture().content)
        (folder / "linked.png").symlink_to(tmp_path / "secret.png")
        source = FileSource([PageConfig(title="News", file=folder / "news.wikitext")])
        for name in (text, "../secret.png", "linked.png", str(tmp_path / "secret.png"), "../secret.png\0"):
            with pytest.raises(PageError):
                source.fetch(Media(file=name, alt="A secret"), Limits())

    @pytest.mark.parametrize("name", ["A|B", "A\nB", "A\0B", "A#B", "A[B", "A{B", "", " ", "A<B"])
    def test_no_name_asks_the_wiki_for_more_than_a_file(self, name: str) -> None:
        assert NO_NAME.search(name)


class Tags(HTMLParser):
    """The elements of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not any(name.startswith("on") for name, _ in attrs)
        self.seen.append(tag)


class TestRuns:
    @pytest.fixture(params=ACTORS)
    def actor(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Actor:
        actor = ACTORS[request.param]
        for name, value in actor.environment.items():
            monkeypatch.setenv(name, value)
        return actor

    def test_each_network_gets_text_and_nothing_else(
        self, actor: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        chosen = [text for text in HOSTILE.values() if len(text) < 1000]
        (tmp_path / "news.wikitext").write_text(page_of(*chosen), encoding="utf-8", errors="replace")
        gate = "[gate]\nmax_new_items = 100\n[delivery]\nmax_per_day = 100\n"
        with running(actor.fake()) as network:
            (tmp_path / "news.toml").write_text(PAGE + gate + actor.lines(network.url), encoding="utf-8")
            code = typed(tmp_path, "--json", "sync", "--backfill", "100")
            report = json.loads(capsys.readouterr().out)
            visible = list(network.visible())
        assert code == 0, report
        held = [held["reason"] for held in report["held"]]
        assert all(any(word in why for word in HELD) for why in held), held
        assert len(report["posts"]) + len(held) == len(chosen)
        texts = [post.text for post in visible]
        assert len(texts) >= len(report["posts"])
        assert not any(FORBIDDEN.search(text) for text in texts)

    def test_a_page_called_like_a_statement_is_remembered_under_that_name(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        title = json.dumps(HOSTILE["a statement of SQL"])
        page = PAGE.replace('file = "news.wikitext"', f'file = "news.wikitext"\ntitle = {title}')
        feed = '[[channels]]\nname = "feed"\nnetwork = "feed"\npath = "public"\n'
        (tmp_path / "news.toml").write_text(page + feed, encoding="utf-8")
        (tmp_path / "news.wikitext").write_text(page_of(HOSTILE["a statement of SQL"]), encoding="utf-8")
        assert typed(tmp_path, "sync", "--backfill", "1") == 0
        capsys.readouterr()
        assert typed(tmp_path, "--json", "status") == 0
        (delivery,) = json.loads(capsys.readouterr().out)["deliveries"]
        assert delivery["page"] == HOSTILE["a statement of SQL"]
        assert delivery["status"] == "sent"

    @pytest.mark.timeout(SECONDS)
    def test_no_text_takes_long(self) -> None:
        revision = Revision(id=1, editor="Ann", saved_at=NOW)
        wikitext = page_of(*(f"{text} <!-- herald: mastodon={text} -->" for text in HOSTILE.values()))
        items = parse(
            Page(site=SITE, title="News", wikitext=wikitext, revision=revision), names=("mastodon",)
        ).items
        limits = specs()
        for item, network in product(items, ("mastodon", "x", "irc", "bluesky")):
            assert verdict(item, Surroundings(gate=Gate(allowed_domains=frozenset({"a.example"})), now=NOW))
            with suppress(RejectedError):
                compose(item, channel="it", network=network, style=Style(), limits=limits[network].defaults)


class TestTheHouse:
    """What nothing from a page can reach, because it is not there."""

    FORBIDDEN_CALLS = frozenset({"eval", "exec", "compile", "system", "popen", "__import__"})
    FORBIDDEN_MODULES = frozenset({"subprocess", "pickle", "marshal", "shelve", "pty", "code"})

    @pytest.fixture
    def sources(self) -> dict[Path, ast.Module]:
        paths = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "wikiherald_pwb").rglob("*.py")]
        return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}

    def test_there_is_no_shell_and_nothing_is_run_as_code(self, sources: dict[Path, ast.Module]) -> None:
        for path, tree in sources.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    assert not {name.name for name in node.names} & self.FORBIDDEN_MODULES, path
                if isinstance(node, ast.ImportFrom):
                    assert node.module not in self.FORBIDDEN_MODULES, path
                if isinstance(node, ast.keyword):
                    assert node.arg != "shell", path
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    assert node.func.id not in self.FORBIDDEN_CALLS, path
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    is_pattern = node.func.attr == "compile"
                    assert is_pattern or node.func.attr not in self.FORBIDDEN_CALLS, path

    def test_every_template_engine_is_a_sandbox_and_only_a_channel_s_template_is_source(
        self, sources: dict[Path, ast.Module]
    ) -> None:
        engines = 0
        for path, tree in sources.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jinja2"):
                    assert "Environment" not in {name.name for name in node.names}, path
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
                    engines += name == "ImmutableSandboxedEnvironment"
                    assert name != "from_string" or path.name == "template.py", path
        assert engines >= 4

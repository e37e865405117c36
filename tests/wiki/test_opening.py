from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.servers import pywikibot as pywikibot_server
from tests.servers.process import free_port
from tests.wiki.child import ROOT, Raised, child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.servers.mediawiki import MediaWiki
    from tests.servers.pywikibot import PywikibotDir

# So that a test need not wait as long as a person: the run takes the shorter of its own patience and this.
IMPATIENT = "socket_timeout = (1, 1)\nretry_wait = 1\n"


def open_in(folder: PywikibotDir, *arguments: str) -> None:
    """Open the wiki in a process of its own, and read from it."""
    with child(folder.environment) as started:
        started.open(arguments=arguments)
        started.read("Main Page")


@pytest.fixture
def elsewhere(tmp_path: Path) -> PywikibotDir:
    """A folder for Pywikibot whose wiki nobody serves."""
    return pywikibot_server.prepare(tmp_path / "pywikibot", f"http://127.0.0.1:{free_port()}")


def test_reading_without_an_account_takes_two_requests_once_the_wiki_is_known(
    mediawiki: MediaWiki, pywikibot_dir: PywikibotDir
) -> None:
    with mediawiki.watched() as cold:
        open_in(pywikibot_dir)
    with mediawiki.watched() as warm:
        open_in(pywikibot_dir)
    assert len(cold) <= 6
    assert len(warm) == 2


def test_reading_with_an_account_takes_two_requests_once_it_is_logged_in(
    mediawiki: MediaWiki, pywikibot_account: PywikibotDir
) -> None:
    with mediawiki.watched() as cold:
        open_in(pywikibot_account)
    with mediawiki.watched() as warm:
        open_in(pywikibot_account)
    assert len(cold) <= 11
    assert [request.parameters["action"] for request in cold].count("login") == 1
    assert len(warm) == 2
    assert all("User:NewsBot" in request.agent for request in warm)


def test_a_wrong_password_is_told_without_the_password(mediawiki: MediaWiki, tmp_path: Path) -> None:
    password = "wrong-" + "0" * 26
    folder = pywikibot_server.prepare(tmp_path / "wrong", mediawiki.url, password=password)
    with pytest.raises(Raised, match=r"logging in as NewsBot failed: .*password_file") as raised:
        open_in(folder)
    assert raised.value.kind == "ConfigError"
    assert password not in raised.value.message


def test_an_account_without_a_password_asks_nobody_for_it(
    mediawiki: MediaWiki, pywikibot_dir: PywikibotDir
) -> None:
    mediawiki.make_user("Forgetful")
    with pytest.raises(Raised, match="logging in as Forgetful failed") as raised:
        open_in(pywikibot_dir, "-user:Forgetful")
    assert raised.value.kind == "ConfigError"


@pytest.mark.parametrize("line", ["('NewsBot', 'secret', 'of', 'five', 'parts')", "('NewsBot', secret"])
def test_a_password_file_that_cannot_be_read_is_not_quoted(
    mediawiki: MediaWiki, tmp_path: Path, line: str
) -> None:
    folder = pywikibot_server.prepare(tmp_path / "bad", mediawiki.url, password="x")
    (folder.path / "user-password.py").write_text(line)
    errors = tmp_path / "stderr"
    with child(folder.environment, errors=errors) as started, pytest.raises(Raised) as raised:
        started.open()
    assert raised.value.kind == "ConfigError"
    assert "secret" not in raised.value.message + errors.read_text()


def test_a_missing_password_file_is_named(mediawiki: MediaWiki, tmp_path: Path) -> None:
    folder = pywikibot_server.prepare(tmp_path / "bad", mediawiki.url, password="x")
    (folder.path / "user-password.py").unlink()
    with pytest.raises(Raised, match=r"ConfigError: .*user-password\.py does not exist"):
        open_in(folder)


def _writable(config: Path) -> None:
    config.chmod(0o602)


def _missing(config: Path) -> None:
    config.unlink()


def _someone_elses(config: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(config, 12345, -1)


def _broken(config: Path) -> None:
    config.write_text("password = 'secret'\nfamily = = 'secret'\n")


def _failing(config: Path) -> None:
    config.write_text("password = 'secret'\n\nraise KeyError(password)\n")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_writable, r"user-config\.py: everybody may write to it.*chmod o-w /"),
        (_missing, r"user-config\.py: not found in .*wikiherald init.*PYWIKIBOT_DIR"),
        (_someone_elses, r"user-config\.py: belongs to another user.*chown"),
        (_broken, r"user-config\.py: line 2: .*SyntaxError"),
        (_failing, r"user-config\.py: line 3: .*KeyError"),
    ],
)
def test_a_configuration_that_pywikibot_would_skip_stops_before_any_wiki_is_asked(
    elsewhere: PywikibotDir, tmp_path: Path, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(elsewhere.path / "user-config.py")
    errors = tmp_path / "stderr"
    with child(elsewhere.environment, errors=errors) as started, pytest.raises(Raised) as raised:
        started.open()
    assert raised.value.kind == "ConfigError"
    assert re.search(message, raised.value.message)
    assert "secret" not in raised.value.message
    assert errors.read_text() == ""


@pytest.mark.parametrize(
    ("family", "code", "message"),
    [
        ("no-such", "test", "Pywikibot knows no site no-such:test; .*no-such_family.py"),
        ("herald", "xx", "the family herald has no code xx; it has: test"),
        (None, None, r"wiki\.family, wiki\.code: missing"),
    ],
)
def test_a_site_that_is_not_the_configured_one_is_not_opened(
    elsewhere: PywikibotDir, family: str | None, code: str | None, message: str
) -> None:
    with (
        child(elsewhere.environment) as started,
        pytest.raises(Raised, match=f"ConfigError: .*{message}"),
    ):
        started.open(family, code)


def test_a_code_that_pywikibot_takes_for_another_is_not_opened(pywikibot_dir: PywikibotDir) -> None:
    family = pywikibot_dir.path / "families" / "herald_family.py"
    family.write_text(family.read_text() + "    code_aliases = {'old': 'test'}\n")
    with (
        child(pywikibot_dir.environment) as started,
        pytest.raises(Raised, match="herald:old was to be opened and Pywikibot opened herald:test"),
    ):
        started.open(code="old")


def test_a_site_on_the_command_line_goes_before_the_configured_one_and_is_told(
    pywikibot_dir: PywikibotDir, tmp_path: Path
) -> None:
    errors = tmp_path / "stderr"
    with child(pywikibot_dir.environment, errors=errors) as started:
        site = started.open("wikipedia", "en", ["-site:herald:test"])
    assert site["name"] == "herald:test"
    assert errors.read_text() == "The command line's herald:test is used, not the configured wikipedia:en\n"


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("-simulat", "-simulat: Pywikibot has no such option"),
        ("-site:nowhere:xx", "-site:nowhere:xx: Pywikibot knows no site nowhere:xx"),
        ("-putthrottle:soon", "-putthrottle:soon: not what Pywikibot expects"),
        ("-site:a:b:c", "-site:a:b:c: not what Pywikibot expects"),
    ],
)
def test_a_mistyped_global_option_is_an_error(
    pywikibot_dir: PywikibotDir, argument: str, message: str
) -> None:
    with pytest.raises(Raised, match=f"ConfigError: {message}"):
        open_in(pywikibot_dir, argument)


def test_simulating_blocks_edits(mediawiki: MediaWiki, pywikibot_account: PywikibotDir) -> None:
    with child(pywikibot_account.environment) as started:
        started.open(arguments=["-simulate"])
        with mediawiki.watched() as asked:
            started.tell("save", "User:NewsBot/simulated", "written")
            started.read("Main Page")
    assert "edit" not in [request.parameters["action"] for request in asked]
    with child(pywikibot_account.environment) as started:
        started.open()
        started.tell("save", "User:NewsBot/written", "written")
        pages = started.read("User:NewsBot/written", "User:NewsBot/simulated")
    assert pages["User:NewsBot/written"]["wikitext"] == "written"
    assert "there is no such page" in pages["User:NewsBot/simulated"]["message"]


def test_a_wiki_that_refuses_connections_is_told_soon_and_without_a_traceback(
    elsewhere: PywikibotDir, tmp_path: Path
) -> None:
    errors = tmp_path / "stderr"
    with child(elsewhere.environment, errors=errors) as started, pytest.raises(Raised) as raised:
        started.open()
    assert raised.value.kind == "PageError"
    assert raised.value.message == (
        "herald:test: the wiki cannot be reached: it refuses connections; try again later"
    )
    assert raised.value.seconds < 30
    assert errors.read_text() == ""


def test_a_wiki_that_never_answers_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        folder = pywikibot_server.prepare(tmp_path / "p", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with (folder.path / "user-config.py").open("a") as config:
            config.write(IMPATIENT)
        with pytest.raises(Raised, match=r"PageError: .*it does not answer in time") as raised:
            open_in(folder)
    assert raised.value.seconds < 30


def test_the_patience_with_a_wiki_is_under_a_minute(elsewhere: PywikibotDir) -> None:
    script = (
        "from bot.wiki.site import *\n"
        "print((RETRIES + 1) * sum(TIMEOUT) + sum(min(WAIT * 2**n, LONGEST_WAIT) for n in range(RETRIES)))"
    )
    seconds = subprocess.run(
        [sys.executable, "-c", script], env=elsewhere.environment, cwd=ROOT, capture_output=True, check=True
    ).stdout
    assert float(seconds) < 60


@contextmanager
def answering(status: int, body: str, *, media_type: str = "application/json") -> Iterator[str]:
    """Serve the same answer to everybody."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (503, "Out of order", "503 Server Error"),
        (200, "<html><body>Welcome to the shop</body></html>", "does not answer as a MediaWiki API does"),
        (403, "<html><body>Blocked</body></html>", r"as a MediaWiki API does \(HTTP status 403\)"),
        (200, "[]", "the wiki"),
        (200, "{}", "the wiki"),
        (200, '{"query": {}}', "the wiki"),
        (200, '{"query": {"userinfo": {"id": 0, "name": "x", "anon": true}}}', "the wiki's answer is not"),
        (200, '{"error": {"code": "nothing-but", "info": "An error."}}', r"An error\. \(nothing-but\)"),
        (
            200,
            '{"error": {"code": "internal_api_error_DBQueryError", "info": "No table."}}',
            "the wiki (says|cannot be reached)",
        ),
    ],
)
def test_an_answer_that_is_none_is_told_without_a_traceback(
    tmp_path: Path, status: int, body: str, message: str
) -> None:
    errors = tmp_path / "stderr"
    with answering(status, body) as url:
        folder = pywikibot_server.prepare(tmp_path / "p", url)
        with (folder.path / "user-config.py").open("a") as config:
            config.write(IMPATIENT)
        with child(folder.environment, errors=errors) as started, pytest.raises(Raised) as raised:
            started.open()
    assert raised.value.kind == "PageError"
    assert re.search(message, raised.value.message)
    assert errors.read_text() == ""


def test_a_wiki_that_only_its_members_may_read_asks_for_an_account(tmp_path: Path) -> None:
    with answering(200, '{"error": {"code": "readapidenied", "info": "Members only."}}') as url:
        folder = pywikibot_server.prepare(tmp_path / "p", url)
        with pytest.raises(Raised, match=r"ConfigError: .*usernames\['herald'\]"):
            open_in(folder)

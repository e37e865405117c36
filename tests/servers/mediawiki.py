"""A real MediaWiki on loopback, fresh for each test session, and the people who edit it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import struct
import subprocess
import zlib
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from tests.servers import debian
from tests.servers.process import free_port, listens, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import timedelta

NAME = "MediaWiki"
# The versionless packages: which PHP they bring is the distribution's business.
PHP = ("php-cli", "php-sqlite3", "php-mbstring", "php-xml", "php-intl", "php-gd")
CORE = ("mediawiki", "mediawiki-classes")
ADMIN = "Admin"
BOT = "NewsBot"
GRANTS = "basic,highvolume,editpage,editprotected,createeditmovepage,uploadfile"
TIMEOUT = 60.0
WIDE = 1600  # pixels; what the renderer of drawings makes, see SETTINGS

SETTINGS = """
$wgArticlePath = '/wiki/$1';
$wgEnableUploads = true;
$wgUploadDirectory = __DIR__ . '/images';
$wgUploadPath = '/w/images';
array_push( $wgFileExtensions, 'svg', 'txt' );
// No renderer is needed: a fixed picture stands for every rendered drawing.
$wgSVGConverters['stand-in'] = 'cp ' . __DIR__ . '/rendered.png $output';
$wgSVGConverter = 'stand-in';
$wgUseImageMagick = false; // PHP's own GD scales pictures, whatever else is installed
$wgRateLimits = [];
$wgPasswordAttemptThrottle = [];
$wgJobRunRate = 0;
$wgGroupPermissions['bot']['patrolmarks'] = true;
$wgGroupPermissions['sysop']['deleterevision'] = true;
$wgGroupPermissions['sysop']['deletelogentry'] = true;
$wgNamespaceAliases['N'] = NS_PROJECT;
$wgEnableMagicLinks = [ 'ISBN' => true, 'PMID' => true, 'RFC' => true ]; // as Wikimedia's wikis
if ( is_file( __DIR__ . '/flagged.json' ) ) {
	$wgExtensionCredits['other'][] = [ 'name' => 'FlaggedRevs' ];
	$wgAutoloadClasses['HeraldFlagged'] = __DIR__ . '/flagged.php';
	$wgAPIPropModules['flagged'] = 'HeraldFlagged';
}
if ( is_file( __DIR__ . '/commons.json' ) ) {
	$wgExtensionCredits['other'][] = [ 'name' => 'CommonsMetadata' ];
	$wgExtensionCredits['other'][] = [ 'name' => 'WikibaseMediaInfo' ];
	$wgAutoloadClasses['HeraldCommons'] = __DIR__ . '/commons.php';
	$wgAutoloadClasses['HeraldEntities'] = __DIR__ . '/commons.php';
	$wgHooks['GetExtendedMetadata'][] = 'HeraldCommons::onGetExtendedMetadata';
	$wgAPIModules['wbgetentities'] = 'HeraldEntities';
}
if ( is_file( __DIR__ . '/more.php' ) ) {
	require __DIR__ . '/more.php';
}
$wgAutoloadClasses['HeraldTranslate'] = __DIR__ . '/translate.php';
$wgAutoloadClasses['HeraldMessageCollection'] = __DIR__ . '/translate.php';
$wgExtraNamespaces[1198] = 'Translations';
$wgExtraNamespaces[1199] = 'Translations_talk';
$wgAPIListModules['messagecollection'] = 'HeraldMessageCollection';
$wgHooks['ParserBeforeInternalParse'][] = 'HeraldTranslate::onParserBeforeInternalParse';
"""


SHARED = """
$wgForeignFileRepos[] = [
	'class' => 'ForeignAPIRepo',
	'name' => 'shared',
	'apibase' => '%s/w/api.php',
	'hashLevels' => 2,
	'fetchDescription' => true,
];
"""


def picture(width: int, height: int) -> bytes:
    """Return a grey PNG of that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request as the wiki saw it; secrets and page texts are left out of ``parameters``."""

    method: str
    path: str
    parameters: Mapping[str, str]
    agent: str


@dataclass(kw_only=True, slots=True)
class MediaWiki:
    """A running wiki. ``url`` is its root, without a slash at the end; pages stand under ``/wiki/``.

    Whoever acts is made when first named, as an ordinary editor; ``""`` is somebody who is not logged in.
    """

    url: str
    folder: Path
    core: Path
    passwords: dict[str, str] = field(repr=False)
    bot_password: str = field(repr=False)
    _sessions: dict[str, requests.Session] = field(default_factory=dict, repr=False)
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)

    def api(self, *, by: str = ADMIN, **parameters: str | int) -> Any:
        """Call the wiki's API by POST as somebody and return its answer; an error there is an error here."""
        return self._post(parameters, by=by)

    def act(self, action: str, *, by: str = ADMIN, **more: str | int) -> Any:
        """Do something that needs a token: ``act("delete", title="Old page")``."""
        return self._post({"action": action, "token": self._token(by)} | more, by=by)

    def edit(self, title: str, text: str, *, user: str = ADMIN, summary: str = "", **more: str | int) -> int:
        """Save a page and return the id of its newest revision."""
        self.act("edit", by=user, title=title, text=text, summary=summary, **more)
        return self.newest(title)

    def newest(self, title: str) -> int:
        """Return the id of a page's newest revision."""
        answer = self.api(action="query", prop="info", titles=title)
        revision: int = answer["query"]["pages"][0]["lastrevid"]
        return revision

    def undo(self, title: str, revision: int, *, user: str = ADMIN) -> int:
        """Undo one revision and return the id of the newest one."""
        self.act("edit", by=user, title=title, undo=revision)
        return self.newest(title)

    def text(self, title: str) -> str:
        """Return a page's wikitext."""
        answer = self.api(action="query", prop="revisions", rvprop="content", rvslots="main", titles=title)
        text: str = answer["query"]["pages"][0]["revisions"][0]["slots"]["main"]["content"]
        return text

    def delete(self, title: str) -> None:
        """Delete a page."""
        self.act("delete", title=title)

    def hide(self, revision: int, what: str = "content|user|comment") -> None:
        """Hide parts of a revision, which must not be the newest one where its text is hidden."""
        self.act("revisiondelete", type="revision", ids=revision, hide=what)

    def protect(self, title: str, level: str = "sysop") -> None:
        """Let only members of a group edit a page."""
        self.act("protect", title=title, protections=f"edit={level}")

    def block(self, user: str, more: Mapping[str, str | int] | None = None) -> None:
        """Block an account or an address; with ``{"partial": 1, "pagerestrictions": ...}`` of some pages."""
        block: dict[str, str | int] = {"user": user, "expiry": "never", "allowusertalk": 1}
        token = {"action": "block", "token": self._token(ADMIN)}
        self._post({**token, **block, **(more or {})}, by=ADMIN)

    def unblock(self, user: str) -> None:
        """Lift a block."""
        self.act("unblock", user=user)

    def upload(self, name: str, content: bytes, *, user: str = ADMIN) -> None:
        """Upload a file under a name without its namespace."""
        wanted = {"action": "upload", "token": self._token(user), "filename": name, "ignorewarnings": "1"}
        self._post(wanted, by=user, files={"file": (name, content)})

    def age(self, revision: int, by: timedelta) -> None:
        """Make a revision look older than it is."""
        with (
            closing(sqlite3.connect(self.folder / "data" / "wiki.sqlite", timeout=TIMEOUT)) as database,
            database,
        ):
            database.execute(
                "UPDATE revision SET rev_timestamp = strftime('%Y%m%d%H%M%S', 'now', ?) WHERE rev_id = ?",
                (f"-{by.total_seconds():.0f} seconds", revision),
            )

    def make_user(self, name: str, *groups: str) -> None:
        """Make an account, or change its groups: ``make_user("Ann", "sysop")``.

        To set the groups of an account is to reset its bot passwords: ``BOT`` stays as it was set up.
        """
        if name == BOT and BOT in self.passwords:
            raise ValueError(f"{BOT}'s bot password would no longer be taken")
        password = self.passwords.setdefault(name, secrets.token_hex(16))
        self.maintain("createAndPromote", "--force", f"--custom-groups={','.join(groups)}", name, password)

    def run_jobs(self) -> None:
        """Do what the wiki has put off: job queue, the tag mw-reverted, links."""
        self.maintain("runJobs")

    def maintain(self, script: str, *arguments: str) -> str:
        """Run one of MediaWiki's maintenance scripts and return what it printed."""
        return _maintain(self.core, self.folder, script, *arguments)

    @contextmanager
    def reviewing(self) -> Iterator[Callable[[Mapping[str, int]], object]]:
        """Let revisions be reviewed, as with FlaggedRevs; yields a way to say which is whose stable one."""
        file = self.folder / "flagged.json"
        file.write_text("{}", encoding="utf-8")
        try:
            yield lambda stable: file.write_text(json.dumps(dict(stable)), encoding="utf-8")
        finally:
            file.unlink()

    @contextmanager
    def describing(self) -> Iterator[Callable[[Mapping[str, object]], object]]:
        """Let files be described as on Wikimedia Commons; yields a way to say what is said of each.

        By the file's name: ``fields`` of CommonsMetadata, each a value or a value and its source, and
        ``labels`` and ``statements`` as of WikibaseMediaInfo.
        """
        file = self.folder / "commons.json"
        file.write_text("{}", encoding="utf-8")
        try:
            yield lambda said: file.write_text(json.dumps(dict(said)), encoding="utf-8")
        finally:
            file.unlink()

    @contextmanager
    def configured(self, php: str) -> Iterator[None]:
        """Add to the wiki's settings during the block."""
        file = self.folder / "more.php"
        file.write_text(f"<?php\n{php}\n", encoding="utf-8")
        try:
            yield
        finally:
            file.unlink()

    @contextmanager
    def watched(self) -> Iterator[list[Request]]:
        """Collect what the wiki is asked during the block; the list is filled when it ends."""
        log = self.folder / "requests.log"
        before = log.stat().st_size if log.exists() else 0
        seen: list[Request] = []
        yield seen
        with suppress(FileNotFoundError), log.open(encoding="utf-8") as lines:
            lines.seek(before)
            seen.extend(Request(**json.loads(line)) for line in lines)

    @contextmanager
    def broken(self, *, status: int = 503, wait: int = 0, only: str = "") -> Iterator[None]:
        """Let every request end in that HTTP status, after ``wait`` seconds, during the block.

        ``only`` says which, by one of its parameters: ``"list=users"``.
        """
        sign = self.folder / "broken"
        sign.write_text(f"{status} {wait} {only}", encoding="ascii")
        try:
            yield
        finally:
            sign.unlink()

    def _post(
        self, parameters: Mapping[str, str | int], *, by: str, files: Mapping[str, Any] | None = None
    ) -> Any:
        data = {"format": "json", "formatversion": 2} | dict(parameters)
        response = self._session(by).post(f"{self.url}/w/api.php", data=data, files=files, timeout=TIMEOUT)
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise RuntimeError(f"{parameters['action']}: {answer['error']['info']}")
        return answer

    def _token(self, user: str) -> str:
        if user not in self._tokens:
            tokens = self.api(by=user, action="query", meta="tokens")["query"]["tokens"]
            self._tokens[user] = tokens["csrftoken"]
        return self._tokens[user]

    def _session(self, user: str) -> requests.Session:
        if user not in self._sessions:
            session = requests.Session()
            session.headers["User-Agent"] = "Wikiherald's tests"
            self._sessions[user] = session
            if user:
                if user not in self.passwords:
                    self.make_user(user)
                self._log_in(user)
        return self._sessions[user]

    def _log_in(self, user: str) -> None:
        token = self.api(by=user, action="query", meta="tokens", type="login")["query"]["tokens"][
            "logintoken"
        ]
        answer = self.api(
            by=user, action="login", lgname=user, lgpassword=self.passwords[user], lgtoken=token
        )
        if answer["login"]["result"] != "Success":
            raise RuntimeError(f"login of {user}: {answer['login']}")


@contextmanager
def serve(folder: Path, *, language: str = "en", repository: MediaWiki | None = None) -> Iterator[MediaWiki]:
    """Run a fresh wiki in ``folder``, which shows the files of the wiki ``repository`` too.

    Raises ``Unavailable`` where this machine cannot.
    """
    debian.install(NAME, PHP)
    core = debian.unpack(NAME, CORE, _arrange) / "usr/share/mediawiki"
    port = free_port()
    wiki = _set_up(core, folder, f"http://127.0.0.1:{port}", language)
    if repository is not None:
        with (folder / "LocalSettings.php").open("a", encoding="utf-8") as settings:
            settings.write(SHARED % repository.url)
    environment = os.environ | {
        "PHP_CLI_SERVER_WORKERS": "4",
        "MW_CONFIG_FILE": str(folder / "LocalSettings.php"),
        "HERALD_CORE": str(core),
        "HERALD_SITE": str(folder),
    }
    router = Path(__file__).with_name("router.php")
    cached = ["-d", "opcache.enable_cli=1", "-d", "opcache.revalidate_freq=0"]
    command = ["php", *cached, "-S", f"127.0.0.1:{port}", str(router)]
    with running(
        NAME, command, log=folder / "server.log", environment=environment, ready=lambda: listens(port)
    ):
        yield wiki


def _arrange(files: Path) -> None:
    """Undo the package's spreading over the file system: what it links to is not installed."""
    core = files / "usr/share/mediawiki"
    for entry in core.iterdir():
        if entry.is_symlink():
            entry.unlink()
    (core / "extensions-core").rename(core / "extensions")


def _set_up(core: Path, folder: Path, url: str, language: str) -> MediaWiki:
    for name in ("data", "images"):
        (folder / name).mkdir(parents=True)
    admin = secrets.token_hex(16)
    options = {
        "dbtype": "sqlite",
        "dbpath": str(folder / "data"),
        "dbname": "wiki",
        "server": url,
        "scriptpath": "/w",
        "lang": language,
        "pass": admin,
        "extensions": "ParserFunctions",
        "confpath": str(folder),
    }
    pairs = [text for name, value in options.items() for text in (f"--{name}", value)]
    _maintain(core, None, "install", *pairs, "Herald Test Wiki", ADMIN)
    with (folder / "LocalSettings.php").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    _add_interlanguage_link(folder / "data" / "wiki.sqlite")
    bot = secrets.token_hex(16)
    (folder / "rendered.png").write_bytes(picture(WIDE, 900))
    for extension in ("commons.php", "flagged.php", "translate.php"):
        shutil.copy(Path(__file__).with_name(extension), folder)
    wiki = MediaWiki(url=url, folder=folder, core=core, passwords={ADMIN: admin}, bot_password=bot)
    wiki.make_user(BOT, "bot")
    wiki.maintain("createBotPassword", "--appid", "news", "--grants", GRANTS, BOT, bot)
    return wiki


def _add_interlanguage_link(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "INSERT INTO interwiki (iw_prefix, iw_url, iw_api, iw_wikiid, iw_local, iw_trans)"
            " VALUES ('nl', 'https://nl.wikipedia.example/wiki/$1', '', '', 1, 0)"
        )


def _maintain(core: Path, folder: Path | None, script: str, *arguments: str) -> str:
    maintenance = core / "maintenance"
    runner = maintenance / "run.php"  # since MediaWiki 1.40
    start = [str(runner), script] if runner.exists() else [str(maintenance / f"{script}.php")]
    environment = dict(os.environ)
    if folder is not None:
        environment["MW_CONFIG_FILE"] = str(folder / "LocalSettings.php")
    done = subprocess.run(
        ["php", *start, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT * 2,
        env=environment,
        cwd=core,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{script}: {(done.stdout + done.stderr).strip()[-1000:]}")
    return done.stdout

"""A real personal data server of the AT Protocol on loopback, with a directory of DIDs, and accounts on it.

Both come from npm, of the versions in tests/servers/pds_npm/package-lock.json. There is no AppView: what an
account says can be read from its server, but nobody shows it as bsky.app does.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from tests.fakes.network import Visible
from tests.servers import debian
from tests.servers.debian import Unavailable
from tests.servers.process import free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "PDS"
HERE = Path(__file__).parent / "pds_npm"
FILES = ("package.json", "package-lock.json")
# One of what is installed is compiled, with the headers of the Node that runs it.
NODE = ("nodejs", "npm", "libnode-dev")
COMPILER = ("make", "g++", "python3")
INSTALL = 400.0  # seconds for npm, which takes some 70 of them
TIMEOUT = 30.0
POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Somebody who has an account on the server, with the password that is theirs and one for an app."""

    handle: str
    did: str
    password: str = field(repr=False)
    app_password: str = field(repr=False)


@dataclass(kw_only=True, slots=True)
class PDS:
    """A running server. ``url`` is its root, without a slash at the end."""

    url: str
    folder: Path
    _accounts: int = 0

    def account(self) -> Account:
        """Make a new account, of whom nobody has heard."""
        self._accounts += 1
        password = secrets.token_hex(8)
        made = self._post(
            "com.atproto.server.createAccount",
            handle=f"newsbot{self._accounts}.test",
            email=f"newsbot{self._accounts}@wiki.test",
            password=password,
        )
        app = self._post("com.atproto.server.createAppPassword", token=made["accessJwt"], name="wikiherald")
        return Account(
            handle=made["handle"], did=made["did"], password=password, app_password=app["password"]
        )

    def post(self, account: Account, text: str) -> str:
        """Let an account post something, as its app would; return the record key."""
        login = self._post(
            "com.atproto.server.createSession", identifier=account.did, password=account.app_password
        )
        record = {"$type": POST, "text": text, "createdAt": "2026-11-18T12:00:00.000Z"}
        made = self._post(
            "com.atproto.repo.createRecord",
            token=login["accessJwt"],
            repo=account.did,
            collection=POST,
            record=record,
        )
        rkey: str = made["uri"].rpartition("/")[2]
        return rkey

    def records(self, account: Account, collection: str = POST) -> dict[str, dict[str, Any]]:
        """Return what an account has posted, by record key, oldest first."""
        found = self.get(
            "com.atproto.repo.listRecords",
            repo=account.did,
            collection=collection,
            limit="100",
            reverse="true",
        ).json()
        return {record["uri"].rpartition("/")[2]: record["value"] for record in found["records"]}

    def blob(self, account: Account, reference: Mapping[str, Any]) -> bytes:
        """Return a file that a post of the account refers to."""
        cid = reference["ref"]["$link"]
        return self.get("com.atproto.sync.getBlob", did=account.did, cid=cid).content

    def visible(self, account: Account) -> list[Visible]:
        """Return the account's posts as their readers see them."""
        shares = [
            Visible(remote_id=rkey, text="", shares=_address(record["subject"]["uri"]))
            for rkey, record in self.records(account, REPOST).items()
        ]
        posts = [
            Visible(
                remote_id=rkey,
                text=record["text"],
                pictures=tuple(
                    (self.blob(account, image["image"]), image["alt"])
                    for image in record.get("embed", {}).get("images", ())
                ),
                reply_to=record.get("reply", {}).get("parent", {}).get("uri", "").rpartition("/")[2] or None,
                language=next(iter(record.get("langs", ())), None),
            )
            for rkey, record in self.records(account).items()
        ]
        return posts + shares

    def asked(self, method: str) -> int:
        """Return how often a method was asked for since the server began."""
        lines = (self.folder / "requests").read_text(encoding="utf-8").splitlines()
        return sum(f"/xrpc/{method}" in line for line in lines)

    def get(self, method: str, **parameters: str) -> requests.Response:
        """Ask what anybody may ask."""
        answer = requests.get(f"{self.url}/xrpc/{method}", params=parameters, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer

    def _post(self, method: str, *, token: str | None = None, **body: object) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.post(f"{self.url}/xrpc/{method}", json=body, headers=headers, timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()


def _address(uri: str) -> str:
    """Return where people find a post."""
    did, _, rkey = uri.removeprefix("at://").split("/")
    return f"https://bsky.app/profile/{did}/post/{rkey}"


@contextmanager
def serve(folder: Path) -> Iterator[PDS]:
    """Run a fresh server in ``folder`` until the end of the block."""
    modules = _installed()
    port, directory = free_port(), free_port()
    (folder / "blobs").mkdir(parents=True)
    url = f"http://127.0.0.1:{port}"
    settings = {
        # Addresses of localhost are the only ones that it takes without https.
        "PDS_HOSTNAME": "localhost",
        "PDS_PORT": str(port),
        "PDS_SERVICE_HANDLE_DOMAINS": ".test",
        "PDS_DATA_DIRECTORY": str(folder),
        "PDS_BLOBSTORE_DISK_LOCATION": str(folder / "blobs"),
        "PDS_DID_PLC_URL": f"http://127.0.0.1:{directory}",
        "PDS_ENABLE_DID_DOC_WITH_SESSION": "true",
        "PDS_INVITE_REQUIRED": "false",
        "PDS_RATE_LIMITS_ENABLED": "false",
        "PDS_DEV_MODE": "true",
        "PDS_ADMIN_PASSWORD": secrets.token_hex(16),
        "PDS_JWT_SECRET": secrets.token_hex(16),
        "PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX": f"01{secrets.token_hex(31)}",
        "LOG_ENABLED": "false",
        "NODE_PATH": str(modules),
        "PATH": os.environ["PATH"],
    }
    command = ["node", str(HERE / "start.cjs"), str(directory), str(folder / "requests")]
    with running(NAME, command, log=folder / "log", environment=settings, ready=lambda: _is_ready(url)):
        yield PDS(url=url, folder=folder)


def _is_ready(url: str) -> bool:
    with suppress(requests.RequestException):
        return requests.get(f"{url}/xrpc/_health", timeout=TIMEOUT).ok
    return False


def _installed() -> Path:
    """Return the folder of the servers' modules; what was installed stays until other versions are wanted."""
    wanted = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:12]
    folder = debian.cache() / f"pds-{wanted}"
    if not folder.is_dir():
        if shutil.which("npm") is None:
            debian.install(NAME, NODE)
        if shutil.which("make") is None or shutil.which("g++") is None:
            debian.install(NAME, COMPILER)
        with debian.alone("npm"):
            if not folder.is_dir():
                _install(folder)
    return folder / "node_modules"


def _install(folder: Path) -> None:
    debian.say(f"{NAME}: installing from npm, which takes about a minute")
    with tempfile.TemporaryDirectory(dir=debian.cache()) as scratch:
        new = Path(scratch) / "pds"
        new.mkdir()
        for name in FILES:
            shutil.copy(HERE / name, new)
        command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        try:
            subprocess.run(
                command,
                cwd=new,
                env=os.environ | _headers(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=True,
                timeout=INSTALL,
            )
        except subprocess.TimeoutExpired:
            raise Unavailable(f"{NAME}: npm did not end within {INSTALL:.0f} s") from None
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", None) or str(error)
            raise Unavailable(f"{NAME}: {' '.join(command)} failed: {said.strip()[-500:]}") from None
        # By a rename: a half installed folder must never pass for a whole one.
        new.rename(folder)


def _headers() -> dict[str, str]:
    """Tell the compiler where Node's headers are, where they came with it: else they are downloaded."""
    node = shutil.which("node")
    prefix = Path(node).resolve().parents[1] if node else Path("/usr")
    return {"npm_config_nodedir": str(prefix)} if (prefix / "include/node/node.h").exists() else {}

"""A real Synapse, a server of Matrix, in a virtual environment of its own; federation is off.

Its rooms and accounts live in a folder that is given, its programs in the cache: the first test session
installs them from PyPI.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests
import yaml

from tests.servers.debian import COMMAND, Unavailable, alone, cache, say
from tests.servers.process import free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAME = "Synapse"
PACKAGE = "matrix-synapse>=1.150,<2"
SERVER_NAME = "synapse.test"
TIMEOUT = 60.0
NO_LIMIT = {"per_second": 10_000, "burst_count": 10_000}
CLIENT = "/_matrix/client/v3"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account that is logged in: its token belongs to ``device``."""

    user_id: str
    token: str = field(repr=False)
    device: str


@dataclass(kw_only=True, slots=True)
class Synapse:
    """A running server; each test takes accounts and rooms of its own."""

    url: str
    secret: str = field(repr=False)
    _made: int = 0

    def account(self, name: str) -> Account:
        """Make an account and log in."""
        self._made += 1
        return self.log_in(self._register(f"{name}{self._made}"))

    def log_in(self, user_id: str) -> Account:
        """Log an account in once more, which makes a new device."""
        identifier = {"type": "m.id.user", "user": user_id}
        wanted = {"type": "m.login.password", "identifier": identifier, "password": self.secret}
        answer = self.api("POST", f"{CLIENT}/login", json=wanted)
        return Account(user_id=user_id, token=answer["access_token"], device=answer["device_id"])

    def room(self, owner: Account, *, invite: Account | None = None, **more: Any) -> str:
        """Make a room and return its id."""
        wanted = {"preset": "private_chat", "invite": [invite.user_id] if invite else []} | more
        room: str = self.api("POST", f"{CLIENT}/createRoom", by=owner, json=wanted)["room_id"]
        return room

    def events(self, room: str, by: Account) -> list[dict[str, Any]]:
        """Return the room's messages as they were sent, oldest first, edits among them."""
        path = f"{CLIENT}/rooms/{quote(room)}/messages?dir=f&limit=1000"
        events: list[dict[str, Any]] = self.api("GET", path, by=by)["chunk"]
        return [event for event in events if event["type"] == "m.room.message"]

    def download(self, uri: str, by: Account) -> bytes:
        """Return the content of an uploaded file."""
        path = f"/_matrix/client/v1/media/download/{uri.removeprefix('mxc://')}"
        return self._ask("GET", path, by=by).content

    def api(self, method: str, path: str, *, by: Account | None = None, json: Any = None) -> Any:
        """Call the API and return its answer; an error there is an error here."""
        return self._ask(method, path, by=by, json=json).json()

    def _ask(
        self, method: str, path: str, *, by: Account | None = None, json: Any = None
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {by.token}"} if by else {}
        answer = requests.request(method, self.url + path, json=json, headers=headers, timeout=TIMEOUT)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.text}")
        return answer

    def _register(self, name: str) -> str:
        path = "/_synapse/admin/v1/register"
        nonce = self.api("GET", path)["nonce"]
        signed = f"{nonce}\0{name}\0{self.secret}\0notadmin".encode()
        mac = hmac.new(self.secret.encode(), signed, hashlib.sha1).hexdigest()
        wanted = {"nonce": nonce, "username": name, "password": self.secret, "admin": False, "mac": mac}
        user_id: str = self.api("POST", path, json=wanted)["user_id"]
        return user_id


@contextmanager
def serve(folder: Path) -> Iterator[Synapse]:
    """Run a fresh server in ``folder``; raises ``Unavailable`` where this machine cannot."""
    python = _installed()
    folder.mkdir(parents=True)
    port, secret = free_port(), secrets.token_hex(16)
    configuration = folder / "homeserver.yaml"
    configuration.write_text(yaml.safe_dump(_configuration(folder, port, secret)), encoding="utf-8")
    command = [str(python), "-m", "synapse.app.homeserver", "--config-path", str(configuration)]
    _run([*command, "--generate-keys"], folder)
    server = Synapse(url=f"http://127.0.0.1:{port}", secret=secret)
    with running(
        NAME,
        command,
        log=folder / "server.log",
        environment=os.environ,
        ready=lambda: _is_healthy(server.url),
    ):
        yield server


def _installed() -> Path:
    """Return the Python of the environment that Synapse is installed in."""
    folder = cache() / "synapse"
    python, whole = folder / "bin" / "python", folder / "installed"
    if not whole.exists():
        with alone("synapse"):
            if not whole.exists():
                say(f"{NAME}: installing {PACKAGE} from PyPI")
                _run([sys.executable, "-m", "venv", "--clear", str(folder)], cache())
                pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
                _run([*pip, PACKAGE], cache())
                whole.touch()  # last: a half installed environment must never pass for a whole one
    return python


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=COMMAND
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{NAME}: {command[0]} did not end within {COMMAND:.0f} s") from None
    if done.returncode != 0:
        raise Unavailable(f"{NAME}: {' '.join(command)} failed: {(done.stdout + done.stderr).strip()[-500:]}")


def _is_healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=1).ok
    except requests.RequestException:
        return False


def _configuration(folder: Path, port: int, secret: str) -> Mapping[str, Any]:
    """Return what Synapse is told: loopback alone, no limits, no other server, nothing to be asked for."""
    return {
        "server_name": SERVER_NAME,
        "listeners": [
            {
                "port": port,
                "type": "http",
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client", "media"]}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "pid_file": str(folder / "homeserver.pid"),
        "registration_shared_secret": secret,
        "macaroon_secret_key": secret,
        "form_secret": secret,
        "report_stats": False,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "url_preview_enabled": False,
        "presence": {"enabled": False},
        "max_upload_size": "1M",
        "bcrypt_rounds": 4,
        **dict.fromkeys(("rc_message", "rc_room_creation", "rc_joins_per_room"), NO_LIMIT),
        "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), NO_LIMIT),
        "rc_joins": dict.fromkeys(("local", "remote"), NO_LIMIT),
        "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), NO_LIMIT),
    }

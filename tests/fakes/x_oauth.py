"""Checks OAuth 1.0a as a server must, from RFC 5849 alone: nothing of the client's libraries is used here.

https://www.rfc-editor.org/rfc/rfc5849#section-3, https://docs.x.com/fundamentals/authentication/oauth-1-0a
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.fakes.schema import Complaint, Refused

if TYPE_CHECKING:
    from tests.fakes.schema import Request

WINDOW = 300  # seconds that a client's clock may differ
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_NEEDED = frozenset(
    f"oauth_{name}"
    for name in ("consumer_key", "token", "signature_method", "timestamp", "nonce", "signature", "version")
)


@dataclass(kw_only=True)
class Keys:
    """What an app and an account are known by, and every nonce that was used."""

    api_key: str = "good-api-key"
    api_secret: str = "good-api-secret"
    token: str = "2244994945-GoodToken"
    token_secret: str = "good-token-secret"
    nonces: set[tuple[str, str]] = field(default_factory=set)

    def check(self, request: Request, base_url: str) -> None:
        """Raise ``Refused`` for other keys, ``Complaint`` for what no correct client sends."""
        scheme, _, parameters = request.headers.get("Authorization", "").partition(" ")
        if not parameters:
            raise Refused(401, "Unauthorized")
        sent = {name: unquote(value) for name, value in _PARAMETER.findall(parameters)}
        if scheme != "OAuth" or sent.keys() != _NEEDED:
            raise Complaint("the Authorization header does not hold what OAuth 1.0a asks for")
        if (sent["oauth_signature_method"], sent["oauth_version"]) != ("HMAC-SHA1", "1.0"):
            raise Complaint("another way of signing than HMAC-SHA1")
        self._check_freshness(sent["oauth_timestamp"], sent["oauth_nonce"])
        known = (sent["oauth_consumer_key"], sent["oauth_token"]) == (self.api_key, self.token)
        expected = self._signature(request, base_url, sent)
        if not known or not hmac.compare_digest(expected, sent["oauth_signature"]):
            raise Refused(401, "Unauthorized")

    def _check_freshness(self, timestamp: str, nonce: str) -> None:
        if abs(int(timestamp) - time.time()) > WINDOW:
            raise Complaint("the timestamp is out of bounds")
        if not nonce or (timestamp, nonce) in self.nonces:
            raise Complaint("the nonce was used before")
        self.nonces.add((timestamp, nonce))

    def _signature(self, request: Request, base_url: str, sent: dict[str, str]) -> str:
        """Sign what was sent: RFC 5849, 3.4.1 and 3.4.2. A body that is no form has no part in it."""
        signed = [pair for pair in sent.items() if pair[0] != "oauth_signature"]
        signed += parse_qsl(urlsplit(request.target).query, keep_blank_values=True)
        if "x-www-form-urlencoded" in request.headers.get("Content-Type", ""):
            signed += parse_qsl(request.body.decode(), keep_blank_values=True)
        pairs = sorted((_encoded(name), _encoded(value)) for name, value in signed)
        normalised = "&".join(f"{name}={value}" for name, value in pairs)
        base = "&".join(_encoded(part) for part in (request.method, base_url + request.path, normalised))
        key = f"{_encoded(self.api_secret)}&{_encoded(self.token_secret)}"
        digest = hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()
        return base64.b64encode(digest).decode()


def _encoded(text: str) -> str:
    return quote(text, safe="-._~")

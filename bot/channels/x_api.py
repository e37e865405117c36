"""The requests of X's API v2 that a channel makes, through tweepy (https://docs.x.com/x-api/).

Each makes one request and returns what the JSON of its answer holds; anything but a success raises, and what
that means is for bot.channels.http to judge. tweepy hard-codes its host and brings a session of its own, so
it is given one that asks another host with the house's session. The library is imported when the first
``Api`` is made.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import requests

    from bot.channels.http import Session
    from bot.model import Secret

SMALLEST_PAGE, _LARGEST_PAGE = 5, 100  # posts that X gives at once
# A long post's whole text and its URLs stand in note_tweet only.
_POST_FIELDS = ("created_at", "entities", "note_tweet")


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """The four secrets of OAuth 1.0a: the app's key and secret, the account's token and its secret."""

    api_key: Secret
    api_secret: Secret
    token: Secret
    token_secret: Secret


class Api:
    """X at ``server``, asked with ``keys`` over ``session``."""

    def __init__(self, *, server: str, keys: Keys, session: Session) -> None:
        tweepy = import_module("tweepy")
        four = [key.reveal() for key in (keys.api_key, keys.api_secret, keys.token, keys.token_secret)]
        self._elsewhere = _Elsewhere(session, server)
        self._signature = tweepy.OAuth1UserHandler(*four).apply_auth()
        self._client = tweepy.Client(None, *four, return_type=dict)
        self._client.session = self._elsewhere
        self._client.user_agent = str(session.headers["User-Agent"])

    def create(self, text: str, *, media_ids: Sequence[str], reply_to: str | None) -> object:
        """https://docs.x.com/x-api/posts/create-posts."""
        answer: object = self._client.create_tweet(
            text=text, media_ids=list(media_ids) or None, in_reply_to_tweet_id=reply_to
        )
        return answer

    def delete(self, post_id: str) -> object:
        """https://docs.x.com/x-api/posts/delete-posts."""
        answer: object = self._client.delete_tweet(post_id)
        return answer

    def repost(self, user_id: str, post_id: str) -> object:
        """https://docs.x.com/x-api/users/repost-post."""
        return self._json("POST", f"/2/users/{user_id}/retweets", json={"tweet_id": post_id})

    def take_repost_back(self, user_id: str, post_id: str) -> object:
        """https://docs.x.com/x-api/users/unrepost-post, which may be asked again."""
        return self._json("DELETE", f"/2/users/{user_id}/retweets/{post_id}")

    def own_posts(self, user_id: str, *, since: datetime, most: int, page: str | None) -> object:
        """https://docs.x.com/x-api/users/get-posts: replies too, without what was only reposted."""
        answer: object = self._client.get_users_tweets(
            user_id,
            user_auth=True,
            start_time=since,
            exclude=["retweets"],
            max_results=min(most, _LARGEST_PAGE),
            pagination_token=page,
            tweet_fields=list(_POST_FIELDS),
        )
        return answer

    def me(self) -> object:
        """https://docs.x.com/x-api/users/get-my-user."""
        answer: object = self._client.get_me(user_fields=["protected"])
        return answer

    def upload(self, content: bytes, mime_type: str, *, category: str) -> object:
        """https://docs.x.com/x-api/media/upload-media, in one request; tweepy has only the old way."""
        # A name of our own: not every server reads one in another script.
        name = "attachment" + (mimetypes.guess_extension(mime_type) or "")
        with self._elsewhere.request(
            "POST",
            "/2/media/upload",
            data={"media_category": category},
            files={"media": (name, content, mime_type)},
            auth=self._signature,
        ) as response:
            response.raise_for_status()
            return response.json()

    def processing(self, media_id: str) -> object:
        """https://docs.x.com/x-api/media/get-media-upload-status."""
        query = {"command": "STATUS", "media_id": media_id}
        return self._json("GET", "/2/media/upload", params=query)

    def describe(self, media_id: str, alt: str) -> object:
        """https://docs.x.com/x-api/media/create-media-metadata."""
        body = {"id": media_id, "metadata": {"alt_text": {"text": alt}}}
        return self._json("POST", "/2/media/metadata", json=body)

    def _json(self, method: str, path: str, **content: object) -> object:
        answer: object = self._client.request(method, path, user_auth=True, **content).json()
        return answer


class _Elsewhere:
    """A session as tweepy wants it, whose requests go to another host than tweepy thinks.

    The host is changed before the request is signed, for it is part of what is signed.
    """

    def __init__(self, session: Session, server: str) -> None:
        self._session = session
        self._server = server

    def request(self, method: str, url: str, **content: Any) -> requests.Response:  # noqa: ANN401 - requests' own signature
        return self._session.request(method, self._server + urlsplit(url).path, **content)

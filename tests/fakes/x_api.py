"""What X remembers and refuses, without HTTP: posts, media, an app's keys and rights, and what it all costs.

After https://docs.x.com/x-api/ and X's own words in its answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.fakes import x_routes, x_text
from tests.fakes.network import Visible
from tests.fakes.schema import Json, Refused
from tests.fakes.x_oauth import Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.fakes.schema import Answer, Request

LIMIT = 280
LONGEST_ALT = 1000
LARGEST = 5 * 1024 * 1024
EARLIEST = datetime(2010, 11, 6, tzinfo=UTC)
EPOCH = 1_288_834_974_657  # of X's ids, in milliseconds since 1970
PROBLEMS = "https://api.twitter.com/2/problems/"
TITLES = {
    400: "Invalid Request",
    401: "Unauthorized",
    402: "CreditsDepleted",
    403: "Forbidden",
    404: "Not Found Error",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
# What is charged, in US dollars: https://docs.x.com/x-api/getting-started/pricing
POST, POST_WITH_URL, DELETION = Decimal("0.015"), Decimal("0.20"), Decimal("0.010")
REPOST = Decimal("0.015")
POST_READ, USER_READ, METADATA = Decimal("0.001"), Decimal("0.010"), Decimal("0.005")
MAGIC = {
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file; ``waits`` is how often it will still be said to be in progress."""

    id: str
    content: bytes
    category: str
    alt: str = ""
    waits: int = 0
    broken: bool = False


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post that its readers can see."""

    id: str
    text: str
    created_at: datetime
    reply_to: str | None = None
    media_ids: tuple[str, ...] = ()
    repost: bool = False
    long: bool = False


@dataclass(kw_only=True)
class XApi:
    """X's memory and rules. ``posts`` is what is visible, oldest first.

    ``rights`` are the app's: ``"read"``, ``"read-write"`` or ``"read-write-directmessages"``. ``credit`` is
    what the app's owner has paid in, ``charges`` what X took for what, in order. ``processing`` is how often
    a new upload is said to be in progress, ``breaks_media`` lets that end in a failure. ``page`` is the most
    posts that come at once. ``others`` are the authors of other people's posts by id, ``reposts`` the ids of
    what the account has passed on; with ``refuses_again`` it is refused to do so twice, else nothing is done.
    """

    base_url: str = "http://127.0.0.1"
    user: str = "WikiNews"
    user_id: str = "2244994945"
    keys: Keys = field(default_factory=Keys)
    rights: str = "read-write"
    protected: bool = False
    credit: Decimal = Decimal(1000)
    charges: list[tuple[str, Decimal]] = field(default_factory=list)
    processing: int = 0
    breaks_media: bool = False
    page: int = 100
    clock: Callable[[], datetime] = utc_now
    posts: list[Post] = field(default_factory=list)
    media: dict[str, Upload] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    reposts: list[str] = field(default_factory=list)
    refuses_again: bool = True
    made: int = 0

    @property
    def spent(self) -> Decimal:
        return sum((dollars for _, dollars in self.charges), Decimal(0))

    def answer(self, request: Request) -> Answer:
        return x_routes.answer(self, request)

    def error(self, status: int, message: str, details: Mapping[str, Any]) -> Json:
        if status == 400:
            return {
                "errors": [{"parameters": {}, "message": message}],
                "title": TITLES[400],
                "detail": "One or more parameters to your request was invalid.",
                "type": f"{PROBLEMS}invalid-request",
            }
        title = TITLES.get(status, "Forbidden")
        return {"title": title, "detail": message, "type": "about:blank", "status": status} | dict(details)

    def visible(self) -> list[Visible]:
        shares = [
            Visible(remote_id=one, text="", shares=f"https://x.com/{self.others[one]}/status/{one}")
            for one in self.reposts
        ]
        posts = [
            Visible(
                remote_id=post.id,
                text=post.text,
                pictures=tuple((self.media[one].content, self.media[one].alt) for one in post.media_ids),
                reply_to=post.reply_to,
            )
            for post in self.posts
            if not post.repost
        ]
        return posts + shares

    def post_by_hand(self, text: str, **changes: Any) -> Post:
        """Publish what a person writes on the web; ``repost=True`` is somebody else's post, passed on."""
        post = Post(id=self._next_id(), text=text, created_at=self.clock(), **changes)
        self.posts.append(post)
        return post

    def post_by_others(self, author: str = "Wikipedia") -> str:
        """Let somebody else have posted something; return its address."""
        post_id = self._next_id()
        self.others[post_id] = author
        return f"https://x.com/{author}/status/{post_id}"

    def authorise(self, request: Request, scope: str | None) -> None:
        """Check the signature, then whether the app may do this, then whether it can be paid for."""
        self.keys.check(request, self.base_url)
        if scope == "write" and self.rights == "read":
            raise Refused(
                403,
                "Your client app is not configured with the appropriate oauth1 app permissions for this "
                "endpoint.",
                type=f"{PROBLEMS}oauth1-permissions",
            )
        if self.spent >= self.credit:
            raise Refused(
                402,
                "Your enrolled account [2036532529868496897] does not have any credits to fulfill this "
                "request.",
                type=f"{PROBLEMS}credits",
                account_id=2036532529868496897,
            )

    def me(self, fields: tuple[str, ...]) -> Answer:
        self._charge("user", USER_READ)
        more = {"protected": self.protected} if "protected" in fields else {}
        return 200, {"data": {"id": self.user_id, "name": "News", "username": self.user} | more}

    def upload(self, content: bytes, mime_type: str, category: str) -> Answer:
        if not content.startswith(MAGIC.get(mime_type, b"\0")):
            raise Refused(400, "media type unrecognized.")
        if len(content) > LARGEST:
            raise Refused(400, "File size exceeds 5242880 bytes.")
        upload = Upload(
            id=self._next_id(),
            content=content,
            category=category,
            waits=self.processing,
            broken=self.breaks_media,
        )
        self.media[upload.id] = upload
        return 200, {"data": self._upload_json(upload)}

    def processing_of(self, media_id: str) -> Answer:
        upload = self._find_upload(media_id)
        if upload.waits:
            self.media[media_id] = upload = replace(upload, waits=upload.waits - 1)
        return 200, {"data": self._upload_json(upload)}

    def describe(self, media_id: str, alt: str) -> Answer:
        upload = self._find_upload(media_id)
        if len(alt) > LONGEST_ALT:
            raise Refused(400, f"alt_text.text: the length may be at most {LONGEST_ALT}")
        self._charge("alt text", METADATA)
        self.media[media_id] = replace(upload, alt=alt)
        return 200, {"data": {"id": media_id, "associated_metadata": {"alt_text": {"text": alt}}}}

    def create(self, text: str, media_ids: tuple[str, ...], reply_to: str | None) -> Answer:
        if not text and not media_ids:
            raise Refused(400, "The text field is required when there is no media.")
        if x_text.weight(text) > LIMIT:
            raise Refused(
                400,
                "Your Tweet text is too long. For more information on how Twitter determines text length "
                "see https://github.com/twitter/twitter-text.",
            )
        uploads = [self.media.get(media_id) for media_id in media_ids]
        ready = [one for one in uploads if one and not one.waits and not one.broken]
        animated = any(one.category == "tweet_gif" for one in ready)
        if len(ready) < len(uploads) or (animated and len(uploads) > 1):
            raise Refused(400, "Your media IDs are invalid.")
        if reply_to is not None and all(post.id != reply_to for post in self.posts):
            raise Refused(403, "You attempted to reply to a Tweet that is deleted or not visible to you.")
        if any(post.text == text for post in self.posts):
            raise Refused(403, "You are not allowed to create a Tweet with duplicate content.")
        with_url = any(True for _ in x_text.links(text))
        self._charge("post with a URL" if with_url else "post", POST_WITH_URL if with_url else POST)
        post = self.post_by_hand(text, media_ids=media_ids, reply_to=reply_to)
        told = self.post_json(post)
        return 201, {"data": {key: told[key] for key in ("id", "text", "edit_history_tweet_ids")}}

    def delete(self, post_id: str) -> Answer:
        found = [post for post in self.posts if post.id == post_id]
        if not found:
            raise Refused(
                404,
                f"Could not find tweet with id: [{post_id}].",
                resource_id=post_id,
                resource_type="tweet",
                type=f"{PROBLEMS}resource-not-found",
            )
        self._charge("deletion", DELETION)
        self.posts.remove(found[0])
        return 200, {"data": {"deleted": True}}

    def repost(self, user_id: str, post_id: str) -> Answer:
        self._is_me(user_id)
        if post_id not in self.others:
            raise Refused(
                404,
                f"Could not find tweet with id: [{post_id}].",
                resource_id=post_id,
                resource_type="tweet",
                type=f"{PROBLEMS}resource-not-found",
            )
        self._charge("repost", REPOST)
        if post_id in self.reposts and self.refuses_again:
            raise Refused(403, "You have already retweeted this Tweet.")
        if post_id not in self.reposts:
            self.reposts.append(post_id)
        return 200, {"data": {"id": post_id, "retweeted": True}}

    def take_repost_back(self, user_id: str, post_id: str) -> Answer:
        self._is_me(user_id)
        self._charge("deletion", DELETION)
        self.reposts = [one for one in self.reposts if one != post_id]
        return 200, {"data": {"retweeted": False}}

    def _is_me(self, user_id: str) -> None:
        if user_id != self.user_id:
            raise Refused(403, "You are not permitted to perform this action.")

    def time_line(self, user_id: str, query: Mapping[str, Any]) -> Answer:
        if user_id != self.user_id:
            raise Refused(404, f"Could not find user with id: [{user_id}].")
        since = datetime.fromisoformat(query["start_time"])
        if not EARLIEST <= since <= self.clock():
            raise Refused(400, f"Invalid 'start_time':'{query['start_time']}'.")
        left_out = query.get("exclude", "").split(",")
        shown = [
            post
            for post in reversed(self.posts)
            if post.created_at.replace(microsecond=0) >= since
            and not (post.repost and "retweets" in left_out)
            and not (post.reply_to and "replies" in left_out)
        ]
        begin, size = int(query.get("pagination_token", "0")), min(int(query["max_results"]), self.page)
        page = shown[begin : begin + size]
        for _ in page:
            self._charge("post read", POST_READ)
        meta: Json = {"result_count": len(page)}
        if begin + size < len(shown):
            meta["next_token"] = str(begin + size)
        asked = {"id", "text", "edit_history_tweet_ids", *query.get("tweet.fields", "").split(",")}
        posts = [{key: told for key, told in self.post_json(post).items() if key in asked} for post in page]
        return 200, ({"data": posts} if page else {}) | {"meta": meta}

    def post_json(self, post: Post) -> Json:
        text, urls = x_text.shown(post.text, int(post.id))
        if post.media_ids:
            keys = [f"3_{media_id}" for media_id in post.media_ids]
            text, urls = x_text.with_pictures(text, urls, status=post.id, keys=keys)
        entities = {"entities": {"urls": urls}} if urls else {}
        long = {"note_tweet": {"text": text} | entities} if post.long else {}
        if post.long:
            text, entities = text[:LIMIT], {}
        when = post.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        told = {"id": post.id, "text": text, "created_at": when, "edit_history_tweet_ids": [post.id]}
        return told | entities | long

    def _find_upload(self, media_id: str) -> Upload:
        if media_id not in self.media:
            raise Refused(400, "Your media IDs are invalid.")
        return self.media[media_id]

    def _upload_json(self, upload: Upload) -> Json:
        told: Json = {"id": upload.id, "media_key": f"3_{upload.id}", "expires_after_secs": 86400}
        if self.processing or self.breaks_media:
            ended = "failed" if upload.broken else "succeeded"
            state = {"state": "in_progress", "check_after_secs": 1} if upload.waits else {"state": ended}
            told["processing_info"] = state
        return told

    def _charge(self, what: str, dollars: Decimal) -> None:
        self.charges.append((what, dollars))

    def _next_id(self) -> str:
        """Return an id that tells the time, as https://docs.x.com/fundamentals/x-ids says."""
        self.made += 1
        milliseconds = int(self.clock().timestamp() * 1000) - EPOCH
        return str((milliseconds << 22) + self.made)

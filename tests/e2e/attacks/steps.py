"""The words that the table of attacks is written in: what people do, and what must be when the bot looks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from tests.e2e.replay import export
from tests.e2e.scene import STOP, Scene

if TYPE_CHECKING:
    from collections.abc import Callable

Step: TypeAlias = "Callable[[Scene], object]"

NEWS = "* {today}: [[MediaWiki 1.46]] is out."
SAID = "MediaWiki 1.46 is out."
SPAM = "* {today}: [https://pills.example Cheap pills] for all of you."
SPAMMED = "Cheap pills for all of you."
EVIL = "* {today}: [https://pills.example MediaWiki 1.46] is out."
SETTLING = "settling on the page until"
GONE = "no longer on the page"
PAGES = 'title = "{title}"'


@dataclass(frozen=True, kw_only=True, slots=True)
class Attack:
    """What is done, in order, and what must be after it; the rest is what its bot's news.toml says more."""

    name: str
    steps: tuple[Step, ...]
    gate: str = ""
    wiki: str = ""
    channels: str = ""
    pages: str = PAGES
    stop: str = STOP
    before: tuple[Step, ...] = ()


def attack(
    name: str,
    *steps: Step,
    gate: str = "",
    wiki: str = "",
    channels: str = "",
    pages: str = PAGES,
    stop: str = STOP,
    before: tuple[Step, ...] = (),
) -> Attack:
    """One row of the table; ``before`` is done before the bot sees the page for the first time."""
    return Attack(
        name=name,
        steps=steps,
        gate=gate,
        wiki=wiki,
        channels=channels,
        pages=pages,
        stop=stop,
        before=before,
    )


def saved(by: str, *lines: str, page: str = "{title}") -> Step:
    """Somebody saves a page; ``""`` is somebody without an account."""
    return lambda scene: scene.wiki.act(
        "edit", by=scene.told(by), title=scene.told(page), text=scene.told("\n".join(lines))
    )


def added(by: str, line: str, page: str = "{title}") -> Step:
    """Somebody adds a line at the end of a page."""

    def add(scene: Scene) -> None:
        title = scene.told(page)
        scene.wiki.act("edit", by=by, title=title, appendtext=f"\n{scene.told(line)}")

    return add


def undone(by: str, page: str = "{title}") -> Step:
    """Somebody undoes the newest revision of a page."""

    def undo(scene: Scene) -> None:
        title = scene.told(page)
        scene.wiki.undo(title, scene.wiki.newest(title), user=scene.told(by))

    return undo


def rolled_back(by: str, whose: str) -> Step:
    """Somebody takes back all that another one saved last."""

    def roll_back(scene: Scene) -> None:
        token = scene.wiki.api(by=by, action="query", meta="tokens", type="rollback")["query"]["tokens"]
        scene.wiki.api(
            by=by,
            action="rollback",
            title=scene.title,
            user=scene.told(whose),
            token=token["rollbacktoken"],
        )

    return roll_back


def sysop(name: str) -> Step:
    """There is one more sysop."""
    return lambda scene: scene.wiki.make_user(scene.told(name), "sysop")


def blocked(name: str) -> Step:
    """An administrator blocks somebody."""
    return lambda scene: scene.wiki.block(scene.told(name))


def unblocked(name: str) -> Step:
    """An administrator lifts a block."""
    return lambda scene: scene.wiki.unblock(scene.told(name))


def patrolled() -> Step:
    """An administrator marks the newest revision of the page as patrolled."""

    def patrol(scene: Scene) -> None:
        tokens = scene.wiki.api(action="query", meta="tokens", type="patrol")["query"]["tokens"]
        scene.wiki.api(action="patrol", revid=scene.wiki.newest(scene.title), token=tokens["patroltoken"])

    return patrol


def hid(back: int, what: str) -> Step:
    """An administrator hides something of a revision; ``back`` is 1 for the one before the newest."""

    def hide(scene: Scene) -> None:
        told = scene.wiki.api(
            action="query", prop="revisions", titles=scene.title, rvprop="ids", rvlimit=back + 1
        )
        scene.wiki.hide(told["query"]["pages"][0]["revisions"][back]["revid"], what)

    return hide


def protected(level: str) -> Step:
    """An administrator protects the page, or lifts that (``all``)."""
    return lambda scene: scene.wiki.protect(scene.title, level)


def deleted(page: str = "{title}") -> Step:
    """An administrator deletes a page."""
    return lambda scene: scene.wiki.delete(scene.told(page))


def restored(page: str = "{title}") -> Step:
    """An administrator undeletes a page."""
    return lambda scene: scene.wiki.act("undelete", title=scene.told(page))


def moved(page: str, to: str, by: str = "Mallory") -> Step:
    """Somebody moves a page and leaves nothing behind but a redirect, if anything."""
    return lambda scene: scene.wiki.act("move", by=by, **{"from": scene.told(page), "to": scene.told(to)})


def imported(*revisions: tuple[str, timedelta, str]) -> Step:
    """Revisions of the page are imported: by whom, how long ago, and what they say."""

    def load(scene: Scene) -> None:
        now = scene.clock.now
        told = [(now - ago, f"<username>{by}</username>", scene.told(text)) for by, ago, text in revisions]
        dump = scene.folder / "import.xml"
        dump.write_text(export(scene.title, told), encoding="utf-8")
        scene.wiki.maintain("importDump", "--no-updates", "--username-prefix=", str(dump))

    return load


def wait(**span: float) -> Step:
    """Time passes, for the wiki and for the bot."""
    return lambda scene: scene.clock.pass_time(timedelta(**span))


def out_of_order(step: Step) -> Step:
    """While something is done, nothing can be published: a folder stands where a file of the feed belongs."""

    def hinder(scene: Scene) -> None:
        file = scene.folder / "public" / "atom.xml"
        content = file.read_bytes()
        file.unlink()
        file.mkdir()
        try:
            step(scene)
        finally:
            file.rmdir()
            file.write_bytes(content)

    return hinder


def broken(only: str, step: Step) -> Step:
    """While something is done, the wiki fails at one kind of question."""

    def fail(scene: Scene) -> None:
        with scene.wiki.broken(only=only):
            step(scene)

    return fail


def look(
    *posts: str,
    after: float = 0,
    public: tuple[str, ...] | None = None,
    held: tuple[str, ...] | str = (),
    problems: tuple[str, ...] | str = (),
    refused: str | None = None,
    skipped: str | None = None,
) -> Step:
    """Look after some minutes: these posts come, and nothing else changes in public (else ``public`` is all).

    ``held`` are parts of the reasons why items do not go out, one each; ``problems`` of what a person must
    be told; ``skipped`` of a reason why something is let be.
    """

    def looked(scene: Scene) -> None:
        scene.clock.pass_time(timedelta(minutes=after))
        report = scene.run()
        scene.public = [*scene.public, *posts] if public is None else list(public)
        assert scene.texts() == [scene.told(text) for text in scene.public], report
        _like([entry["reason"] for entry in report["held"]], held, report)
        failures = [entry["message"] for entry in report["problems"] if entry["failure"]]
        _like(failures, problems, report)
        assert (report["refused"] is None) == (refused is None), report
        assert scene.told(refused or "") in (report["refused"] or ""), report
        if skipped is not None:
            assert any(scene.told(skipped) in entry["reason"] for entry in report["skipped"]), report

    def _like(told: list[str], wanted: tuple[str, ...] | str, report: object) -> None:
        parts = [wanted] if isinstance(wanted, str) else list(wanted)
        assert len(told) == len(parts), report
        for part in parts:
            match = next((text for text in told if part in text), None)
            assert match is not None, (part, report)
            told.remove(match)

    return looked


def look_for_characters(unwanted: str) -> Step:
    """Look: whatever goes out, none of these is in it."""

    def looked(scene: Scene) -> None:
        scene.run()
        told = json.dumps([entry["content_text"] for entry in scene.entries()], ensure_ascii=False)
        assert not set(unwanted) & set(told), scene.report

    return looked


def links(*urls: str) -> Step:
    """The public's entries lead there, the oldest first."""
    return lambda scene: _assert_links(scene, urls)


def _assert_links(scene: Scene, urls: tuple[str, ...]) -> None:
    told = [entry.get("external_url") or "" for entry in scene.entries()]
    assert told == [scene.told(url) for url in urls]

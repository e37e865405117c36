from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.model import Media, Problem, Status, Trouble
from bot.report.terminal import Terminal
from tests.report import examples as a
from tests.report.screens import CONTROLS, LONG_URL, Screen, log, tty

ROOT = Path(__file__).parents[2]


def show_everything(terminal: Terminal, text: str) -> None:
    """Put ``text`` wherever something from outside is shown."""
    item = a.plain_item(text, key=text, unresolved=(text,))
    post = a.post(a.part(text), content_warning=text, language=text, media=(Media(file=text, alt=text),))
    outcomes = tuple(
        a.outcome(status, item=text, channel=text, url=text, error=text, post=post) for status in Status
    )
    refusals = (a.refusal(text, item=text, channel=text),)
    problems = (Trouble(message=text, page=text, line=1, channel=text),)
    report = a.report(posts=outcomes, held=refusals, skipped=refusals, problems=problems, refusal=text)
    terminal.say(text)
    terminal.parsed(a.page(text), a.news(item, problems=(Problem(message=text),)), verbose=True)
    for simulate in (True, False):
        terminal.synced(report, simulate=simulate, verbose=True)
        terminal.synced(report, simulate=simulate, verbose=False)
        terminal.adopted(report, simulate=simulate, verbose=True)
    deliveries = [a.delivery(s, item=text, channel=text, url=text, error=text, editor=text) for s in Status]
    terminal.status(deliveries, verbose=True)
    terminal.previewed([a.preview(item=item, channel=text, network=text, post=post, note=text, page=text)])
    terminal.message(text)
    terminal.warning(text)
    terminal.problem(text)


class TestMessages:
    def test_they_go_to_standard_error(self, screen: Screen) -> None:
        screen.terminal.message("Written: x")
        screen.terminal.warning("careful")
        screen.terminal.problem("no such page")
        assert screen.out == ""
        assert CONTROLS.sub("", screen.err) == "Written: x\nwarning: careful\nproblem: no such page\n"

    def test_further_lines_cannot_be_taken_for_messages(self, screen: Screen) -> None:
        screen.terminal.warning("one\nproblem: two")
        assert CONTROLS.sub("", screen.err) == "warning: one\n         problem: two\n"

    def test_they_are_never_wrapped(self, screen: Screen) -> None:
        screen.terminal.warning(f"see {LONG_URL} and what it says")
        assert CONTROLS.sub("", screen.err) == f"warning: see {LONG_URL} and what it says\n"

    def test_progress_is_silent_in_a_log(self) -> None:
        screen = log()
        screen.terminal.say("reading the page")
        screen.terminal.quiet()
        assert screen.out == screen.err == ""

    def test_progress_shows_on_a_terminal_and_is_gone_before_a_result(self) -> None:
        screen = tty()
        screen.terminal.say("reading the page")
        screen.terminal.say("publishing mw146")
        screen.terminal.synced(a.report(), simulate=False, verbose=False)
        assert "publishing mw146" in screen.err
        assert screen.err.index("\x1b[?25l") < screen.err.rindex("\x1b[?25h")  # the cursor is back
        at_result = screen.err
        screen.terminal.message("done")
        assert CONTROLS.sub("", screen.err.removeprefix(at_result)) == "done\n"

    def test_json_is_one_object_after_the_progress_has_ended(self) -> None:
        screen = tty(width=20)
        screen.terminal.say("reading")
        screen.terminal.json({"text": "[bold]" + "x" * 90})
        assert json.loads(screen.out) == {"text": "[bold]" + "x" * 90}
        assert "\x1b[?25h" in screen.err


class TestSafety:
    def test_nothing_from_outside_moves_the_terminal(self, screen: Screen) -> None:
        show_everything(screen.terminal, a.HOSTILE)
        left = CONTROLS.sub("", screen.out + screen.err)
        assert not set(left) & set("\x1b\x9b\x07\u202e")
        assert "\r" not in CONTROLS.sub("", screen.out)  # the line of progress has some, of rich's own
        assert "\x1b]8" not in screen.out  # a bad address is not made clickable
        assert r"\u001b[31m[bold]x[/bold]" in left

    def test_nothing_from_outside_is_markup(self, screen: Screen) -> None:
        show_everything(
            screen.terminal, "[bold red]x[/] [link=https://evil.example]y[/link] :bomb: [/nothing]"
        )
        assert "[bold red]x[/]" in CONTROLS.sub("", screen.out)
        assert "\x1b]8" not in screen.out

    def test_a_log_has_no_controls_and_no_trailing_space(self) -> None:
        screen = log()
        show_everything(screen.terminal, "text")
        assert "\x1b" not in screen.out + screen.err
        assert [line for line in screen.lines if line != line.rstrip()] == []

    def test_a_long_address_stays_whole_in_a_log(self) -> None:
        screen = log()
        show_everything(screen.terminal, LONG_URL)
        assert screen.out.count(LONG_URL) > 20
        assert any(line == f"sent       {LONG_URL}: {LONG_URL}  {LONG_URL}" for line in screen.lines)

    def test_an_address_is_clickable_on_a_terminal_however_it_is_wrapped(self) -> None:
        screen = tty(width=40)
        screen.terminal.synced(a.report(posts=(a.outcome(url=LONG_URL),)), simulate=False, verbose=False)
        assert f";{LONG_URL}\x1b\\" in screen.out

    @pytest.mark.parametrize("width", [20, 40, 200])
    def test_a_terminal_of_any_width_will_do(self, width: int) -> None:
        screen = tty(width)
        show_everything(screen.terminal, "word " * 30 + LONG_URL)
        assert "".join(LONG_URL.split()) in "".join(screen.seen.split())

    def test_right_to_left_text_begins_a_line_of_its_own(self) -> None:
        screen = log()
        screen.terminal.parsed(a.page(), a.news(a.plain_item("ميدياويكي 1.46")), verbose=False)
        assert screen.lines[-1] == "     ميدياويكي 1.46"

    def test_a_stream_that_cannot_say_it_all_says_it_in_escapes(self) -> None:
        code = (
            "from bot.report.terminal import Terminal\n"
            "Terminal().previewed([])\nTerminal().message('ウ → x')\nTerminal().json({'text': 'ウ'})\n"
        )
        environment = {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert done.stderr == "\\u30a6 \\u2192 x\n"
        assert json.loads(done.stdout[done.stdout.index("{") :]) == {"text": "ウ"}


def test_the_usual_consoles_are_the_process_streams() -> None:
    terminal = Terminal()
    assert (terminal.out.file, terminal.err.file) == (sys.stdout, sys.stderr)

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bot.model import Media, Problem, Status
from tests.report import examples as a
from tests.report.screens import Screen, log, tty

if TYPE_CHECKING:
    from bot.model import Part


class TestParsed:
    def test_items_are_numbered_with_all_they_have(self, screen: Screen) -> None:
        screen.terminal.parsed(a.page(), a.news(a.item(), a.plain_item("It rains.")), verbose=False)
        assert "Template:News, revision 4711, layout bullets: 2 items" in screen.seen
        assert "1. 2026-11-18, line 4, mw146 MediaWiki 1.46 is out." in screen.seen
        assert f"→ {a.RELEASE}" in screen.seen
        assert "picture New logo.png: A sunflower of petals in two shades" in screen.seen
        assert "2. 2026-11-18, line 4, mw146 It rains." in screen.seen

    def test_a_picture_without_alt_text_stands_out(self, screen: Screen) -> None:
        screen.terminal.parsed(a.page(), a.news(a.item(media=(Media(file="X.png"),))), verbose=False)
        assert "picture X.png, without alt text" in screen.seen

    def test_what_an_editor_asked_is_shown(self, screen: Screen) -> None:
        screen.terminal.parsed(a.page(), a.news(a.asked_item()), verbose=False)
        assert (
            "only on mastodon, feed; content warning: politics; language: de; "
            "not before 2026-11-19 14:05 UTC; hold: until the board agrees; on feed: another text"
        ) in screen.seen

    def test_problems_have_their_line(self, screen: Screen) -> None:
        problems = (Problem(message="unknown directive 'foo'", line=7), Problem(message="no item has a date"))
        screen.terminal.parsed(a.page(), a.news(problems=problems), verbose=False)
        assert "problem line 7: unknown directive 'foo' problem no item has a date" in screen.seen

    def test_verbose_shows_every_link(self, screen: Screen) -> None:
        screen.terminal.parsed(a.page(), a.news(a.item(main_link=None)), verbose=False)
        assert a.RELEASE not in screen.seen
        screen.terminal.parsed(a.page(), a.news(a.item(main_link=None)), verbose=True)
        assert a.RELEASE in screen.seen

    def test_where_an_address_leads_is_shown(self, screen: Screen) -> None:
        screen.terminal.parsed(a.page(), a.news(a.plain_item(f"Look: {a.LOOKING_LATIN}")), verbose=False)
        assert f"“{a.LOOKING_LATIN}” leads to {a.LEADS_TO}" in screen.seen


class TestCosts:
    @pytest.mark.parametrize("simulate", [False, True])
    def test_a_run_tells_what_each_post_and_all_of_it_cost(self, screen: Screen, *, simulate: bool) -> None:
        report = a.report(posts=(a.outcome(channel="x", cost=Decimal("0.20")),), costs=(a.COST,))
        screen.terminal.synced(report, simulate=simulate, verbose=False)
        assert "costs $0.20" in screen.seen
        assert "x costs $0.215 in this run, $4.90 of $5.00 this month; $0.10 are left." in screen.seen

    def test_so_does_the_list_of_all_there_is(self, screen: Screen) -> None:
        screen.terminal.status([a.delivery()], costs=[replace(a.COST, run=None)], verbose=False)
        assert "x costs $4.90 of $5.00 this month; $0.10 are left." in screen.seen

    def test_a_preview_has_its_price(self, screen: Screen) -> None:
        screen.terminal.previewed([a.preview(cost=Decimal("0.015"))])
        assert "costs $0.015" in screen.seen


class TestSynced:
    def test_every_fate_is_told(self, screen: Screen) -> None:
        screen.terminal.synced(a.full_report(), simulate=False, verbose=False)
        for told in (
            "sent wikis-world: mw146 https://wikis.world/@news/115",
            "edited wikis-world: typo",
            "shared wikis-world: outage shares https://wikis.world/@wikitech/1130",
            "adopted wikis-world: by-hand posted by hand",
            "waits wikis-world: later the server is down",
            "unsettled wikis-world: maybe the answer was lost → it may be public",
            "in doubt wikis-world: unknown cannot be read → look at the channel",
            "failed wikis-world: too long 422: text too long → mend the cause",
            "held wikis-world: new settling on the page (until 2026-11-18 14:35 UTC)",
            "warning Template:News line 7: unknown directive 'foo'",
            "problem wikis-world: the server is down",
            "alert unknown on wikis-world: in doubt (told by mailtos, matrixs)",
            "alert over: wikis-world does not work (told by irc)",
        ):
            assert told in screen.seen

    def test_what_a_brake_said_comes_last(self, screen: Screen) -> None:
        screen.terminal.synced(a.full_report(), simulate=False, verbose=True)
        assert screen.seen.endswith("refused stopped from the wiki: User:NewsBot/run")

    def test_what_needs_somebody_comes_after_what_does_not(self) -> None:
        screen = log()
        screen.terminal.synced(a.full_report(), simulate=False, verbose=False)
        assert screen.out.index("in doubt ") > screen.out.index("failed ") > screen.out.index("sent ")

    def test_the_skipped_are_counted_by_reason_and_listed_only_if_asked(self, screen: Screen) -> None:
        skipped = tuple(a.refusal("already sent", item=f"old-{number}") for number in range(3))
        report = a.report(posts=(a.outcome(),), skipped=(*skipped, a.refusal("adopted", item="older")))
        screen.terminal.synced(report, simulate=False, verbose=False)
        assert "1 sent; skipped: 3 already sent; 1 adopted." in screen.seen
        assert "old-1" not in screen.seen
        screen.terminal.synced(report, simulate=False, verbose=True)
        assert "skipped wikis-world: old-1 already sent" in screen.seen

    def test_many_reasons_are_cut_short_in_the_summary(self, screen: Screen) -> None:
        skipped = tuple(a.refusal(f"reason {number}") for number in range(9))
        screen.terminal.synced(a.report(skipped=skipped), simulate=False, verbose=False)
        assert screen.seen.count("reason ") == 4
        assert "5 for other reasons" in screen.seen

    @pytest.mark.parametrize("simulate", [True, False])
    def test_it_says_when_there_is_nothing_to_do(self, screen: Screen, *, simulate: bool) -> None:
        screen.terminal.synced(
            a.report(skipped=(a.refusal("already sent"),)), simulate=simulate, verbose=False
        )
        assert screen.seen.endswith("Nothing to do: 1 already sent.")

    def test_it_says_when_there_is_no_item_at_all(self, screen: Screen) -> None:
        screen.terminal.synced(a.report(), simulate=False, verbose=False)
        assert screen.seen == "Nothing to do: no item is on the pages."

    def test_a_refused_run_is_not_one_with_nothing_to_do(self, screen: Screen) -> None:
        screen.terminal.synced(a.report(refusal="page blanked"), simulate=False, verbose=False)
        assert screen.seen == "refused page blanked"

    def test_held_items_are_not_nothing(self, screen: Screen) -> None:
        screen.terminal.synced(a.report(held=(a.refusal("settling"),)), simulate=False, verbose=False)
        assert screen.seen == "held wikis-world: mw146 settling 1 held."

    def test_a_time_is_told_once(self, screen: Screen) -> None:
        held = (a.refusal("settling on the page until 2026-11-18 14:05 UTC", until=a.NOW),)
        screen.terminal.synced(a.report(held=held), simulate=False, verbose=False)
        assert screen.seen.count("14:05") == 1

    def test_a_simulation_shows_the_whole_text_that_would_be_sent(self) -> None:
        screen = log()
        text = "First line.\n\n  Second line, which is much longer than the forty columns of this log."
        parts = (a.part(text, length=81), a.part("The rest.", length=9, limit=None))
        post = a.post(*parts, content_warning="politics", language="en", media=(a.LOGO,))
        screen.terminal.synced(a.report(posts=(a.outcome(post=post),)), simulate=True, verbose=False)
        assert screen.lines == [
            "Simulation: nothing is published and nothing is written.",
            "Would be sent:",
            "1.   wikis-world (mastodon): mw146",
            "     part 1 of 2",
            "     │ First line.",
            "     │",
            "     │   Second line, which is much longer than the forty columns of this log.",
            "     81 of 500 characters",
            "     part 2 of 2",
            "     │ The rest.",
            "     9 characters",
            "     content warning: politics",
            "     picture New logo.png: A sunflower of petals in two shades",
            "     language: en",
            "1 would be sent.",
        ]

    def test_links_that_the_text_does_not_spell_out_are_shown(self) -> None:
        screen = log()
        post = a.post(a.linked_part("MediaWiki", a.RELEASE), link="https://example.org/")
        screen.terminal.synced(a.report(posts=(a.outcome(post=post),)), simulate=True, verbose=False)
        assert f"     link “MediaWiki” {a.RELEASE}" in screen.lines
        assert "     link: https://example.org/" in screen.lines

    @pytest.mark.parametrize(
        "part", [a.part(f"See {a.RELEASE}"), a.linked_part("MediaWiki", a.RELEASE)], ids=["text", "facet"]
    )
    def test_a_link_is_shown_once(self, part: Part) -> None:
        screen = log()
        post = a.post(part, link=a.RELEASE)
        screen.terminal.synced(a.report(posts=(a.outcome(post=post),)), simulate=True, verbose=False)
        assert screen.out.count(a.RELEASE) == 1

    def test_a_simulation_never_says_sent(self, screen: Screen) -> None:
        posts = (a.outcome(), a.outcome(action="edit"))
        screen.terminal.synced(a.report(posts=posts), simulate=True, verbose=True)
        assert "Would be edited:" in screen.seen
        assert "1 would be sent, 1 would be edited." in screen.seen
        assert not re.search(r"(?<!be )(sent|edited)\b", screen.seen)
        assert "@news/115" not in screen.seen

    def test_what_an_earlier_run_really_sent_is_sent_in_a_simulation_too(self, screen: Screen) -> None:
        posts = (a.outcome(action="settle", post=None),)
        screen.terminal.synced(a.report(posts=posts), simulate=True, verbose=False)
        assert "sent wikis-world: mw146 https://wikis.world/@news/115" in screen.seen

    def test_a_simulation_shows_what_would_be_shared(self) -> None:
        screen = log()
        posts = (a.share(cost=Decimal("0.015")),)
        screen.terminal.synced(a.report(posts=posts), simulate=True, verbose=False)
        assert screen.lines == [
            "Simulation: nothing is published and nothing is written.",
            "Would be shared:",
            "1.   wikis-world (mastodon): outage",
            f"     shares {a.WIKITECH}",
            "     costs $0.015",
            "1 would be shared.",
        ]

    def test_advice_can_be_pasted_into_a_shell(self) -> None:
        screen = log()
        outcome = a.outcome(Status.FAILED, item="$(reboot); 'x", error="no")
        screen.terminal.synced(a.report(posts=(outcome,)), simulate=False, verbose=False)
        advice = next(line for line in screen.lines if "→" in line)
        command = advice.partition("wikiherald resolve ")[2].partition(" --retry")[0]
        assert shlex.split(command) == ["$(reboot); 'x", "wikis-world"]


class TestAdopted:
    def test_it_counts_items_not_deliveries(self, screen: Screen) -> None:
        adopted = tuple(a.refusal("adopted", item="one", channel=channel) for channel in ("a", "b"))
        screen.terminal.adopted(a.report(skipped=adopted), simulate=False, verbose=False)
        assert screen.seen == "Taken as done: 1 item."

    def test_a_simulation_would(self, screen: Screen) -> None:
        screen.terminal.adopted(a.report(skipped=(a.refusal("adopted"),)), simulate=True, verbose=True)
        assert screen.seen.endswith("Would be taken as done: 1 item.")

    def test_nothing_is_said_too(self, screen: Screen) -> None:
        screen.terminal.adopted(a.report(), simulate=False, verbose=False)
        assert screen.seen == "Nothing to adopt."


class TestStatus:
    def test_what_needs_somebody_comes_first_with_what_to_do(self, screen: Screen) -> None:
        deliveries = [a.delivery(status, item=f"the-{status}", error="why") for status in Status]
        screen.terminal.status(deliveries, verbose=False)
        told = ["in doubt", "the-in_doubt", "why", "→ look at the channel", "failed", "→ mend", "waits"]
        places = [screen.seen.index(words) for words in told]
        assert places == sorted(places)

    def test_all_are_counted(self, screen: Screen) -> None:
        screen.terminal.status([a.delivery(), a.delivery(part=1), a.delivery(Status.HELD)], verbose=False)
        assert screen.seen.endswith("3 deliveries: 1 held, 2 sent.")

    def test_what_was_sent_has_its_address(self, screen: Screen) -> None:
        screen.terminal.status([a.delivery()], verbose=False)
        assert "sent wikis-world: mw146 2026-11-18 14:05 UTC https://wikis.world/@news/115" in screen.seen

    def test_a_wide_terminal_shows_a_table(self) -> None:
        screen = tty(width=80)
        screen.terminal.status([a.delivery(), a.delivery(Status.HELD, error="settling")], verbose=False)
        assert "Status Channel Item, and when Where, or why not" in screen.seen
        assert "held wikis-world mw146 settling 2026-11-18 14:05 UTC" in screen.seen
        assert "sent wikis-world mw146 https://wikis.world/@news/115 2026-11-18 14:05 UTC" in screen.seen

    def test_what_is_shared_is_told_from_what_was_posted(self, screen: Screen) -> None:
        rows = [a.delivery(shares=a.WIKITECH, url=a.WIKITECH), a.delivery(Status.HELD, shares=a.WIKITECH)]
        screen.terminal.status(rows, verbose=False)
        assert screen.seen.count(f"shares {a.WIKITECH}") == 2

    def test_a_preview_names_what_is_shared(self, screen: Screen) -> None:
        screen.terminal.previewed([a.preview(post=None, shares=a.WIKITECH)])
        assert screen.seen.endswith(f"1. wikis-world (mastodon) shares {a.WIKITECH}")

    def test_what_waits_says_until_when(self) -> None:
        screen = log()
        screen.terminal.status([a.delivery(Status.PENDING, retry_at=a.NOW, error="down")], verbose=False)
        assert "tried again at 2026-11-18 14:05 UTC: down" in screen.out

    def test_the_adopted_are_only_counted_unless_asked_for(self, screen: Screen) -> None:
        deliveries = [a.delivery(Status.ADOPTED, item="older")]
        screen.terminal.status(deliveries, verbose=False)
        assert screen.seen == "1 delivery: 1 adopted."
        screen.terminal.status(deliveries, verbose=True)
        assert "older" in screen.seen

    def test_verbose_says_where_it_came_from(self) -> None:
        screen = log()
        screen.terminal.status([a.delivery()], verbose=True)
        assert "on page Template:News of mediawiki:mediawiki, revision 4711 by Ada, 1 attempt" in screen.out

    def test_a_run_says_who_wrote_what_if_asked_for(self, screen: Screen) -> None:
        known: dict[str, Any] = {"revision": 4711, "editors": ("Ann", "")}
        report = a.report(
            posts=(a.outcome(**known),), held=(a.refusal("x", **known),), skipped=(a.refusal("y", **known),)
        )
        screen.terminal.synced(report, simulate=False, verbose=False)
        assert "Ann" not in screen.seen
        screen.terminal.synced(report, simulate=False, verbose=True)
        assert screen.seen.count("by Ann and somebody hidden in revision 4711") == 3

    def test_the_parts_of_a_thread_are_told_apart(self) -> None:
        screen = log()
        screen.terminal.status([a.delivery(id=1), a.delivery(id=2, part=1)], verbose=False)
        assert "wikis-world: mw146  2026" in screen.out
        assert "wikis-world: mw146 (part 2)  2026" in screen.out

    def test_an_empty_ledger_says_so(self, screen: Screen) -> None:
        screen.terminal.status([], verbose=False)
        assert "The ledger is empty" in screen.seen


class TestPreviewed:
    def test_who_wrote_an_item_stands_beside_it(self, screen: Screen) -> None:
        screen.terminal.previewed([a.preview(item=a.item(provenance=a.PROVENANCE))])
        assert "by Ann and somebody hidden in revision 4711" in screen.seen

    def test_each_item_is_shown_on_each_channel(self) -> None:
        screen = log()
        held = a.preview(channel="feed", network="feed", post=a.post(a.part("short")), note="settling")
        screen.terminal.previewed(
            [a.preview(), held, a.preview(item=a.item("b"), post=None, note="too long")]
        )
        assert screen.lines == [
            "Template:News: mw146, 2026-11-18",
            "1.   wikis-world (mastodon)",
            f"     │ MediaWiki 1.46 is out. {a.RELEASE}",
            "     46 of 500 characters",
            "     picture New logo.png: A sunflower of petals in two shades",
            "     language: en",
            "2.   feed (feed)",
            "     would not go out: settling",
            "     │ short",
            "     46 of 500 characters",
            "Template:News: b, 2026-11-18",
            "1.   wikis-world (mastodon)",
            "     would not go out: too long",
        ]

    def test_where_an_address_leads_that_does_not_say_so_is_shown_beside_it(self, screen: Screen) -> None:
        deceiving = a.post(a.part(f"Look: {a.LOOKING_LATIN}"), a.part("https://wiki.example@evil.example/"))
        screen.terminal.previewed([a.preview(post=deceiving)])
        assert f"│ Look: {a.LOOKING_LATIN}" in screen.seen
        assert f"“{a.LOOKING_LATIN}” leads to {a.LEADS_TO}" in screen.seen
        assert "“https://wiki.example@evil.example/” leads to evil.example" in screen.seen

    def test_nothing_to_preview_says_so(self, screen: Screen) -> None:
        screen.terminal.previewed([])
        assert "nothing to preview" in screen.seen


class TestChecked:
    def test_each_finding_has_its_verdict_and_remedy(self, screen: Screen) -> None:
        screen.terminal.checked(a.FINDINGS)
        assert "ok wiki: opened as NewsBot" in screen.seen
        assert "warning Template:News: no item has a date" in screen.seen
        assert "bad wikis-world: the token was revoked → make a new one" in screen.seen
        assert screen.seen.endswith("1 thing does not work.")

    def test_the_end_sums_up(self, screen: Screen) -> None:
        screen.terminal.checked(a.FINDINGS[:2])
        assert screen.seen.endswith("All works, with 1 warning.")
        screen.terminal.checked(a.FINDINGS[:1])
        assert screen.seen.endswith("All is well.")


class TestExplained:
    def test_the_next_run_and_all_that_happened_are_told(self, screen: Screen) -> None:
        screen.terminal.explained([a.explained()])
        for told in (
            "Template:News: mw146 on wikis-world",
            "next run hold: settling on the page (until 2026-11-18 14:05 UTC)",
            "2026-11-18 14:05 UTC new: waits",
            "2026-11-18 14:05 UTC waits to held: settling",
            "on page 2026-11-18 11:05 UTC added by Ann in revision 4700 “First news”",
            "changed by somebody hidden in revision 4711 to another link [mw-undo]",
            "approved by Ann in revision 4712 (fine)",
        ):
            assert told in screen.seen

"""What a run makes of posts that it finds on a channel: a person's, or its own that it has lost sight of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.model import Capabilities
from tests.fakes.faults import PUBLISHING, Fault
from tests.sync.conftest import OLD

if TYPE_CHECKING:
    from tests.sync.world import World

# As every weekly newsletter: each issue has the same main link, and nearly the same words.
ISSUE_46 = "'''2026-11-18''': [[Tech News]]: issue 46 is out. <!-- herald: id=issue46 -->"
ISSUE_47 = "'''2026-11-18''': [[Tech News]]: issue 47 is out. <!-- herald: id=issue47 -->"


@pytest.mark.parametrize(
    "fault", [fault for fault, (error, _) in PUBLISHING.items() if error.__name__ == "AmbiguousError"]
)
def test_a_post_of_ours_that_is_not_settled_yet_is_no_persons_post_of_the_next_item(
    followed: World, fault: Fault
) -> None:
    followed.channel.capabilities = Capabilities(read_back=True)
    followed.page(ISSUE_46, OLD)
    followed.channel.fail(fault)
    followed.run()
    followed.page(ISSUE_47, ISSUE_46, OLD)
    for _ in range(4):
        followed.pass_time(minutes=1)
        followed.run()
    assert sorted(followed.texts) == ["Tech News: issue 46 is out.", "Tech News: issue 47 is out."]
    assert (followed.statuses()["issue46"], followed.statuses()["issue47"]) == ("sent", "sent")

"""What is said of the account's variables, before anything is started."""

from __future__ import annotations

import pytest

from toolforge.herald import BOT_PASSWORD, OAUTH, USERNAME, problems_of

WHOLE_OAUTH = dict.fromkeys(OAUTH, "hush") | {USERNAME: "NewsBot"}


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {USERNAME: "", BOT_PASSWORD: ""},
        {USERNAME: "NewsBot@news", BOT_PASSWORD: "hush"},
        WHOLE_OAUTH,
    ],
)
def test_no_account_and_a_whole_one_are_well(environ: dict[str, str]) -> None:
    assert problems_of(environ) == []


@pytest.mark.parametrize("missing", WHOLE_OAUTH)
def test_each_variable_of_oauth_is_missed(missing: str) -> None:
    (problem,) = problems_of({name: value for name, value in WHOLE_OAUTH.items() if name != missing})
    assert problem.startswith(f"{missing}: missing")


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({BOT_PASSWORD: "hush"}, USERNAME),
        ({USERNAME: "hush"}, USERNAME),
        ({USERNAME: "hush", BOT_PASSWORD: "hush"}, USERNAME),
        ({USERNAME: "@hush", BOT_PASSWORD: "hush"}, USERNAME),
    ],
)
def test_a_problem_names_the_variable_and_never_its_value(environ: dict[str, str], named: str) -> None:
    (problem,) = problems_of(environ)
    assert problem.startswith(f"{named}: ")
    assert "hush" not in problem

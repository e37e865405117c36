from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import load
from bot.errors import ConfigError
from tests.config.networks import LAYOUTS, NETWORKS, SECRETS, WELL, check_template, problems, well_but

if TYPE_CHECKING:
    from pathlib import Path

PAGE = 'title = "Template:News"'
BIRDS = 'name = "birds"'
WALL = 'name = "wall"'
SERVER = '"https://pigeon.example"'
CONTACT = '"https://example.org/bot"'
TOKEN = '"PIGEON_TOKEN"'
END = "https://wall.example/"


def test_the_good_configuration_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path, WELL) == ()


def test_all_problems_are_told_at_once_and_by_their_keys(tmp_path: Path) -> None:
    text = well_but(
        ('family = "wikipedia"', "family = 3"),
        (PAGE, 'title = "Template:News"\nlayuot = "table"'),
        (BIRDS, 'name = "Birds!"\nvisibility = "everybody"'),
        ('url = "https://wall.example/"', "retry = 60"),
    )
    assert problems(tmp_path, text) == (
        "pages[1] (Template:News): layuot: unknown key; did you mean layout?",
        "channels[1] (Birds!): name: must consist of a to z, 0 to 9 and . _ - only",
        "channels[1] (Birds!): visibility: must be one of public, unlisted",
        'channels[2] (wall): retry: must be a duration in quotes, such as "30m"',
        "channels[2] (wall): url: is missing: where it is shown",
        'wiki: family: must be a text in quotes, such as "this"',
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # where the wiki is needed
        ('family = "wikipedia"', "", "wiki: family: is missing: needed for the page Template:News"),
        ('code = "en"', "", "wiki: code: is missing: needed for the page Template:News"),
        (f"contact = {CONTACT}", "", "wiki: contact: is missing: needed for the page Template:News"),
        (PAGE, 'file = "n"\n[gate]\nstop_page = "User:B/run"', ""),
        (CONTACT, '"me"', "wiki: contact: must be an e-mail address or the address of a web page"),
        (CONTACT, '"someone@"', "wiki: contact: must be an e-mail address"),
        # pages
        (PAGE, "", "pages[1]: title: is missing: name a page of the wiki in title, or a page on disk"),
        (PAGE, 'title = "Template:News|x"', "pages[1] (Template:News|x): title: must be a page's title"),
        (PAGE, 'title = "___"', "pages[1] (___): title: must be a page's title"),
        (PAGE, f'{PAGE}\narticle_path = "https://x.org/$1"', "article_path: is for a page in a file"),
        (PAGE, f'{PAGE}\npictures_url = "https://x.org/"', "pictures_url: is for a page in a file"),
        (PAGE, 'file = "n"\npictures_url = "pictures"', "pictures_url: must be a complete address"),
        (PAGE, 'file = "n"\narticle_path = "https://x.org/"', "pages[1] (n): article_path: must contain $1"),
        (PAGE, 'file = "n"\narticle_path = "/wiki/$1"', "article_path: must be a complete address"),
        (PAGE, f'{PAGE}\nlanguage = "zh-classical"', ""),
        (PAGE, f'{PAGE}\nlanguage = "English"', "language: must be a language code"),
        (PAGE, f'{PAGE}\nlanguage = "en us"', "language: must be a language code"),
        (PAGE, f'{PAGE}\nlayout = "bulets"', "layout: must be one of auto, bullets, table; did you mean bul"),
        (PAGE, f'{PAGE}\nfields.text = "1"', "template: is missing: fields are the parameters of which"),
        (PAGE, f'{PAGE}\ntemplate = "N"\nfields.txt = "1"', "pages[1] (Template:News).fields: txt: unknown"),
        (PAGE, f'{PAGE}\ntemplate = "N"\nfields = 1', "fields: must be a table"),
        (PAGE, f'{PAGE}\n[[pages]]\ntitle = "template:news"', "pages[2] (template:news): the same page as"),
        (PAGE, f'{PAGE}\n[[pages]]\ntitle = "Template:_News"', "the same page as pages[1] (Template:News)"),
        (PAGE, f'{PAGE}\n[[pages]]\ntitle = "Template:NEWS"', ""),
        (
            PAGE,
            'file = "n"\n[[pages]]\nfile = "n"\ntitle = "M"',
            "pages[2] (M): the same page as pages[1] (n)",
        ),
        ("[[pages]]", "[pages]", "pages: must be written with two brackets: [[pages]]"),
        # the gate and the pace
        (
            PAGE,
            f'{PAGE}\n[gate]\npreset = "opne"',
            "gate: preset: must be one of open, careful, four-eyes; did you mean open?",
        ),
        (PAGE, f"{PAGE}\n[gate]\nsettle = 30", "gate: settle: must be a duration in quotes"),
        (PAGE, f'{PAGE}\n[gate]\nsettle = "half an hour"', "gate: settle: must be a duration: a duration is"),
        (PAGE, f"{PAGE}\n[gate]\nmax_new_items = 0", "gate: max_new_items: must be a whole number, without"),
        (PAGE, f"{PAGE}\n[gate]\nmax_new_items = true", "gate: max_new_items: must be a whole number"),
        (PAGE, f'{PAGE}\n[gate]\ntrusted_groups = "sysop"', "gate: trusted_groups: must be a list"),
        (PAGE, f'{PAGE}\n[gate]\ntrusted_groups = ["sysop", 1]', "(its entry 2 is not)"),
        (PAGE, f'{PAGE}\n[gate]\ntrusted_users = ["User:A"]', "must be the name alone, without User:"),
        (PAGE, f'{PAGE}\n[gate]\nallowed_domains = ["https://x.org"]', "allowed_domains: must be a domain"),
        (PAGE, f'{PAGE}\n[gate]\nallowed_domains = ["*.x.org"]', "allowed_domains: must be a domain"),
        (PAGE, f'{PAGE}\n[delivery]\nretry = "0s"', "delivery: retry: must be 1s or longer"),
        (PAGE, f"{PAGE}\n[delivery]\nmax_per_day = 0", "delivery: max_per_day: must be a whole number"),
        (BIRDS, f'{BIRDS}\nrun_timeout = "1m"', "channels[1] (birds): run_timeout: unknown key"),
        (
            PAGE,
            f'{PAGE}\n[pictures]\nlicences = ["cc0"]',
            "pictures: licences: must be one of public domain, CC0, CC BY, CC BY-SA, any",
        ),
        (PAGE, f'{PAGE}\n[pictures]\nlicences = ["fair use"]', "(its entry 1 is not)"),
        (PAGE, f'{PAGE}\n[pictures]\nlicences = "any"', "pictures: licences: must be a list"),
        (PAGE, f"{PAGE}\n[pictures]\nlicences = []", ""),
        (PAGE, f'{PAGE}\n[pictures]\nalt_text = "wran"', "alt_text: must be one of required, warn; did you"),
        (PAGE, f"{PAGE}\n[pictures]\nlicenses = []", "pictures: licenses: unknown key; did you mean lic"),
        # the ledger
        (
            PAGE,
            f'{PAGE}\n[ledger]\nurl = "herald.sqlite"',
            "ledger: url: must be sqlite, three slashes",
        ),
        (PAGE, f'{PAGE}\n[ledger]\nurl = "sqlite://"', "ledger: url: must be sqlite, three slashes and a"),
        (PAGE, f'{PAGE}\n[ledger]\nurl = "sqlite:///:memory:"', "ledger: url: must be sqlite, three slashes"),
        (PAGE, f'{PAGE}\n[ledger]\nurl = "sqlite:///h.sqlite?mode=ro"', "ledger: url: must be sqlite, three"),
        (PAGE, f'{PAGE}\n[ledger]\nurl = "mysql://a@x/y"', "ledger: url: must be sqlite, three slashes"),
        (PAGE, f'{PAGE}\n[ledger]\nurl = "mysql://a:b@x/y"', "ledger: url: must not contain a password"),
        # who is called what
        (
            PAGE,
            f'{PAGE}\n[handles.crows]\npigoen = "@c"',
            "handles.crows: pigoen: unknown key; did you mean pi",
        ),
        (PAGE, f'{PAGE}\n[handles]\ncrows = "@c"', "handles: crows: must be a table: a line [handles.crows]"),
        # channels
        (BIRDS, "", "channels[1]: name: is missing"),
        (BIRDS, 'name = "cw"', "channels[1] (cw): name: must not be that of a directive"),
        (BIRDS, 'name = "poster"', "channels[1] (poster): name: is the name of another network"),
        (BIRDS, 'name = "pigeon"', ""),
        (WALL, BIRDS, "channels[2] (birds): name: must be another than that of channels[1] (birds)"),
        ('"pigeon"', '"pigon"', "network: must be one of pigeon, poster, tower; did you mean pigeon?"),
        (f"server = {SERVER}", "", "channels[1] (birds): server: is missing: the address of the server"),
        (SERVER, '"http://pigeon.example"', "channels[1] (birds): server: must begin with https://"),
        (SERVER, '"http://127.0.0.1.evil.example"', "channels[1] (birds): server: must begin with https://"),
        (SERVER, '"http://[::1]:8080"', ""),
        (SERVER, '"http://localhost"', ""),
        (SERVER, '"pigeon.example"', "server: must be a complete address that begins with https://"),
        (SERVER, '"https://"', "server: must be a complete address"),
        (BIRDS, f'{BIRDS}\nfallback = "skip"', "fallback: has no meaning without language"),
        (
            BIRDS,
            f'{BIRDS}\nlanguage = "de"\nfallback = "wait"',
            'fallback: must be "source", "skip", or how long to wait for a translation: "wait 2d"',
        ),
        (BIRDS, f'{BIRDS}\nlanguage = "de"\nfallback = "wait two days"', "fallback: must be "),
        (BIRDS, f'{BIRDS}\nlanguage = "de"\nfallback = "wait 2w"', "fallback: must be a duration"),
        (SERVER, '"https://[oops"', "server: must be a complete address"),
        (SERVER, '"https://x.org:99999"', "server: must be a complete address"),
        (SERVER, '"https://me:pass@pigeon.example"', "server: must not contain a user name or password"),
        (SERVER, '"https://pigeon.example/?a=b"', "server: must be the address of a server, without ? or #"),
        (WALL, f'{WALL}\nserver = "https://x.org"', "server: the network poster has no server: leave it out"),
        (BIRDS, f'{BIRDS}\ntemplate = "news!"', "channels[1] (birds): template: {{ text }} is missing"),
        (
            BIRDS,
            f'{BIRDS}\nhashtags = ["#News"]',
            "channels[1] (birds): hashtags: must be hashtags without #",
        ),
        (BIRDS, f'{BIRDS}\nlong = "cut"', "channels[1] (birds): long: must be one of shorten, thread"),
        (WALL, f'{WALL}\nlong = "thread"', 'long: must be "shorten": the network poster has no threads'),
        (WALL, f'{WALL}\non_edit = "edit"', 'on_edit: must be "ignore": posts on poster cannot be edited'),
        (WALL, f"{WALL}\nbudget = 5", "budget: posting on poster costs nothing: leave it out"),
        (WALL, f"{WALL}\ndigest = true", "digest: on poster each item is a post of its own: leave it out"),
        (
            BIRDS,
            f'{BIRDS}\nlink = "first reply"\ndigest = true',
            "channels[1] (birds): digest: must be false where the link goes into a reply",
        ),
        (BIRDS, f'{BIRDS}\nexpires = "soon"', "channels[1] (birds): expires: "),
        (WALL, f"{WALL}\nfolder = 1", "channels[2] (wall): folder: must be a text in quotes"),
        (WALL, f'{WALL}\nfolder = "a\\u0000b"', "folder: must not contain control characters"),
        (END, "ftp://wall.example/", "channels[2] (wall): url: must be a complete address"),
        (BIRDS, f'{BIRDS}\nflock = "3"', "channels[1] (birds): flock: must be a whole number"),
        (BIRDS, f"{BIRDS}\nwhite = 1", "channels[1] (birds): white: must be true or false"),
        (BIRDS, f'{BIRDS}\nloft = ""', "channels[1] (birds): loft: must not be empty"),
        # secrets
        (
            TOKEN,
            '"PIGEON_SECRET"',
            "token_env: the environment variable PIGEON_SECRET is not set, or is empty",
        ),
        (
            f"token_env = {TOKEN}",
            "",
            "token_env: is missing: name the environment variable that holds the token",
        ),
        (TOKEN, '""', "token_env: must not be empty"),
        # the status page
        (PAGE, f'{PAGE}\n[status]\npage = "User:B/status"', ""),
        (PAGE, 'file = "n"\n[status]\npage = "User:B/status"', ""),
        (
            PAGE,
            f'{PAGE}\n[status]\npage = "template: News"',
            "a page with news already: it needs a page of its own",
        ),
        (
            PAGE,
            f'{PAGE}\n[status]\npage = "Template:news"',
            "a page with news already: it needs a page of its own",
        ),
        (PAGE, f'{PAGE}\n[status]\npage = "Status|x"', "status: page: must be a page's title"),
        (
            PAGE,
            'prefix = "Tech/News/"\n[status]\npage = "Tech/News/Status"',
            "status: page: is below Tech/News/, where each page is news: name a page of its own",
        ),
        (
            PAGE,
            f'{PAGE}\n[status]\npage = "User:B/run"\n[gate]\nstop_page = "User:B/run"',
            "status: page: User:B/run is gate: stop_page already",
        ),
        (PAGE, f'{PAGE}\n[status]\nevery = "1s"', "status: every: must be 1m or longer"),
        (PAGE, f"{PAGE}\n[status]\nheartbeat = 1", "status: heartbeat: must be a duration"),
        (PAGE, f'{PAGE}\n[status]\nlanguage = "English"', "status: language: must be a language code"),
        (PAGE, f'{PAGE}\n[status]\npgae = "x"', "status: pgae: unknown key; did you mean page?"),
        # keys in the wrong place
        (
            "[wiki]",
            'famly = "x"\n[wiki]',
            "famly: unknown key; known here: pages, ledger, gate, pictures, delivery",
        ),
        ("[wiki]", "[deliveries]\n[wiki]", "deliveries: unknown key; did you mean delivery?"),
        (CONTACT, f'{CONTACT}\nfamliy = "x"', "wiki: famliy: unknown key; did you mean family?"),
    ],
)
def test_a_problem_names_its_key_and_what_is_expected(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    found = problems(tmp_path, well_but((old, new)))
    if expected:
        assert len(found) == 1
        assert expected in found[0]
    else:
        assert found == ()


@pytest.mark.parametrize(
    "key", ["token", "password", "app_password", "client_secret", "API_KEY", "access_tokens"]
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    [problem] = problems(tmp_path, well_but((BIRDS, f'{BIRDS}\n{key} = "hush-hush"')))
    assert f"channels[1] (birds): {key}: a secret does not belong in this file" in problem
    assert "hush-hush" not in problem


def test_a_secret_in_place_of_its_variable_is_not_repeated(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, well_but((TOKEN, '"hT7kQzHushHush"')))
    assert problem == (
        "channels[1] (birds): token_env: must be the name of an environment variable "
        "(capitals, digits and _), not the secret itself"
    )


@pytest.mark.parametrize("key", ["pages", "channels"])
def test_a_configuration_without_a_page_or_a_channel_is_refused(tmp_path: Path, key: str) -> None:
    text = re.sub(rf"\[\[{key}\]\]\n([^\[]+\n)", "", WELL)
    [problem] = problems(tmp_path, text)
    assert problem.startswith(f"{key}: at least one is needed: a line [[{key}]]")


def test_an_empty_file_is_told_what_is_needed(tmp_path: Path) -> None:
    assert len(problems(tmp_path, "")) == 2


def test_a_contact_is_needed_where_a_network_is_spoken_to(tmp_path: Path) -> None:
    text = 'pages = [{file = "n"}]\nchannels = [{name = "tower", network = "tower"}]'
    [problem] = problems(tmp_path, text)
    assert problem.startswith("wiki: contact: is missing: needed for the channel tower")


def test_a_stop_page_needs_the_wiki(tmp_path: Path) -> None:
    text = (
        'pages = [{file = "n"}]\nchannels = [{name = "w", network = "poster", url = "https://x.org"}]\n'
        'gate.stop_page = "User:B/run"'
    )
    found = problems(tmp_path, text)
    assert [problem.split(":")[1].strip() for problem in found] == ["family", "code", "contact"]


@pytest.mark.parametrize(
    ("more", "refused"),
    [('visibility = "unlisted"', True), ("white = true", True), ('loft = "attic"', False)],
)
def test_two_channels_are_one_unless_they_post_in_different_places(
    tmp_path: Path, more: str, *, refused: bool
) -> None:
    again = WELL[WELL.index("[[channels]]") : WELL.rindex("[[channels]]")]
    again = again.replace(BIRDS, f'name = "again"\n{more}')
    assert bool(problems(tmp_path, WELL + again)) == refused


def test_two_channels_of_one_account_are_refused(tmp_path: Path) -> None:
    again = WELL[WELL.index("[[channels]]") : WELL.rindex("[[channels]]")].replace("birds", "again")
    [problem] = problems(tmp_path, WELL + again)
    assert problem == (
        "channels[3] (again): publishes where channels[1] (birds) does: all news would be there twice"
    )
    assert problems(tmp_path, WELL + again + 'loft = "another"') == ()


def test_two_channels_that_write_the_same_files_are_refused(tmp_path: Path) -> None:
    again = '[[channels]]\nname = "again"\nnetwork = "poster"\nurl = "https://other.example/"\n'
    [problem] = problems(tmp_path, WELL + again)
    assert "channels[3] (again): publishes where channels[2] (wall) does" in problem
    assert problems(tmp_path, WELL + again + 'folder = "other"') == ()


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ('crier = "Ann"', "password_env: is missing: name the environment variable that holds the password"),
        ('crier = "Ann"\npassword_env = "NONE"', "password_env: the environment variable NONE is not set"),
        (
            'password_env = "NONE"',
            "password_env: has no meaning without crier, which says whose password it is",
        ),
        (
            'streets = ["Main Street 1", "Elm"]',
            "streets: must be streets with their numbers (its entry 2 is not)",
        ),
        ('streets = "Main Street 1"', 'streets: must be a list, such as ["one", "two"]'),
    ],
)
def test_a_network_s_own_rules_are_kept(tmp_path: Path, keys: str, problem: str) -> None:
    tower = f'[[channels]]\nname = "tower"\nnetwork = "tower"\n{keys}\n'
    [found] = problems(tmp_path, WELL + tower)
    assert found.startswith(f"channels[3] (tower): {problem}")


def test_a_text_that_breaks_a_network_s_own_rule_is_not_repeated(tmp_path: Path) -> None:
    secret = "hunter2"
    tower = (
        f'[[channels]]\nname = "tower"\nnetwork = "tower"\ncrier = "{secret}"\npassword_env = "PIGEON_TOKEN"'
    )
    [found] = problems(tmp_path, WELL + tower)
    assert found == "channels[3] (tower): crier: must be a name"


def test_missing_secrets_do_not_make_two_channels_one(tmp_path: Path) -> None:
    again = WELL[WELL.index("[[channels]]") : WELL.rindex("[[channels]]")].replace("birds", "again")
    assert problems(tmp_path, WELL + again, environ={}, require_secrets=False) == ()


def test_a_missing_file_says_how_to_begin(tmp_path: Path) -> None:
    [problem] = _load(tmp_path / "news.toml")
    assert problem.startswith(f"{tmp_path}/news.toml: there is no such file. 'wikiherald init' writes one")


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    [problem] = _load(tmp_path)
    assert problem.startswith(f"{tmp_path}: cannot be read: ")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[wiki]\nfamily = \n", "line 2, column 10: this is not TOML: Invalid value"),
        (b'[wiki]\nfamily = "x', "end of document: this is not TOML: Unterminated string"),
        (b"[wiki]\ncode = 1\ncode = 2\n", "line 3, column 9: this is not TOML: Cannot overwrite a value"),
        (b'[wiki]\nfamily = "\xff"', "is not UTF-8 (its byte 18)"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
    ],
    ids=["no value", "no end", "twice", "encoding", "deep"],
)
def test_broken_toml_is_told_with_its_place(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "news.toml"
    path.write_bytes(content)
    [problem] = _load(path)
    assert problem.startswith(f"{path}: ")
    assert expected in problem


# Mutilate the good configuration anywhere: what comes of it is a configuration or a list of problems.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(
    start=st.integers(0, len(WELL)),
    length=st.integers(0, 40),
    instead=st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            ["=", '"', "[[", "]", "0", "true", "[]", "{}", "1979-05-27", "inf", "'''", "\n", "\\u0000"]
        ),
    ),
)
def test_whatever_the_file_says_only_problems_come_out(
    tmp_path: Path, start: int, length: int, instead: str
) -> None:
    text = WELL[:start] + instead + WELL[start + length :]
    for problem in problems(tmp_path, text.encode("utf-8", "replace").decode("utf-8")):
        assert problem
        assert "coo-coo" not in problem


def _load(path: Path) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(path, networks=NETWORKS, environ=SECRETS, layouts=LAYOUTS, check_template=check_template)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[gate]\nstop_page = "template:News"', "gate: stop_page: template:News is a page with news already"),
        ('[gate]\ncommand_page = "Template:News"', "gate: command_page: Template:News is a page with news"),
        (
            '[gate]\nstop_page = "User:X/a_b"\ncommand_page = "User:X/a b"',
            "gate: command_page: User:X/a b is gate: stop_page already: it needs a page of its own",
        ),
    ],
)
def test_a_page_of_the_bots_is_one_thing_only(tmp_path: Path, text: str, expected: str) -> None:
    (problem,) = problems(tmp_path, f"{WELL}\n{text}")
    assert problem.startswith(expected)


def test_the_configuration_page_is_none_of_the_others_and_channels_share_a_stop_page(tmp_path: Path) -> None:
    own = f'{CONTACT}\nconfig_page = "User:X/y"'
    (problem,) = problems(tmp_path, well_but((CONTACT, own)) + '\n[gate]\ncommand_page = "User:X/y"')
    assert problem.startswith("wiki: config_page: User:X/y is gate: command_page already")
    stop = 'stop_page = "User:X/run"'
    shared = well_but((BIRDS, f"{BIRDS}\n{stop}"), (WALL, f"{WALL}\n{stop}")) + f"\n[gate]\n{stop}"
    assert problems(tmp_path, shared) == ()

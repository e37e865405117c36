"""Opens the configured wiki with Pywikibot, and makes sure that it is that one.

Importing this imports Pywikibot; see page.py for who may do that, and when.
"""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pywikibot
from pywikibot import bot as pywikibot_bot
from pywikibot.exceptions import SiteDefinitionError, UnknownFamilyError

from bot import __version__
from bot.errors import ConfigError
from bot.model import Site
from bot.wiki.account import BOT_PASSWORD, OAUTH, USERNAME, account_of, password_file
from bot.wiki.api import Api, Complaints, trouble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.config import WikiConfig
    from bot.wiki.account import EnvironmentAccount

log = logging.getLogger(__name__)

# That a wiki is down is to be known within a minute: two tries of (connect, read) seconds each, and a wait
# between them. Pywikibot's own patience is over twenty minutes.
TIMEOUT = (5, 20)
RETRIES = 1
WAIT = 2
LONGEST_WAIT = 8
USER_AGENT = f"Wikiherald/{__version__} ({{script_comments}}) {{pwb}} {{python}} {{http_backend}}"


def open_site(config: WikiConfig, *, user_config: Path, arguments: Sequence[str], simulate: bool) -> Api:
    """Open the wiki, and log in where the environment or ``user-config.py`` names an account for it.

    The environment's account is for the configured wiki, never for another one that ``arguments`` name.
    ``user_config`` is the file that Pywikibot is known to accept and must have read.

    Raises:
        ConfigError: another site than the configured one would be opened, or logging in failed.
        PageError: the wiki cannot be reached.
    """
    complaints = _silence()
    settings = pywikibot.config
    read = Path(settings.base_dir, settings.user_config_file)
    if read.resolve() != user_config.resolve():
        raise ConfigError(
            f"{user_config}: Pywikibot has read {read} instead; name its folder in PYWIKIBOT_DIR"
        )
    if config.contact:
        settings.user_agent_description = config.contact
    settings.user_agent_format = USER_AGENT
    settings.socket_timeout = _shorter(settings.socket_timeout)
    settings.max_retries = min(settings.max_retries, RETRIES)
    settings.retry_wait = min(settings.retry_wait, WAIT)
    settings.retry_max = min(settings.retry_max, LONGEST_WAIT)
    settings.simulate = simulate or settings.simulate
    if config.family and config.code:
        settings.family, settings.mylang = config.family, config.code
    account, place = account_of(os.environ), (settings.family, settings.mylang)
    if account.name:
        settings.usernames[settings.family][settings.mylang] = account.name
    with trouble(f"{settings.family}:{settings.mylang}", complaints):
        _take(arguments)
        if place == (settings.family, settings.mylang):
            _lend(account)
        site = _site(config, arguments)
        _log_in(site)
    return Api(site, complaints)


def describe(api: Api) -> Site:
    """Return what it takes to make absolute URLs of this wiki's links; cached on disk by Pywikibot."""
    with api.trouble():
        info = api.site.siteinfo
        general, namespaces = info["general"], info["namespaces"]
        aliases, prefixes = info["namespacealiases"], info["interwikimap"]
        extensions = {entry.get("name") for entry in info["extensions"]}
        account = api.site.user()
    scheme = api.site.protocol()
    names = {
        name.lower(): entry["id"]
        for entry in namespaces.values()
        for name in (entry["name"], entry.get("canonical", ""))
        if name
    }
    return Site(
        name=api.site.sitename,
        language=general["lang"],
        article_path=_absolute(general["server"], scheme) + general["articlepath"],
        namespaces=names | {entry["alias"].lower(): entry["id"] for entry in aliases},
        interwiki={entry["prefix"].lower(): _absolute(entry["url"], scheme) for entry in prefixes},
        languages=frozenset(entry["prefix"].lower() for entry in prefixes if _is_language(entry)),
        bot=account or None,
        reviewed="FlaggedRevs" in extensions,
    )


def _silence() -> Complaints:
    """Make Pywikibot ask nothing on the terminal and print nothing there."""
    pywikibot_bot.set_interface("buffer")
    pywikibot_bot.init_handlers()
    complaints = Complaints()
    logger = logging.getLogger("pywiki")
    for handler in list(logger.handlers):
        if not isinstance(handler, logging.FileHandler):  # -log's own file stays
            logger.removeHandler(handler)
    logger.addHandler(complaints)
    return complaints


def _take(arguments: Sequence[str]) -> None:
    """Let Pywikibot take its global options; without any it would take our whole command line."""
    if not arguments:
        return
    with warnings.catch_warnings():
        # Under pwb a site was opened before; the one that matters is opened after this.
        warnings.filterwarnings("ignore", "Site objects have been created", UserWarning)
        try:
            unknown = pywikibot.handle_args(list(arguments), do_help=False)
        except SystemExit:
            family, code = pywikibot.config.family, pywikibot.config.mylang
            raise ConfigError(f"{' '.join(arguments)}: {_no_such_site(family, code)}") from None
        except ValueError as error:
            raise ConfigError(f"{' '.join(arguments)}: not what Pywikibot expects there") from error
    if unknown:
        raise ConfigError(f"{' '.join(unknown)}: Pywikibot has no such option")


def _site(config: WikiConfig, arguments: Sequence[str]) -> Any:  # noqa: ANN401 - Pywikibot is not typed
    family, code = pywikibot.config.family, pywikibot.config.mylang
    configured = f"{config.family}:{config.code}"
    wanted = f"{family}:{code}"
    if wanted != configured:
        if not _name_a_site(arguments):
            raise ConfigError("wiki.family, wiki.code: missing; name the wiki as Pywikibot does")
        if config.family and config.code:
            log.warning("The command line's %s is used, not the configured %s", wanted, configured)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a renamed code, for one; that is told below
            site = pywikibot.Site(code, family)
    except SiteDefinitionError as error:
        raise ConfigError(f"wiki.family, wiki.code: {_no_such_site(family, code, error)}") from error
    if f"{site.family.name}:{site.code}" != wanted:
        raise ConfigError(
            f"wiki.family, wiki.code: {wanted} was to be opened and Pywikibot opened "
            f"{site.family.name}:{site.code}; where that is the same wiki, configure it by that name"
        )
    return site


def _name_a_site(arguments: Sequence[str]) -> bool:
    return any(word.partition(":")[0] in {"-site", "-family", "-lang", "-code"} for word in arguments)


def _no_such_site(family: str, code: str, error: Exception | None = None) -> str:
    if error is None or isinstance(error, UnknownFamilyError):
        folder = pywikibot.config.base_dir
        return (
            f"Pywikibot knows no site {family}:{code}; a wiki of one's own needs a {family}_family.py in a "
            f"folder that user_families_paths in {folder}/user-config.py names"
        )
    known = ", ".join(sorted(pywikibot.family.Family.load(family).langs)[:20])
    return f"the family {family} has no code {code}; it has: {known}"


def _lend(account: EnvironmentAccount) -> None:
    """Tell Pywikibot what the environment's account logs in with; it signs the very first request already."""
    settings = pywikibot.config
    if account.oauth is not None:
        names = settings.usernames[settings.family] or settings.usernames["*"]
        if not (names.get(settings.mylang) or names.get("*")):
            raise ConfigError(f"{USERNAME}: missing, while {OAUTH[0]} is set")
        try:
            host = pywikibot.family.Family.load(settings.family).langs.get(settings.mylang)
        except UnknownFamilyError:
            host = None  # which is told when it is opened
        if host is not None:
            settings.authenticate[host] = tuple(secret.reveal() for secret in account.oauth)
    elif account.password is not None:
        settings.password_file = str(password_file(account))


def _log_in(site: Any) -> None:  # noqa: ANN401 - Pywikibot is not typed
    if site.username() is None or site.logged_in():
        return
    remedy = (
        f"look at {USERNAME} with {BOT_PASSWORD}, or with {OAUTH[0]} and the like, in the environment; else "
        "at usernames and password_file in user-config.py; and at the bot password or consumer on the wiki"
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one of them quotes a line of the password file
            site.login()
    except (FileNotFoundError, ValueError, RuntimeError) as error:
        raise ConfigError(f"{site}: logging in as {site.username()} failed: {error}; {remedy}") from error
    except pywikibot.exceptions.NoUsernameError as error:
        said = " ".join(str(error).split())
        raise ConfigError(f"{site}: logging in as {site.username()} failed: {said}; {remedy}") from error
    if not site.logged_in():
        raise ConfigError(f"{site}: logging in as {site.username()} failed; {remedy}")


def _shorter(timeout: float | tuple[float, float]) -> tuple[float, float]:
    """Return our time-out, or that of ``user-config.py`` where it is shorter."""
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return min(connect, TIMEOUT[0]), min(read, TIMEOUT[1])


def _absolute(url: str, scheme: str) -> str:
    return f"{scheme}:{url}" if url.startswith("//") else url


def _is_language(entry: Mapping[str, Any]) -> bool:
    return "language" in entry

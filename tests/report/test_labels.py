from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

import bot.report
from bot.report.labels import PREFIX, Labels, languages, messages
from bot.report.wikitext import Wikitext

FOLDER = Path(bot.report.__file__).with_name("i18n")
ENGLISH = messages("en")


def parameters(text: str) -> set[str]:
    return set(re.findall(r"\$\d", text))


def test_every_message_is_documented_with_its_parameters() -> None:
    told = messages("qqq")
    assert list(told) == list(ENGLISH)
    for name, text in ENGLISH.items():
        assert parameters(text) <= set(re.findall(r"\$\d", told[name])), name


@pytest.mark.parametrize("language", languages())
def test_a_translation_has_the_messages_and_parameters_of_the_original(language: str) -> None:
    for name, text in messages(language).items():
        assert parameters(text) == parameters(ENGLISH[name]), name
        assert text.strip() == text
        assert not re.search(r"[\[\]<>]|\{\{(?!PLURAL:)", text), f"{name}: messages are plain text"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_files_are_as_translatewiki_writes_them(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    told = json.loads(text)
    assert json.dumps(told, ensure_ascii=False, indent="\t") + "\n" == text
    assert next(iter(told)) == "@metadata"
    assert all(name.startswith(PREFIX) for name in list(told)[1:])


def test_some_languages_are_complete() -> None:
    assert {"en", "de", "es", "fr", "he"} <= set(languages())
    for language in ("de", "es", "fr", "he"):
        assert set(messages(language)) == set(ENGLISH)


@pytest.mark.parametrize(
    ("asked", "language", "direction"),
    [
        ("de", "de", "ltr"),
        ("de-formal", "de", "ltr"),
        ("HE", "he", "rtl"),
        ("xx", "en", "ltr"),
        ("qqq", "en", "ltr"),
        ("../../x", "en", "ltr"),
        ("", "en", "ltr"),
    ],
)
def test_what_there_is_no_translation_for_is_said_in_the_next_best_language(
    asked: str, language: str, direction: str
) -> None:
    labels = Labels(asked)
    assert (labels.language, labels.direction) == (language, direction)
    assert labels.plain("well") == messages(language)[PREFIX + "well"]


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [
        ("en", 1, "One delivery needs a person: see below."),
        ("en", 0, "0 deliveries need a person: see below."),
        ("de", 2, "2 Zustellungen brauchen einen Menschen: siehe unten."),
        ("fr", 1, "Un envoi a besoin d\u2019une personne : voir ci-dessous."),
        ("he", 2, "שני משלוחים דורשים טיפול של אדם: ראו להלן."),
        ("he", 7, "7 משלוחים דורשים טיפול של אדם: ראו להלן."),
    ],
)
def test_plurals_are_those_of_the_language(language: str, number: int, text: str) -> None:
    assert Labels(language).plain("person", number) == text


def test_parameters_are_data_unless_they_are_wikitext() -> None:
    labels = Labels("en")
    assert labels("last-run", "[[x]]") == "Last run&#58; &#91;&#91;x&#93;&#93;"
    assert labels("last-run", Wikitext("[[x]]")) == "Last run&#58; [[x]]"
    assert labels("answer", "$2", "$3", "$1") == "&#36;2 by &#36;3&#58; &#36;1"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(hours=1), "1 hour"),
        (timedelta(days=1), "1 day"),
        (timedelta(minutes=90), "1 hour 30 minutes"),
        (timedelta(days=45, seconds=1), "45 days 1 second"),
    ],
)
def test_durations_are_exact(length: timedelta, text: str) -> None:
    assert Labels("en").duration(length) == text

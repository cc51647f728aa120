"""Whoever reads German reads German everywhere: no text is forgotten, and each says the same as the English one."""

import os
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from incidents import words
from incidents.lifecycle import MOVES, Refused, Status, Verb
from notifications.channels.page import Page
from tenancy import clock
from tenancy.members import Member
from tests.config import catalogue
from tests.config.catalogue import Entry
from tests.incidents.factories import reported
from tests.notifications.test_mail import FULL, message

ROOT = Path(__file__).resolve().parents[2]
GERMAN = ROOT / "config" / "locale" / "de" / "LC_MESSAGES"
ROOMS = ["config", "problems", "incidents", "notifications", "tenancy", "templates"]
# What is told to whoever starts a machine, and the demo's made-up world, stay English.
NOT_TOLD = shutil.ignore_patterns("launcher", "demo", "locale", "static", "__pycache__")


@pytest.fixture(scope="module")
def german() -> list[Entry]:
    return catalogue.read(GERMAN / "django.po")


class TestTheCatalogue:
    def test_every_text_has_its_german(self, german: list[Entry]) -> None:
        assert len(german) > 700
        assert [entry.key for entry in german if "fuzzy" in entry.flags or not all(entry.told)] == []

    def test_one_and_many_have_a_form_each(self, german: list[Entry]) -> None:
        assert [entry.key for entry in german if len(entry.told) != len(entry.english)] == []

    def test_what_is_filled_in_is_filled_in_in_both(self, german: list[Entry]) -> None:
        def differs(entry: Entry) -> bool:
            return any(catalogue.held(told) != catalogue.held(entry.english[-1]) for told in entry.told)

        assert [entry.key for entry in german if differs(entry)] == []

    def test_lines_and_ends_are_the_same(self, german: list[Entry]) -> None:
        """A choice's label has its title in the first line; a label of a link ends as the English one does."""
        ends = "\n :"

        def shape(text: str) -> tuple[int, str]:
            return text.count("\n"), text[-1] if text[-1] in ends else ""

        assert [entry.key for entry in german if shape(entry.told[0]) != shape(entry.english[0])] == []

    def test_the_reader_is_addressed_formally(self, german: list[Entry]) -> None:
        familiar = {"du", "dich", "dir", "dein", "deine", "deiner", "deinem", "deinen"}
        assert [told for entry in german for told in entry.told if familiar & set(told.lower().split())] == []

    def test_what_the_machine_reads_is_what_was_written(self, german: list[Entry]) -> None:
        assert catalogue.compiled(GERMAN / "django.mo") == {entry.key: entry.told for entry in german}


def test_the_catalogue_has_every_text_and_no_other(
    german: list[Entry], tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("xgettext"):
        strict = os.environ.get("STILLWATER_REQUIRE_GETTEXT") == "1" or os.environ.get("CI") == "true"
        missing = "There is no xgettext (package gettext): NOBODY LOOKED FOR UNTRANSLATED TEXTS."
        pytest.fail(missing) if strict else pytest.skip(missing)
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=NOT_TOLD)
    settings.LOCALE_PATHS = [tmp_path / "found"]
    (tmp_path / "found").mkdir()
    monkeypatch.chdir(tmp_path)
    call_command("makemessages", locale=["de"], no_location=True, no_wrap=True, verbosity=0)
    found = catalogue.read(tmp_path / "found" / "de" / "LC_MESSAGES" / "django.po")
    assert {entry.key for entry in found} == {entry.key for entry in german}


class TestWordsMadeOfWords:
    def test_every_need_has_a_label(self) -> None:
        assert set(words.NEEDS) == set().union(*(move.needs for move in MOVES.values()))
        assert set(words.STANDS) == set(Status)

    @pytest.mark.parametrize("verb", [verb for verb in Verb if MOVES[verb].needs])
    def test_what_is_missing_is_told_in_german(self, verb: Verb) -> None:
        with translation.override("de"):
            said = words.explain(Refused(verb, Status.NEW, MOVES[verb].needs))
        assert said.startswith("Bitte zuerst angeben: ")
        assert not [need for need in words.NEEDS if need != "text" and need in said]

    def test_why_it_is_too_late_is_told_in_german(self) -> None:
        with translation.override("de"):
            assert words.explain(Refused(Verb.TAKE, Status.IN_PROGRESS)) == (
                "„Übernehmen“ ist nicht möglich: Die Störung ist in Bearbeitung."
            )


# What the pages say in English; none of it may be left on a German one.
LEFTOVERS = [
    "Report", "What happened", "How badly", "Just now", "Everything stops", "Choose", "Send",
    "My incidents", "My organisations", "Hello", "Sign in", "Sign out", "Password", "Skip to", "Your menu",
    "All open", "Unassigned", "Any status", "Any team", "Search", "Show", "Agent", "Requester", "Waiting for",
    "Whole organisation", "Log for someone", "Set up", "In progress", " ago", "Nobody", "incident",
]  # fmt: skip


def words_of(client: Client, address: str) -> str:
    """What is read on a page: its text, and the attributes that are read out or shown."""
    html = client.get(address).content.decode()
    assert '<html lang="de"' in html
    told = re.findall(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"', html)
    return unescape("\n".join([re.sub(r"<[^>]*>", "\n", html), *told]))


class TestPages:
    @pytest.fixture
    def reader(self, bind: None, member: Callable[..., Member]) -> Member:
        agent = member("agent", "administrator", language="de")
        reported(agent, at=clock.now())
        return agent

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("incidents:portal-home", ["Meine Störungen", "Störung melden", "Hallo "]),
            ("incidents:portal-report", ["Was ist passiert?", "Alles steht still", "Meldung senden", "Gerade eben"]),
            ("desk:incidents", ["Alle offenen", "Meldende Person", "Nicht zugewiesen", "Neu", "Wartet auf den"]),
            ("admin:setup", ["Einrichtung", "Kategorien", "Services", "Einladungen"]),
        ],
    )
    def test_a_german_member_reads_german(
        self, reader: Member, client_of: Callable[[Member], Client], name: str, said: list[str]
    ) -> None:
        html = words_of(client_of(reader), reverse(name))
        assert [one for one in said if one not in html] == []
        assert [one for one in LEFTOVERS if one in html] == []

    def test_a_german_browser_signs_in_in_german(self, stranger: Client) -> None:
        stranger.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
        html = words_of(stranger, reverse("account_login"))
        for one in ("Anmelden", "Passwort", "Noch kein Zugang?"):
            assert one in html
        assert [one for one in LEFTOVERS if one in html] == []


class TestMail:
    def test_the_question_at_the_end_is_german(self) -> None:
        page = Page.of(message("incident_resolved", FULL, language="de"))
        assert "Gelöst? " in page.subject
        for text in (page.text, page.html):
            assert "Es geht wieder" in text
            assert "Geht noch nicht" in text
            assert "schließen wir die Störung am 28. November 2026" in text
            assert not [
                one for one in ("Solved", "It works:", "Still broken", "You get this mail", "don’t") if one in text
            ]
        assert "Solved" not in page.subject

"""The queue: tabs, filters, search and order, from an allow-list; whatever stands in the address, never an error."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from incidents import actions
from incidents.lifecycle import Status
from incidents.models import Incident
from incidents.priority import Impact, Urgency
from tenancy import clock, members
from tenancy.models import Membership, Organisation, Team
from tenancy.wall import bound
from tests.incidents.conftest import Cast
from tests.incidents.factories import QUESTION, IncidentTypeFactory, brought_to, classification, person, reported
from tests.incidents.pages.conftest import Browse
from tests.incidents.pages.reading import Browser, Page

QUEUE = reverse("desk:incidents")
LOW = {"urgency": Urgency.LOW, "impact": Impact.PERSON}
HIGH = {"urgency": Urgency.CRITICAL, "impact": Impact.ORGANISATION}


def shown(page: Page) -> list[int]:
    """The numbers of the incidents in the list, in order."""
    assert page.status == 200
    found = [link.split("INC-")[1].rstrip("/") for link in page.links if link.startswith(f"{QUEUE}INC-")]
    return [int(number) for number in found]


def numbers(*incidents: Incident) -> list[int]:
    return [incident.number for incident in incidents]


@pytest.fixture
def agent(cast: Cast, browse: Browse) -> Browser:
    return browse(cast.agent)


def test_what_burns_first_stands_first(cast: Cast, agent: Browser) -> None:
    now = clock.now()
    calm = reported(cast.reporter, at=now - timedelta(days=9), **LOW)
    young = reported(cast.reporter, at=now - timedelta(hours=1), **HIGH)
    old = reported(cast.reporter, at=now - timedelta(hours=5), **HIGH)
    assert shown(agent.get(QUEUE)) == numbers(old, young, calm)
    assert "Nobody has it" in agent.get(QUEUE).text


def test_what_is_out_stands_behind_what_burns(cast: Cast, agent: Browser) -> None:
    out = brought_to(Status.CLOSED, cast.reporter, cast.agent, **HIGH)
    calm = reported(cast.reporter, **LOW)
    assert shown(agent.get(QUEUE, {"tab": "all"})) == numbers(calm, out)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "BAC"), ("burning", "BAC"), ("-burning", "CAB"), ("newest", "ABC"), ("oldest", "CBA"),
        ("title", "ABC"), ("-title", "CBA"), ("status", "CAB"), ("-status", "BAC"), ("reporter__name", "BAC"),
        ("-organisation__name", "BAC"), ("?", "BAC"), ("id;drop", "BAC"),
    ],
)  # fmt: skip
def test_the_order_comes_from_a_list(cast: Cast, agent: Browser, sort: str, order: str) -> None:
    now = clock.now()
    made = {
        "C": reported(cast.reporter, title="Clock", at=now - timedelta(days=3), **LOW),
        "B": brought_to(Status.ON_HOLD, cast.reporter, cast.agent, title="Bell", at=now - timedelta(days=2), **HIGH),
        "A": brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent, title="Alarm", at=now - timedelta(days=1)),
    }
    assert shown(agent.get(QUEUE, {"sort": sort})) == numbers(*(made[letter] for letter in order))


def test_each_tab_holds_what_it_says_and_says_how_many(cast: Cast, browse: Browse) -> None:
    new = reported(cast.reporter)
    teams = reported(cast.reporter, service=cast.service)
    mine = brought_to(Status.IN_PROGRESS, cast.reporter, cast.mate, service=cast.service)
    other = brought_to(Status.ON_HOLD, cast.reporter, cast.agent)
    asked = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent)
    actions.hold(cast.agent, number=asked.number, facts=QUESTION)
    resolved = brought_to(Status.RESOLVED, cast.reporter, cast.mate, service=cast.service)
    closed = brought_to(Status.CLOSED, cast.reporter, cast.agent)
    expected: dict[str, list[Incident]] = {
        "": [new, teams, mine, other, asked],
        "open": [new, teams, mine, other, asked],
        "unassigned": [new, teams, other],
        "mine": [mine],
        "teams": [teams, mine],
        "waiting": [asked],
        "resolved": [resolved],
        "all": [new, teams, mine, other, asked, resolved, closed],
        "nonsense": [new, teams, mine, other, asked],
    }
    browser = browse(cast.mate)
    for tab, incidents in expected.items():
        page = browser.get(QUEUE, {"tab": tab})
        assert sorted(shown(page)) == sorted(numbers(*incidents)), tab
        assert f"{len(incidents)} in this view" in page.text
    labels = "All open 5 Unassigned 3 Mine 1 My teams 2 Waiting for requester 1 Resolved 1 All "
    assert labels in browser.get(QUEUE).text


def test_filters_narrow_and_can_be_cleared(cast: Cast, agent: Browser) -> None:
    kind = IncidentTypeFactory()
    plain = reported(cast.reporter, **LOW)
    special = reported(cast.reporter, service=cast.service, **HIGH)
    actions.classify(
        cast.agent,
        number=special.number,
        facts=classification(type=kind, service=cast.service, urgency=Urgency.CRITICAL, impact=Impact.ORGANISATION),
    )
    priority = Incident.objects.get(pk=special.pk).priority
    for name, value in {
        "priority": priority, "team": cast.team.public_id, "service": cast.service.public_id, "type": kind.public_id,
    }.items():  # fmt: skip
        page = agent.get(QUEUE, {name: value, "tab": "all", "sort": "oldest"})
        assert shown(page) == numbers(special), name
        assert "?tab=all" in page.links
        form = page.form_with("q")
        assert (form.value(name), form.value("tab"), form.value("sort")) == (str(value), "all", "oldest")
    assert shown(agent.get(QUEUE, {"status": "new", "team": ""})) == numbers(special, plain)
    assert shown(agent.get(QUEUE, {"status": "closed"})) == []
    assert "No incident fits these filters" in agent.get(QUEUE, {"status": "closed"}).text


def test_headings_sort_and_keep_the_filters(cast: Cast, agent: Browser) -> None:
    reported(cast.reporter)
    page = agent.get(QUEUE, {"q": "printer & fire", "tab": "all", "page": "1"})
    assert "?q=printer+%26+fire&tab=all&sort=title" in page.links
    again = agent.get(QUEUE, {"sort": "title"})
    assert 'aria-sort="ascending"' in again.html
    assert "?sort=-title" in again.links


def test_pages_of_fifty_keep_the_query(cast: Cast, agent: Browser) -> None:
    for _turn in range(53):
        reported(cast.reporter)
    first = agent.get(QUEUE, {"tab": "open", "sort": "oldest"})
    assert len(shown(first)) == 50
    assert "1–50 of 53" in first.text
    assert "?tab=open&sort=oldest&page=2" in first.links
    second = agent.get(QUEUE, {"tab": "open", "sort": "oldest", "page": "2"})
    assert len(shown(second)) == 3
    for page in ("0", "-1", "99", "x", "9" * 40, "1.5"):
        assert shown(agent.get(QUEUE, {"page": page}))


# --- search


def test_search_finds_by_number_words_beginnings_code_and_person(cast: Cast, agent: Browser) -> None:
    lamp = reported(cast.reporter, title="The lamp glows", description="In the attic", error_code="E-17")
    bell = reported(cast.bystander, title="The bell is dumb")
    found: dict[str, list[Incident]] = {
        str(lamp.number): [lamp],
        f"INC-{lamp.number}": [lamp],
        f" inc-{lamp.number} ": [lamp],
        f"#{lamp.number}": [lamp],
        "lamp": [lamp],
        "LAM": [lamp],
        "att glo": [lamp],
        "glows lamp": [lamp],
        "E-17": [lamp],
        "e-17": [lamp],
        '"lamp glows"': [lamp],
        "the": [lamp, bell],
        "bystand": [bell],
        "lamp OR bell": [lamp, bell],
        "lamp dumb": [],
        "%": [],
        "_": [],
        "999999999": [],
    }
    for query, incidents in found.items():
        assert sorted(shown(agent.get(QUEUE, {"q": query, "tab": "all"}))) == sorted(numbers(*incidents)), query


def test_search_stays_inside_the_tab(cast: Cast, agent: Browser) -> None:
    done = brought_to(Status.CLOSED, cast.reporter, cast.agent, title="The lamp glows")
    assert shown(agent.get(QUEUE, {"q": "lamp"})) == []
    assert shown(agent.get(QUEUE, {"q": "lamp", "tab": "all"})) == numbers(done)


def test_search_shows_nothing_of_another_organisation_nor_what_is_restricted(
    cast: Cast, browse: Browse, quill: Organisation
) -> None:
    with bound(quill.id):
        stranger = members.load(Membership.objects.get(name="Bystander"), quill)
        there = reported(stranger, title="Quill's own secret lamp")
    here = reported(cast.reporter, title="Our secret lamp", service=cast.service)
    actions.restrict(cast.manager, number=here.number)
    outsider = browse(cast.outside_agent)
    for query in ("secret", "lamp", "quill", "reporter", str(here.number), str(there.number), ""):
        page = outsider.get(QUEUE, {"q": query, "tab": "all"})
        assert shown(page) == [], query
        assert "All open 0" in page.text
        assert "secret lamp" not in page.html
    assert shown(browse(cast.mate).get(QUEUE, {"q": "secret", "tab": "all"})) == numbers(here)


ODD = [
    "'", '"', "\\", "''", "a'b", "o'brien", "http://a.b/c'd?e=f&g", "a:*", "a & !b | (c <-> d)", "!", "-", "--",
    "-lamp", "OR", "or or", '"unclosed', "()", "<->", ":*", "\x00", "\x00lamp", "\ud7ff", "💡", "e\u0301", "ß", "%s",
    "%(x)s", "{}", "$1", ";", "/*", "\\'", "'':*", "a''b", "x@y.example", "1.5e10", "-1", "+49 30", "INC-", "INC-0",
    "inc-１２", "٣", "INC-99999999999", " ", "\t\n", "a" * 200, "a" * 5000, "🏴" * 100, "..", "C:\\temp\\x.exe",
    "/etc/passwd", "a\u202eb",
]  # fmt: skip


def is_answered(page: Page, query: str) -> bool:
    """With a page, or at the gate, where no text with a NUL passes."""
    return page.status == (400 if "\x00" in query else 200)


@pytest.mark.parametrize("query", ODD)
def test_odd_searches_find_little_and_break_nothing(cast: Cast, agent: Browser, query: str) -> None:
    reported(cast.reporter, title="o'brien saw http://a.b/c'd?e=f and C:\\temp\\x.exe")
    page = agent.get(QUEUE, {"q": query, "tab": "all"})
    assert is_answered(page, query)
    assert len(page.ids) == len(set(page.ids))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(query=TEXT | st.lists(st.sampled_from([*"'\"\\:*&|!()<->-% /@.", "a", "or", "INC-"]), max_size=12).map("".join))
@example(query="a'''b:*")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_search_is_answered(cast: Cast, agent: Browser, query: str) -> None:
    assert is_answered(agent.get(QUEUE, {"q": query}), query)


NAMES = ["q", "tab", "sort", "page", "status", "priority", "team", "service", "type"]
VALUES = st.sampled_from(["", "0", "-1", "9" * 30, "null", "\x00", "P1", "open", "new", "title", "1", "٣", "1,2", "[]"])


@given(query=st.dictionaries(st.sampled_from([*NAMES, "organisation", "reporter__name"]), VALUES | TEXT, max_size=5))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_address_is_answered(cast: Cast, agent: Browser, query: dict[str, Any]) -> None:
    assert is_answered(agent.get(QUEUE, query), "".join(query.values()))


@pytest.mark.parametrize("name", NAMES)
def test_any_value_of_any_filter_is_answered(cast: Cast, agent: Browser, name: str) -> None:
    reported(cast.reporter, service=cast.service)
    ours = (str(cast.team.pk), str(cast.team.public_id))
    for value in ("'", "\x00", "-1", "9" * 30, "٣", "a" * 5000, "💡", ["1", "", "x"], *ours):
        assert is_answered(agent.get(QUEUE, {name: value}), "".join(value)), (name, value)


def test_a_foreign_organisations_team_is_no_filter(cast: Cast, agent: Browser, quill: Organisation) -> None:
    mine = reported(cast.reporter, service=cast.service)
    with bound(quill.id):
        foreign = Team.objects.get(name="Printing")
    page = agent.get(QUEUE, {"team": foreign.public_id})
    assert shown(page) == numbers(mine)
    assert str(foreign.public_id) not in page.form_with("team").offers["team"]


def test_nobody_but_staff_sees_the_queue(cast: Cast, browse: Browse) -> None:
    for name, status in (("reporter", 404), ("stakeholder", 404), ("administrator", 403), ("auditor", 200)):
        assert browse(cast.members()[name]).get(QUEUE).status == status, name


def test_a_new_desk_says_that_all_is_well(agent: Browser) -> None:
    assert "Nothing waits in this view. Well done." in agent.get(QUEUE).text


def test_the_row_says_who_has_it(cast: Cast, agent: Browser) -> None:
    incident = reported(cast.reporter, service=cast.service)
    actions.assign(cast.agent, number=incident.number, assignee=person(cast.mate))
    text = agent.get(QUEUE).text
    for words in (cast.mate.name, "Printing", "Printers", cast.reporter.name, f"Waiting for {cast.mate.name}"):
        assert words in text

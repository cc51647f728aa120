"""Clusters: the pure rule, the search among a believable history, and what is decided about them."""

import random
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from incidents.models import DeskRules, Incident
from problems import actions, clusters
from problems.actions import scanning
from problems.clustering import DAYS, Key, Kind, Rule, Usual, day_before, is_alarming, is_silent, usual
from problems.drafts import Description
from problems.models import Cluster, Problem, Scan
from problems.vocabulary import words_of
from tenancy import clock, members
from tenancy.members import Denied
from tenancy.models import Organisation, TrailEntry
from tenancy.refusal import NotPossible
from tenancy.wall import bound, current_organisation_id
from tests.factories import MembershipFactory
from tests.incidents.conftest import Cast
from tests.incidents.factories import CategoryFactory, reported
from tests.problems.conftest import Enter
from tests.problems.factories import raised

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
RULE = Rule()
CANARY = "canary in the mine"
TITLES = (
    "Mail does not arrive",
    "Screen stays dark",
    "Password forgotten",
    "Mouse is broken",
    "Telephone is silent",
    "Door card refused",
    "Calendar shows wrong hours",
    "Monitor flickers",
    "Drive letter missing",
    "Headset crackles",
)


def laid(cast: Cast, times: Iterable[datetime], **facts: object) -> list[Incident]:
    """Incidents as they stand in the table, reported by turns."""
    people = [cast.reporter.id, cast.affected.id, cast.bystander.id, cast.participant.id]
    last = Incident.objects.count() + 10_000
    rows = [
        Incident(
            number=last + place,
            title=str(facts.get("title", TITLES[place % len(TITLES)])),
            service=facts.get("service", cast.service),
            category=facts.get("category"),
            error_code=str(facts.get("error_code", "")),
            restricted=bool(facts.get("restricted")),
            reporter_id=people[place % len(people)],
            logged_by_id=people[place % len(people)],
            occurred_at=at,
            reported_at=at,
            updated_at=at,
            priority="P3",
        )
        for place, at in enumerate(times)
    ]
    return Incident.objects.bulk_create(rows)


def history(cast: Cast, at: datetime, *, days: int = DAYS + 1, seed: int = 1) -> None:
    """A quiet past up to now: some sixty incidents a day, of ten sorts and four categories, at random."""
    chance = random.Random(seed)
    found = [CategoryFactory(name=f"Category {seed}-{place}") for place in range(4)]
    for place, title in enumerate(TITLES):
        times = [at - timedelta(seconds=chance.uniform(0, days * 86400)) for _turn in range(6 * days)]
        laid(cast, times, title=title, category=found[place % 4], error_code=f"E-{place}" if place % 3 == 0 else "")


def burst(at: datetime, number: int = 8) -> list[datetime]:
    """So many moments in the last three hours."""
    return [at - timedelta(minutes=10 + 20 * place) for place in range(number)]


@pytest.mark.parametrize("seed", range(4))
def test_a_quiet_history_gives_no_alarm(cast: Cast, seed: int) -> None:
    at = clock.now()
    history(cast, at, seed=seed)
    assert not any(scanning.search(at - timedelta(hours=hours)) for hours in range(0, 24, 4))
    assert not Cluster.objects.exists()


@pytest.mark.parametrize("kind", list(Kind))
def test_a_planted_cluster_is_found(cast: Cast, kind: Kind) -> None:
    at = clock.now()
    history(cast, at)
    own = [f"{word} {rest}" for word, rest in zip(("Bananas",) * 8, "abcdefgh", strict=True)]
    match kind:
        case Kind.CODE:
            planted = laid(cast, burst(at), error_code="X-99")
        case Kind.CATEGORY:
            planted = laid(cast, burst(at), category=CategoryFactory(name="Paper"))
        case Kind.WORD:
            planted = [
                one for title, when in zip(own, burst(at), strict=True) for one in laid(cast, [when], title=title)
            ]
    (found,) = scanning.search(at)
    assert (found.kind, found.count, found.people >= 1) == (kind, 8, True)
    assert found.value == {"code": "x-99", "category": str(planted[0].category_id), "word": "bananas"}[kind]
    shown = clusters.incidents_of([found], cast.agent)[found.pk]
    assert {one.pk for one in shown} == {one.pk for one in planted}
    assert TrailEntry.objects.get(kind="cluster.found").actor is None
    assert [one.pk for one in scanning.search(at)] == [found.pk], "and found again it is the same one"
    assert TrailEntry.objects.filter(kind="cluster.found").count() == 1


def test_what_alarms_for_several_reasons_is_one(cast: Cast) -> None:
    at = clock.now()
    paper = CategoryFactory(name="Paper")
    laid(cast, burst(at), error_code="X-99", category=paper, title="Bananas everywhere")
    (found,) = scanning.search(at)
    assert found.kind == "code"
    assert found.reasons == [["category", str(paper.pk)], ["word", "bananas"], ["word", "everywhere"]]


def test_what_has_a_problem_is_restricted_or_cancelled_makes_no_cluster(cast: Cast) -> None:
    at = clock.now()
    first, second, third = (laid(cast, burst(at, 4), error_code="X-99") for _turn in range(3))
    raised(cast.agent, first)
    Incident.objects.filter(pk__in=[one.pk for one in second]).update(restricted=True)
    Incident.objects.filter(pk__in=[one.pk for one in third]).update(status="cancelled")
    assert scanning.search(at) == []


def test_the_rules_of_the_desk_count(cast: Cast) -> None:
    at = clock.now()
    laid(cast, burst(at, 4), error_code="X-99")
    assert scanning.search(at) == []
    DeskRules.objects.update(cluster_least=3)
    assert len(scanning.search(at)) == 1
    DeskRules.objects.update(cluster_times=9)
    assert scanning.search(at) == []


def test_others_are_beyond_the_wall(cast: Cast, quill: Organisation) -> None:
    at = clock.now()
    laid(cast, burst(at, 4), error_code="X-99")
    with bound(quill.id):
        assert scanning.search(at) == []
    scanning.search(at)
    with bound(quill.id):
        assert not Cluster.objects.exists()


def test_dismissed_is_silent_until_it_doubles_or_a_week_has_passed(cast: Cast) -> None:
    at = clock.now()
    laid(cast, burst(at), error_code="X-99", title="")
    (found,) = scanning.search(at)
    actions.dismiss(cast.agent, cluster=found.public_id, reason="A drill.", at=at)
    entry = TrailEntry.objects.get(kind="cluster.dismissed")
    assert (entry.actor_id, entry.facts) == (cast.agent.id, {"count": 8})
    laid(cast, burst(at, 7), error_code="X-99", title="")
    assert scanning.search(at) == []
    laid(cast, burst(at, 1), error_code="X-99", title="")
    (again,) = scanning.search(at)
    assert (again.pk, again.state, again.count) == (found.pk, "open", 16)


def test_a_problem_is_raised_for_what_one_sees(cast: Cast) -> None:
    at = clock.now()
    planted = laid(cast, burst(at), error_code="X-99")
    (hidden,) = laid(cast, burst(at, 1), error_code="X-99", restricted=True)
    (found,) = scanning.search(at)
    problem = actions.raise_for_cluster(cast.agent, cluster=found.public_id, description=Description(title="Fuses"))
    assert {one.incident_id for one in problem.links.all()} == {one.pk for one in planted}
    found.refresh_from_db()
    assert (found.state, found.problem) == ("raised", problem)
    assert scanning.search(at) == []
    with pytest.raises(NotPossible):
        actions.dismiss(cast.agent, cluster=found.public_id, reason="Late.")
    assert hidden.restricted


def test_what_has_a_problem_is_of_no_cluster_that_waits(cast: Cast) -> None:
    at = clock.now()
    first, *others = laid(cast, burst(at), error_code="X-99", title="Bananas")
    (found,) = scanning.search(at)
    raised(cast.agent, [first])
    key = Key(Kind.WORD, found.service_id, "bananas")
    facts = {"kind": key.kind, "value": key.value, "service": cast.service, "state": Cluster.State.DISMISSED}
    times = {"first_seen": found.first_seen, "last_seen": found.last_seen}
    decided = Cluster.objects.create(key=str(key), **facts, **times, count=8, usual=0, people=1)
    shown = clusters.incidents_of([found, decided], cast.agent)
    assert {one.pk for one in shown[found.pk]} == {one.pk for one in others}
    assert {one.pk for one in shown[decided.pk]} == {one.pk for one in (first, *others)}


@pytest.mark.parametrize("name", ["reporter", "stakeholder"])
def test_requesters_see_none(cast: Cast, name: str) -> None:
    at = clock.now()
    laid(cast, burst(at), error_code="X-99")
    (found,) = scanning.search(at)
    with pytest.raises(Cluster.DoesNotExist):
        actions.dismiss(getattr(cast, name), cluster=found.public_id, reason="No.")


def test_auditors_decide_nothing(cast: Cast) -> None:
    at = clock.now()
    laid(cast, burst(at), error_code="X-99")
    (found,) = scanning.search(at)
    with pytest.raises(Denied):
        actions.dismiss(cast.auditor, cluster=found.public_id, reason="No.")
    with pytest.raises(NotPossible):
        actions.dismiss(cast.agent, cluster=found.public_id, reason=" ")


def test_a_key_has_one_row(cast: Cast) -> None:
    at = clock.now()
    laid(cast, burst(at), error_code="X-99")
    (found,) = scanning.search(at)
    twin = Cluster(key=found.key, kind="code", value="x-99", first_seen=at, last_seen=at, count=8, usual=0, people=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_the_engine_searches_every_few_minutes(cast: Cast) -> None:
    laid(cast, burst(clock.now()), error_code="X-99")
    assert scanning.attend_batch(current_organisation_id()) == 1
    assert Cluster.objects.count() == 1
    assert scanning.attend_batch(current_organisation_id()) == 0
    scan = Scan.objects.get()
    assert timedelta(minutes=4) < scan.due_at - clock.now() < timedelta(minutes=6)
    Cluster.objects.update(count=1)
    Scan.objects.update(due_at=clock.now())
    scanning.attend_batch(current_organisation_id())
    assert Cluster.objects.get().count == 1, "nothing has changed since, so nothing was looked at"


@pytest.mark.django_db(transaction=True)
def test_two_searches_at_once_find_one(harbour: Organisation) -> None:
    with bound(harbour.id):
        somebody = members.load(MembershipFactory(name="Ada"), harbour)
        for _turn in range(6):
            reported(somebody, error_code="X-99")
        Scan.objects.create(due_at=clock.now())
    start, took = threading.Barrier(2), list[int]()

    def attend() -> None:
        start.wait(10)
        took.append(scanning.attend_batch(harbour.id))
        connection.close()

    threads = [threading.Thread(target=attend) for _turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with bound(harbour.id):
        assert sorted(took) == [0, 1]
        assert Cluster.objects.get().count == 6
        assert TrailEntry.objects.filter(kind="cluster.found").count() == 1


def test_what_became_the_same_is_shown_once(cast: Cast) -> None:
    at = clock.now()
    wide, narrow = (
        Cluster.objects.create(
            key=f"{kind}:{cast.service.pk}:{value}",
            kind=kind,
            value=value,
            service=cast.service,
            reasons=reasons,
            first_seen=at,
            last_seen=at,
            count=8,
            usual=0,
            people=1,
        )
        for kind, value, reasons in (("word", "bananas", []), ("code", "x-99", [["word", "bananas"]]))
    )
    assert clusters.apart([wide, narrow]) == [narrow]
    wide.last_seen = at + timedelta(hours=1)
    assert clusters.apart([wide, narrow]) == [wide, narrow], "it went on without the other"


@given(st.lists(st.integers(0, 20), min_size=DAYS, max_size=DAYS), st.integers(0, 100))
def test_more_is_never_less_alarming(counts: list[int], count: int) -> None:
    normal = usual(counts)
    if is_alarming(count, normal, RULE):
        assert is_alarming(count + 1, normal, RULE)
        assert count >= RULE.least
        assert count >= RULE.times * normal.median


def test_chance_is_no_alarm() -> None:
    assert not is_alarming(4, Usual(), RULE)
    assert is_alarming(5, Usual(), RULE)
    assert not is_alarming(5, Usual(1, 1.2), RULE)
    assert is_alarming(9, Usual(1, 1.2), RULE)
    assert not is_alarming(8, Usual(3, 3), RULE)


def test_an_old_outbreak_hides_no_new_one() -> None:
    assert is_alarming(6, usual([40, 12, *[0] * (DAYS - 2)]), RULE)


def test_a_busy_day_is_no_outbreak_of_anything() -> None:
    counts, totals = [1, 0] * (DAYS // 2), [10, 10] * (DAYS // 2)
    assert is_alarming(7, usual(counts, totals, others=10), RULE)
    assert not is_alarming(7, usual(counts, totals, others=80), RULE)
    assert is_alarming(20, usual(counts, totals, others=80), RULE)


def test_days_are_compared_in_the_same_hours() -> None:
    assert day_before(NOW, NOW - timedelta(hours=1), RULE) is None
    assert day_before(NOW, NOW - timedelta(days=1, hours=3), RULE) == 1
    assert day_before(NOW, NOW - timedelta(days=1, hours=4), RULE) is None
    assert day_before(NOW, NOW - timedelta(days=DAYS), RULE) == DAYS
    assert day_before(NOW, NOW - timedelta(days=DAYS + 1), RULE) is None


def test_words_are_those_that_say_something() -> None:
    assert words_of("The VPN-tunnel is not up (E17) für Köln!") == {"vpn", "tunnel", "köln"}


def test_silence_ends() -> None:
    was = {"dismissed_at": NOW, "dismissed_count": 8}
    assert is_silent(**was, count=15, at=NOW + timedelta(days=6))
    assert not is_silent(**was, count=16, at=NOW)
    assert not is_silent(**was, count=8, at=NOW + timedelta(days=7))


def decided(client: Client, cluster: Cluster, what: str, **data: str) -> int:
    return client.post(reverse(f"desk:cluster-{what}", args=[cluster.public_id]), data).status_code


def test_the_page_tells_why_and_lets_decide(cast: Cast, enter: Enter) -> None:
    at = clock.now()
    laid(cast, burst(at), error_code="X-99", title="Bananas everywhere", category=CategoryFactory(name="Paper"))
    laid(cast, burst(at), title="Lamp is dark", service=None)
    client = enter(cast.agent)
    assert "No clusters now" in client.get(reverse("desk:clusters")).content.decode()
    code, _word = scanning.search(at)
    page = client.get(reverse("desk:clusters")).content.decode()
    assert "error code X-99, category Paper and the words “bananas”, “everywhere”" in page
    assert "usually none at this time of day" in page
    assert "4 people affected" in page
    assert "Error code X-99" in page
    form = client.get(reverse("desk:cluster-raise", args=[code.public_id])).content.decode()
    assert 'value="Bananas everywhere"' in form
    assert decided(client, code, "raise", title="") == 422
    assert decided(client, code, "raise", title="Bananas") == 302
    assert decided(client, code, "raise", title="Bananas") == 409
    word = Cluster.objects.get(state="open")
    assert decided(client, word, "dismiss", reason="") == 422
    assert decided(client, word, "dismiss", reason="A drill.") == 302
    assert "No clusters now" in client.get(reverse("desk:clusters")).content.decode()
    assert Problem.objects.get().links.count() == 8


def test_what_one_may_not_see_is_not_even_counted(cast: Cast, enter: Enter) -> None:
    at = clock.now()
    laid(cast, burst(at), error_code="X-99")
    laid(cast, burst(at, 1), error_code="X-99", title=CANARY, restricted=True)
    scanning.search(at)
    page = enter(cast.agent).get(reverse("desk:clusters")).content.decode()
    assert "8 incidents" in page
    assert CANARY not in page
    assert "9 incidents" in enter(cast.manager).get(reverse("desk:clusters")).content.decode()


def test_the_page_asks_as_often_for_many_as_for_few(cast: Cast, enter: Enter) -> None:
    at = clock.now()
    client = enter(cast.agent)

    def asked() -> int:
        client.get(reverse("desk:clusters"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("desk:clusters"))
        return len(queries)

    laid(cast, burst(at), error_code="X-0", title="", category=CategoryFactory())
    scanning.search(at)
    few = asked()
    for turn in range(1, 6):
        laid(cast, burst(at), error_code=f"X-{turn}", title="", category=CategoryFactory())
    assert len(scanning.search(at)) == 6
    assert asked() == few

"""A burst is a first message and one that holds the rest; nothing is lost, nothing urgent waits."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.db import connection
from django.db.models import F
from pytest_django import Settings

from notifications import bundles, delivery
from notifications.bursts import SHUT_FOR, Bundle, Scope, shut_for
from notifications.models import OutboxMessage
from notifications.outbox import Recipient
from tenancy import clock
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.notifications.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

Row = Callable[..., OutboxMessage]
Change = Callable[..., None]
RECORD = Bundle(Scope.RECORD, 1042)
MINUTE = timedelta(seconds=60)


@pytest.fixture
def tell(post: Callable[..., str], member: Callable[..., Member]) -> Callable[..., str]:
    """Post about a record: ``tell("what happened", record="INC-1042", urgent=False)``; returns its dedupe key."""
    ada = member("stakeholder", name="Ada Marsh", mail="ada@people.example")

    def one(text: str, *, record: str = "INC-1042", bundle: Bundle = RECORD, **more: object) -> str:
        to = Recipient("ada@people.example", "Ada Marsh", membership_id=ada.id)
        facts = {"text": text, "number": record, "title": f"Smoke in {record}", "reasons": ["reporter"]}
        return post(
            **{"kind": "incident_replied", "thread": record, **more}, to=to, record=record, bundle=bundle, facts=facts
        )

    return one


@pytest.fixture
def pass_time(harbour: Organisation) -> Callable[[timedelta], None]:
    """Let time pass: all moments of the outbox move into the past."""

    def go_by(time: timedelta) -> None:
        with bound(harbour.id):
            OutboxMessage.objects.update(
                due_at=F("due_at") - time,
                created_at=F("created_at") - time,
                shut_until=F("shut_until") - time,
                lease_until=F("lease_until") - time,
            )

    return go_by


def words(mail: EmailMessage) -> str:
    """The plain text."""
    part = mail.get_body(("plain",))
    assert part
    return str(part.get_content())


def never(_still: dict[str, object]) -> bool:
    """A condition that does not hold."""
    return False


def without_links(mail: EmailMessage) -> str:
    """The plain text without addresses: they are sealed anew each time."""
    return re.sub(r"http\S+", "", words(mail))


def test_what_goes_to_another_address_is_no_part_of_it(
    sink: Sink, tell: Callable[..., str], change: Change, pass_time: Callable[[timedelta], None]
) -> None:
    change(tell("First."), address="old@people.example")
    tell("Second.")
    change(tell("Third."), address="old@people.example")
    delivery.deliver_due()
    pass_time(MINUTE)
    delivery.deliver_due()
    old, new = sink.kept
    assert (old["To"].addresses[0].addr_spec, "Third." in words(old)) == ("old@people.example", True)
    assert (new["To"].addresses[0].addr_spec, "Second." in words(new)) == ("ada@people.example", True)
    assert "Second." not in words(old)


def test_the_windows_grow_for_a_service_only() -> None:
    assert [shut_for("record:1:2", turn, MINUTE).seconds for turn in range(3)] == [60, 60, 60]
    assert [shut_for("service:1:2", turn, MINUTE).seconds for turn in range(5)] == [60, 300, 1200, 3600, 3600]
    assert set(SHUT_FOR) == set(Scope)


def test_two_hundred_changes_in_a_minute_are_two_messages(
    sink: Sink, tell: Callable[..., str], row: Row, pass_time: Callable[[timedelta], None]
) -> None:
    first = tell("word 0.")
    delivery.deliver_due()
    assert len(sink.kept) == 1
    rest = []
    for number in range(1, 200):
        rest.append(tell(f"word {number}."))
        if number % 40 == 0:
            delivery.deliver_due()
            pass_time(timedelta(seconds=10))
    delivery.deliver_due()
    assert len(sink.kept) == 1
    pass_time(MINUTE)
    delivery.deliver_due()
    pass_time(MINUTE)
    delivery.deliver_due()
    one, bundle = sink.kept
    assert "word 0." in words(one)
    assert [n for n in range(200) if f"word {n}." in words(bundle)] == list(range(1, 200))
    assert str(bundle["Subject"]) == "[INC-1042] 199 changes: Smoke in INC-1042"
    assert bundle["References"] == one["References"]
    assert {row(key).state for key in [first, *rest]} == {"sent"}
    assert {row(key).attempts for key in rest[1:]} == {0}
    html = bundle.get_body(("html",))
    assert html
    assert all(f"word {n}." in str(html.get_content()) for n in range(1, 200))


def test_what_comes_later_goes_at_once_again(
    sink: Sink, tell: Callable[..., str], pass_time: Callable[[timedelta], None]
) -> None:
    for _ in range(3):
        tell("Well.")
        delivery.deliver_due()
        pass_time(MINUTE)
    assert len(sink.kept) == 3
    assert "Ben Okoro wrote" in words(sink.kept[2])


def test_what_is_urgent_goes_at_once_and_takes_along_what_waits(
    sink: Sink, tell: Callable[..., str], row: Row, pass_time: Callable[[timedelta], None]
) -> None:
    tell("First.")
    delivery.deliver_due()
    waits = tell("This waits.")
    delivery.deliver_due()
    tell("Which colour?", kind="incident_question", urgent=True)
    tell("And which shape?", kind="incident_question", urgent=True)
    delivery.deliver_due()
    assert [str(mail["Subject"]) for mail in sink.kept[1:]] == ["[INC-1042] A question for you: Smoke in INC-1042"] * 2
    assert "This waits." in words(sink.kept[1])
    assert "This waits." not in words(sink.kept[2])
    assert row(waits).state == "sent"
    pass_time(MINUTE)
    delivery.deliver_due()
    assert len(sink.kept) == 3


def test_other_records_and_messages_without_a_bundle_don_t_wait(
    sink: Sink, tell: Callable[..., str], post: Callable[..., str]
) -> None:
    tell("First.")
    delivery.deliver_due()
    tell("Other.", record="INC-7", bundle=Bundle(Scope.RECORD, 7))
    post("ada@people.example")
    delivery.deliver_due()
    assert len(sink.kept) == 3


def test_a_storm_over_a_service_is_three_messages(
    sink: Sink, tell: Callable[..., str], pass_time: Callable[[timedelta], None]
) -> None:
    """A thousand incidents in five minutes, a delivery after every ten."""
    service = Bundle(Scope.SERVICE, 5)
    for number in range(1000):
        tell("", record=f"INC-{2000 + number}", bundle=service, kind="incident_new")
        if number % 10 == 0:
            delivery.deliver_due()
            pass_time(timedelta(seconds=2.99))
    for _ in range(6):
        pass_time(timedelta(seconds=400))
        delivery.deliver_due()
    assert len(sink.kept) <= 3
    everything = "\n".join(f"{mail['Subject']}\n{words(mail)}" for mail in sink.kept)
    assert [n for n in range(2000, 3000) if f"INC-{n}" not in everything] == []
    assert "Payroll: news of" in str(sink.kept[1]["Subject"])


def test_a_burst_that_is_over_begins_anew(
    harbour: Organisation, sink: Sink, tell: Callable[..., str], row: Row, pass_time: Callable[[timedelta], None]
) -> None:
    told = []
    for pause in (0, 70, 0, 65, 10, 300, 1300):
        pass_time(timedelta(seconds=pause))
        key = tell("Well.", bundle=Bundle(Scope.SERVICE, 5))
        delivery.deliver_due()
        told.append(row(key).state)
    assert told == ["sent", "sent", "pending", "sent", "pending", "sent", "sent"]
    with bound(harbour.id):
        sent = OutboxMessage.objects.filter(lead=None).order_by("id")
        assert list(sent.values_list("turn", flat=True)) == [0, 0, 1, 2, 0]
    assert len(sink.kept) == 5


class TestTrouble:
    """A bundle is one message: the same words under the same id, as often as it takes."""

    def test_what_is_in_it_stays_the_same_after_a_cut_line(
        self, sink: Sink, tell: Callable[..., str], row: Row, pass_time: Callable[[timedelta], None]
    ) -> None:
        tell("First.")
        delivery.deliver_due()
        second, third = tell("Second."), tell("Third.")
        delivery.deliver_due()
        pass_time(MINUTE)
        sink.hangs_up = 1
        delivery.deliver_due()
        assert (row(second).state, row(third).state) == ("pending", "carried")
        tell("Fourth.")
        pass_time(MINUTE)
        delivery.deliver_due()
        delivery.deliver_due()
        assert len(sink.kept) == 4
        assert sink.ids[1] == sink.ids[2] == row(second).message_id
        assert without_links(sink.kept[1]) == without_links(sink.kept[2])
        assert "Fourth." not in words(sink.kept[2])
        assert "Fourth." in words(sink.kept[3])
        assert row(third).state == "sent"

    def test_a_dead_worker_s_bundle_is_sent_by_another(
        self, harbour: Organisation, sink: Sink, tell: Callable[..., str], row: Row, change: Change
    ) -> None:
        first, second = tell("First."), tell("Second.")
        (claimed,) = delivery._claim(harbour.id)
        assert [one.dedupe for one in claimed.carries] == [second]
        change(first, lease_until=clock.now())
        delivery.deliver_due()
        assert sink.ids == [row(first).message_id]
        assert "Second." in words(sink.kept[0])
        assert row(second).state == "sent"

    def test_what_is_refused_is_given_up_with_all_that_is_in_it(
        self, sink: Sink, tell: Callable[..., str], row: Row
    ) -> None:
        sink.refuses["ada@people.example"] = "550 5.1.1 No such user"
        keys = [tell("First."), tell("Second.")]
        delivery.deliver_due()
        assert [(row(key).state, row(key).last_error) for key in keys] == [("failed", "550 5.1.1 No such user")] * 2

    def test_one_that_cannot_be_shown_does_not_take_the_others_along(
        self, sink: Sink, tell: Callable[..., str], row: Row, pass_time: Callable[[timedelta], None]
    ) -> None:
        fine, poisoned, also_fine = tell("Fine."), tell("Bad.", kind="no_such_kind"), tell("Also fine.")
        delivery.deliver_due()
        pass_time(MINUTE)
        delivery.deliver_due()
        assert [row(key).state for key in (fine, poisoned, also_fine)] == ["sent", "pending", "sent"]
        assert "Also fine." in "".join(map(words, sink.kept))

    def test_what_is_not_needed_any_more_leaves_behind_what_it_carried(
        self,
        sink: Sink,
        tell: Callable[..., str],
        row: Row,
        pass_time: Callable[[timedelta], None],
        settings: Settings,
    ) -> None:
        settings.STILL_SO = {"never": f"{__name__}.never"}
        tell("First.")
        delivery.deliver_due()
        waits = tell("This waits.")
        over = tell("Look!", urgent=True, still={"name": "never"})
        delivery.deliver_due()
        assert (row(over).state, row(waits).state) == ("dropped", "pending")
        pass_time(MINUTE)
        pass_time(MINUTE)
        delivery.deliver_due()
        assert "This waits." in words(sink.kept[-1])

    def test_two_workers_send_no_more_than_one_would(self, sink: Sink, tell: Callable[..., str]) -> None:
        for record in range(40):
            for text in ("Once.", "Twice."):
                tell(text, record=f"INC-{record}", bundle=Bundle(Scope.RECORD, record))
        start = threading.Barrier(2)

        def work() -> None:
            start.wait()
            try:
                delivery.deliver_due()
            finally:
                connection.close()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)
        assert len(sink.ids) == len(set(sink.ids)) == 40
        assert sum(words(mail).count("Once.") + words(mail).count("Twice.") for mail in sink.kept) == 80

    def test_who_decides_for_too_long_holds_up_their_own_organisation_only(
        self,
        harbour: Organisation,
        quill: Organisation,
        sink: Sink,
        post: Callable[..., str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(bundles, "PATIENCE", "100ms")
        held, done = threading.Event(), threading.Event()

        def hang() -> None:
            with bound(harbour.id):
                bundles.hold(harbour.id)
                held.set()
                done.wait(20)
            connection.close()

        hanging = threading.Thread(target=hang)
        hanging.start()
        held.wait(10)
        post()
        post("ada@quill.example", organisation=quill)
        delivery.deliver_due()
        done.set()
        hanging.join(10)
        assert [to for _, to in sink.envelopes] == [["ada@quill.example"]]
        delivery.deliver_due()
        assert len(sink.kept) == 2

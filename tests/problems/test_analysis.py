"""Why it happens: statements, their evidence, and the root cause that has to be one of them."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from incidents import actions as incident_actions
from incidents.priority import Impact, Urgency
from notifications.models import OutboxMessage
from problems import actions
from problems.analysis import DEEPEST, Belief, Branch, Kind, Loss, chain, fits, is_web_address, loss
from problems.drafts import ArticleDraft, Assessment, EvidenceDraft, StatementDraft
from problems.lifecycle import Refused, Verb
from problems.models import Evidence, Problem, Statement, Withdrawal
from problems.views.offered import likeliest
from tenancy import clock, members
from tenancy.members import Denied, Member
from tenancy.models import Membership, Organisation, TrailEntry
from tenancy.refusal import NotPossible
from tenancy.wall import bound
from tests.incidents.conftest import Cast
from tests.incidents.factories import reported
from tests.problems.conftest import Enter
from tests.problems.factories import brought, concluded, raised, shown, stated
from tests.problems.test_pages import act

CANARY = "canary in the mine"


def page(enter: Enter, member: Member, problem: Problem, **query: str) -> str:
    address = reverse("desk:problem-analysis", args=[problem.number])
    answer = enter(member).get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


@given(st.lists(st.integers(0, 30), max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_nothing_ever_hangs_below_itself(parents: list[int], one: int, parent: int) -> None:
    tree = {key: above if above < key else None for key, above in enumerate(parents)}
    for key in tree:
        line = chain(tree, key)
        assert line[-1] == key
        assert len(set(line)) == len(line)
    if one in tree and parent in tree and fits(tree, one, parent):
        moved = {**tree, one: parent}
        assert one not in chain(tree, parent)
        assert all(len(chain(moved, key)) <= DEEPEST for key in tree if one in chain(moved, key))


def test_a_chain_that_bites_its_tail_still_ends() -> None:
    assert sorted(chain({1: 2, 2: 1}, 1)) == [1, 2]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://status.example/7", True),
        ("http://10.0.0.1:8080/x", True),
        ("javascript:alert(1)", False),
        ("ftp://files.example/", False),
        ("https://", False),
        ("http://[", False),
        ("//status.example", False),
    ],
)
def test_only_web_addresses_are_links(text: str, is_one: bool) -> None:
    assert is_web_address(text) is is_one


def test_whys_form_a_tree_within_one_problem(cast: Cast) -> None:
    problem, other = raised(cast.agent), raised(cast.agent)
    top = stated(cast.agent, problem, "The printer smokes")
    why = stated(cast.agent, problem, "The fuser is too hot", parent=top, branch=Branch.TECHNOLOGY)
    assert why.parent == top
    assert (why.said_by_id, why.state, why.branch) == (cast.agent.id, "open", "technology")
    with pytest.raises(Refused, match="no such statement"):
        stated(cast.agent, other, "Elsewhere", parent=top)
    with pytest.raises(Refused, match="hang there"):
        reword(cast.agent, problem, top, "The printer smokes", parent=why)
    with pytest.raises(Refused, match="hang there"):
        reword(cast.agent, problem, top, "The printer smokes", parent=top)
    with pytest.raises(Refused):
        stated(cast.agent, problem, "  ")
    assert Statement.objects.count() == 2


def reword(member: Member, problem: Problem, one: Statement, text: str, parent: Statement | None = None) -> Statement:
    draft = StatementDraft(text=text, parent=parent.public_id if parent else None)
    return actions.reword(member, number=problem.number, statement=one.public_id, draft=draft)


def test_a_statement_is_moved_and_edited_until_it_is_judged(cast: Cast) -> None:
    problem = raised(cast.agent)
    first, second = (stated(cast.agent, problem, text) for text in ("Fuses melt", "The load is too high"))
    moved = reword(cast.agent, problem, first, "Two fuses melt", parent=second)
    assert (moved.text, moved.parent) == ("Two fuses melt", second)
    judge(cast.problem_manager, problem, first, Belief.RULED_OUT, "They don’t.")
    with pytest.raises(Refused, match="judged already"):
        reword(cast.agent, problem, first, "Three fuses melt")
    judge(cast.problem_manager, problem, first, Belief.OPEN, "They do.")
    assert reword(cast.agent, problem, first, "Three fuses melt").parent is None


def judge(member: Member, problem: Problem, one: Statement, belief: Belief, reason: str = "") -> Statement:
    return actions.judge(member, number=problem.number, statement=one.public_id, belief=belief, reason=reason)


def test_nothing_is_confirmed_without_evidence_or_ruled_out_without_a_word(cast: Cast) -> None:
    problem = raised(cast.agent)
    one = stated(cast.agent, problem, "Fuses melt")
    with pytest.raises(Refused, match="add evidence"):
        judge(cast.problem_manager, problem, one, Belief.CONFIRMED, "I know it.")
    with pytest.raises(Refused, match="Say why"):
        judge(cast.problem_manager, problem, one, Belief.RULED_OUT)
    shown(cast.agent, problem, one)
    judged = judge(cast.problem_manager, problem, one, Belief.CONFIRMED)
    assert (judged.state, judged.judged_by_id) == ("confirmed", cast.problem_manager.id)
    entry = TrailEntry.objects.get(kind="problem.judged")
    changed = {"status": ["new", "investigating"]}
    assert entry.facts == {"changed": changed, "statement_id": one.pk, "judgement": ["open", "confirmed"]}
    judge(cast.problem_manager, problem, one, Belief.CONFIRMED)
    assert TrailEntry.objects.filter(kind="problem.judged").count() == 1


def test_who_contributes_states_and_supports_and_who_works_on_it_judges(cast: Cast) -> None:
    problem = raised(cast.problem_manager)
    one = stated(cast.agent, problem, "Fuses melt")
    shown(cast.agent, problem, one)
    with pytest.raises(Denied):
        judge(cast.agent, problem, one, Belief.CONFIRMED)
    coordinator = type(one.said_by).objects.get(pk=cast.agent.id)
    actions.appoint(cast.problem_manager, number=problem.number, manager=None, coordinator=coordinator)
    assert judge(cast.agent, problem, one, Belief.CONFIRMED).state == "confirmed"


@pytest.mark.parametrize("name", ["reporter", "stakeholder", "auditor", "administrator"])
def test_others_say_nothing(cast: Cast, name: str) -> None:
    problem = raised(cast.problem_manager)
    with pytest.raises((Denied, Problem.DoesNotExist)):
        stated(getattr(cast, name), problem, "Fuses melt")
    assert not Statement.objects.exists()


def test_a_closed_problem_takes_no_more(cast: Cast) -> None:
    problem = raised(cast.problem_manager)
    one = stated(cast.agent, problem, "Fuses melt")
    actions.cancel(cast.problem_manager, number=problem.number, reason="A drill.")
    with pytest.raises(Refused):
        stated(cast.agent, problem, "More")
    with pytest.raises(Refused):
        shown(cast.agent, problem, one)
    with pytest.raises(Refused):
        judge(cast.problem_manager, problem, one, Belief.RULED_OUT, "No.")
    with pytest.raises(Refused):
        reword(cast.agent, problem, one, "Less")


def support(member: Member, problem: Problem, one: Statement, draft: EvidenceDraft) -> Evidence:
    return actions.support(member, number=problem.number, statement=one.public_id, evidence=draft)


def test_evidence_of_each_kind(cast: Cast) -> None:
    incident = reported(cast.reporter)
    problem = raised(cast.agent, [incident])
    one = stated(cast.agent, problem, "Fuses melt")
    (file,) = incident_actions.keep(cast.agent, uploads=[upload()], kind="evidence")
    type(file).objects.filter(pk=file.pk).update(incident=incident)
    drafts = [
        EvidenceDraft(kind=Kind.INCIDENT, incident=incident.number),
        EvidenceDraft(kind=Kind.LINK, url="https://status.example/7"),
        EvidenceDraft(kind=Kind.MEASUREMENT, value=Decimal("0"), unit="A", words="Current at noon"),
        EvidenceDraft(kind=Kind.FILE, file=file.uuid),
    ]
    assert [support(cast.agent, problem, one, draft).kind for draft in drafts] == list(Kind)
    for draft in drafts:
        support(cast.agent, problem, one, draft)
    assert Evidence.objects.count() == len(drafts)
    assert Evidence.objects.get(kind=Kind.FILE).incident == incident
    empty = [
        EvidenceDraft(kind=Kind.INCIDENT),
        EvidenceDraft(kind=Kind.LINK, url="javascript:alert(1)"),
        EvidenceDraft(kind=Kind.MEASUREMENT, words="Current at noon"),
        EvidenceDraft(kind=Kind.MEASUREMENT, value=Decimal("1")),
        EvidenceDraft(kind=Kind.FILE),
    ]
    for draft in empty:
        with pytest.raises(Refused):
            support(cast.agent, problem, one, draft)
    with pytest.raises(NotPossible, match="INC-9999"):
        support(cast.agent, problem, one, EvidenceDraft(kind=Kind.INCIDENT, incident=9999))
    assert Evidence.objects.count() == len(drafts)


def test_a_file_of_the_problem_is_evidence(cast: Cast, enter: Enter) -> None:
    incident = reported(cast.reporter)
    problem, other = raised(cast.agent, [incident]), raised(cast.agent)
    one, elsewhere = stated(cast.agent, problem, "Fuses melt"), stated(cast.agent, other, "It is damp")
    file = brought(cast.agent, problem)
    client = enter(cast.agent)
    address = reverse("desk:problem-analysis", args=[problem.number])
    page = client.get(address, {"do": "support", "about": one.public_id})
    assert f'<option value="{file.uuid}">fuse.txt</option>' in page.content.decode()
    sent = {"statement": one.public_id, "kind": "file", "file": str(file.uuid)}
    act = reverse("desk:problem-act", args=[problem.number, Verb.SUPPORT])
    assert client.post(act, sent).status_code == client.post(act, sent).status_code == 302
    found = Evidence.objects.get()
    assert (found.file, found.attachment, found.incident) == (file, None, None)
    shown = enter(cast.auditor).get(address).content.decode()
    assert reverse("desk:problem-file", args=[file.uuid]) in shown
    with pytest.raises(Refused):
        support(cast.agent, other, elsewhere, EvidenceDraft(kind=Kind.FILE, file=file.uuid))


def test_evidence_is_one_file_and_not_two(cast: Cast) -> None:
    incident = reported(cast.reporter)
    problem = raised(cast.agent, [incident])
    one, file = stated(cast.agent, problem, "Fuses melt"), brought(cast.agent, problem)
    (theirs,) = incident_actions.keep(cast.agent, uploads=[upload()], kind="evidence")
    facts = {"statement": one, "kind": Kind.FILE, "added_by_id": cast.agent.id, "added_at": clock.now()}
    for wrong in (
        {},
        {"attachment": theirs},
        {"file": file, "incident": incident},
        {"file": file, "attachment": theirs},
    ):
        with pytest.raises(IntegrityError, match="is_there"), transaction.atomic():
            Evidence.objects.create(**facts, **wrong)


def withdraw(member: Member, problem: Problem, evidence: Evidence, reason: str = "It was another printer.") -> Loss:
    return actions.withdraw(member, number=problem.number, evidence=evidence.public_id, reason=reason)


@given(st.sampled_from(Belief), st.booleans(), st.booleans(), st.booleans())
def test_nothing_stays_judged_on_nothing(belief: Belief, is_cause: bool, has_reason: bool, has_more: bool) -> None:
    lost = loss(belief, is_cause=is_cause, has_reason=has_reason, has_more=has_more)
    may_stay = has_more or belief is Belief.OPEN or (belief is Belief.RULED_OUT and has_reason)
    assert (lost is Loss.NOTHING) == may_stay
    assert may_stay or (lost is Loss.CAUSE) == is_cause


def test_a_judgement_falls_with_its_last_evidence(cast: Cast) -> None:
    problem = raised(cast.problem_manager)
    one = stated(cast.agent, problem, "Fuses melt")
    first, second = (
        support(cast.agent, problem, one, EvidenceDraft(kind=Kind.LINK, url=f"https://status.example/{n}"))
        for n in range(2)
    )
    judge(cast.problem_manager, problem, one, Belief.CONFIRMED, "Twice.")
    with pytest.raises(Denied):
        withdraw(cast.agent, problem, first)
    with pytest.raises(Refused):
        withdraw(cast.problem_manager, problem, first, "  ")
    assert withdraw(cast.problem_manager, problem, first) is Loss.NOTHING
    with pytest.raises(Refused, match="already"):
        withdraw(cast.problem_manager, problem, first)
    assert withdraw(cast.problem_manager, problem, second) is Loss.JUDGEMENT
    one.refresh_from_db()
    assert (one.state, one.judged_by, one.judged_at, one.judgement) == ("open", None, None, "")
    told = [entry.facts for entry in TrailEntry.objects.filter(kind="problem.evidence_withdrawn").order_by("id")]
    assert told == [
        {"statement_id": one.pk, "evidence_id": first.pk},
        {"statement_id": one.pk, "evidence_id": second.pk, "judgement": ["confirmed", "open"]},
    ]
    with pytest.raises(Refused, match="add evidence"):
        judge(cast.problem_manager, problem, one, Belief.CONFIRMED)
    draft = EvidenceDraft(kind=Kind.LINK, url=first.url)
    again = support(cast.agent, problem, one, draft)
    assert again.pk != first.pk
    assert withdraw(cast.agent, problem, again) is Loss.NOTHING  # nobody judges it now
    assert Withdrawal.objects.filter(by=cast.agent.id).count() == 1


def test_what_was_ruled_out_with_a_reason_stays_so(cast: Cast) -> None:
    problem = raised(cast.problem_manager)
    with_reason, without = stated(cast.agent, problem, "Fuses melt"), stated(cast.agent, problem, "It is damp")
    shows = [shown(cast.agent, problem, one) for one in (with_reason, without)]
    judge(cast.problem_manager, problem, with_reason, Belief.RULED_OUT, "None did.")
    judge(cast.problem_manager, problem, without, Belief.RULED_OUT)
    lost = [withdraw(cast.problem_manager, problem, one) for one in shows]
    assert lost == [Loss.NOTHING, Loss.JUDGEMENT]


def test_a_root_cause_falls_with_its_last_evidence_and_everybody_reads_it(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.problem_manager)
    actions.work_around(cast.problem_manager, number=problem.number, workaround="Use the other one.")
    one = concluded(cast.problem_manager, problem, "Fuses melt")
    evidence = one.evidence.get()
    said = {"cause": "Melting fuses", "evidence": "Seen.", "statement": one.public_id}
    actions.establish(cast.problem_manager, number=problem.number, **said)
    draft = ArticleDraft(title="Hot printers", cause="Melting fuses", workaround="Use the other one.")
    article = actions.write_article(cast.problem_manager, draft=draft, problem=problem.number)
    actions.publish(cast.problem_manager, article=article.public_id)
    actions.watch(cast.agent, number=problem.number)
    mark, client = str(evidence.public_id), enter(cast.problem_manager)
    offered = f'id="do-withdraw-{mark}"'
    assert offered not in page(enter, cast.agent, problem)
    assert "it is not known any more." in page(enter, cast.problem_manager, problem, do="withdraw", about=mark)
    assert act(client, problem, Verb.WITHDRAW, evidence=mark) == 422
    sent = {"evidence": mark, "reason": "It was another printer."}
    answer = client.post(reverse("desk:problem-act", args=[problem.number, Verb.WITHDRAW]), sent, follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"#evidence-{mark}")
    shows = answer.content.decode()
    assert "Nothing shows the root cause any more" in shows
    assert "It was another printer." in shows
    assert offered not in shows
    assert 'id="chain"' not in shows
    home = client.get(reverse("desk:problem", args=[problem.number])).content.decode()
    for text in ("It is not known any more", "Melting fuses", "Hot printers", "which is not known any more"):
        assert text in home
    problem.refresh_from_db()
    one.refresh_from_db()
    assert not problem.is_known_error
    assert (one.is_cause, one.state) == (False, "open")
    told = OutboxMessage.objects.filter(facts__event="problem_cause_lost")
    assert list(told.values_list("to_id", flat=True)) == [cast.agent.id]
    assert act(client, problem, Verb.WITHDRAW, **sent) == 409
    shown(cast.agent, problem, one)
    judge(cast.problem_manager, problem, one, Belief.CONFIRMED)
    actions.establish(cast.problem_manager, number=problem.number, **said)
    problem.refresh_from_db()
    assert problem.is_known_error


@pytest.mark.parametrize("is_assessed", [False, True])
def test_whoever_judges_is_investigating(cast: Cast, is_assessed: bool) -> None:
    problem = raised(cast.problem_manager)
    if is_assessed:
        assessment = Assessment(impact=Impact.GROUP, urgency=Urgency.HIGH)
        actions.assess(cast.problem_manager, number=problem.number, assessment=assessment)
    shown(cast.agent, problem, stated(cast.agent, problem, "Fuses melt"))
    problem.refresh_from_db()
    assert problem.status == ("assessed" if is_assessed else "new")
    assert likeliest(problem) is Verb.INVESTIGATE
    one = concluded(cast.problem_manager, problem, "It is damp")
    problem.refresh_from_db()
    assert problem.status == "investigating"
    assert TrailEntry.objects.get(kind="problem.judged").facts["changed"]["status"][1] == "investigating"
    assert likeliest(problem) is Verb.ESTABLISH
    said = {"cause": "Damp", "evidence": "Seen.", "statement": one.public_id}
    actions.establish(cast.problem_manager, number=problem.number, **said)
    problem.refresh_from_db()
    assert likeliest(problem) is Verb.FIX
    withdraw(cast.problem_manager, problem, one.evidence.get())
    problem.refresh_from_db()
    assert likeliest(problem) is Verb.ESTABLISH
    actions.begin_fix(cast.problem_manager, number=problem.number)
    judge(cast.problem_manager, problem, one, Belief.RULED_OUT, "It is dry.")
    problem.refresh_from_db()
    assert problem.status == "fixing"


def test_a_problem_that_is_resolved_keeps_its_root_cause(cast: Cast) -> None:
    problem = raised(cast.problem_manager)
    one = concluded(cast.problem_manager, problem, "Fuses melt")
    said = {"cause": "Melting fuses", "evidence": "Seen.", "statement": one.public_id}
    actions.establish(cast.problem_manager, number=problem.number, **said)
    actions.apply_fix(cast.problem_manager, number=problem.number, note="New fuses.", tested_how="Printed.")
    with pytest.raises(Refused, match="Reopen the problem"):
        withdraw(cast.problem_manager, problem, one.evidence.get())
    assert not Withdrawal.objects.exists()


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("fuse.txt", b"molten", content_type="text/plain")


def test_a_root_cause_is_a_confirmed_statement_with_evidence(cast: Cast, enter: Enter) -> None:
    problem, other = raised(cast.problem_manager), raised(cast.problem_manager)
    one = stated(cast.agent, problem, "Fuses melt")
    foreign = concluded(cast.problem_manager, other, "Elsewhere")
    said = {"cause": "Melting fuses", "evidence": "Three of them lie here."}
    for statement in (None, one.public_id, foreign.public_id):
        with pytest.raises(Refused):
            actions.establish(cast.problem_manager, number=problem.number, statement=statement, **said)
    client = enter(cast.problem_manager)
    home = reverse("desk:problem", args=[problem.number])
    early = client.get(home, {"do": Verb.ESTABLISH}).content.decode()
    assert "None is yet." in early
    assert act(client, problem, Verb.ESTABLISH, **said) == 422
    shown(cast.agent, problem, one)
    judge(cast.problem_manager, problem, one, Belief.CONFIRMED)
    assert "None is yet." not in client.get(home, {"do": Verb.ESTABLISH}).content.decode()
    assert act(client, problem, Verb.ESTABLISH, statement=str(one.public_id), **said) == 302
    one.refresh_from_db()
    problem.refresh_from_db()
    assert one.is_cause
    assert problem.cause_known_at is not None
    shows = client.get(home).content.decode()
    assert "Fuses melt" in shows
    assert "#chain" in shows
    assert 'id="chain"' in page(enter, cast.problem_manager, problem)
    for belief in (Belief.OPEN, Belief.RULED_OUT):
        with pytest.raises(Refused, match="is the root cause"):
            judge(cast.problem_manager, problem, one, belief, "Hm.")


def test_another_root_cause_takes_the_place_of_the_first(cast: Cast) -> None:
    problem = raised(cast.problem_manager)
    first, second = (concluded(cast.problem_manager, problem, text) for text in ("Fuses melt", "Too much load"))
    for one in (first, second):
        said = {"cause": one.text, "evidence": "Seen.", "statement": one.public_id}
        actions.establish(cast.problem_manager, number=problem.number, **said)
    assert list(problem.statements.filter(is_cause=True)) == [second]
    assert judge(cast.problem_manager, problem, first, Belief.RULED_OUT, "It was the load.").state == "ruled_out"


def test_hypotheses_of_its_incidents_flow_in_once(cast: Cast, enter: Enter) -> None:
    incident = reported(cast.reporter, service=cast.service)
    guess = incident_actions.suspect(cast.mate, number=incident.number, suspicion="A dead mouse", test="Look inside")
    other = reported(cast.reporter)
    elsewhere = incident_actions.suspect(cast.agent, number=other.number, suspicion="A live mouse")
    problem = raised(cast.problem_manager, [incident])
    shows = page(enter, cast.agent, problem)
    assert "A dead mouse" in shows
    assert "A live mouse" not in shows
    client = enter(cast.agent)
    for _turn in range(2):
        assert act(client, problem, Verb.ADOPT, hypothesis=str(guess.public_id)) == 302
    taken = Statement.objects.get()
    assert (taken.text, taken.said_by_id, taken.state) == ("A dead mouse", cast.mate.id, "open")
    assert (Evidence.objects.get().incident, Evidence.objects.get().words) == (incident, "Look inside")
    assert TrailEntry.objects.filter(kind="problem.hypothesis_adopted").count() == 1
    assert "Suspected on its incidents" not in page(enter, cast.agent, problem)
    assert act(client, problem, Verb.ADOPT, hypothesis=str(elsewhere.public_id)) == 409
    assert judge(cast.problem_manager, problem, taken, Belief.CONFIRMED).state == "confirmed"


def test_what_restricted_incidents_say_stays_with_them(cast: Cast, enter: Enter) -> None:
    hidden = reported(cast.reporter, title=CANARY)
    incident_actions.route(cast.agent, number=hidden.number, team=cast.other_team)
    guesses = [
        incident_actions.suspect(cast.agent, number=hidden.number, suspicion=f"{CANARY} {place}") for place in range(2)
    ]
    problem = raised(cast.manager, [hidden])
    actions.adopt(cast.manager, number=problem.number, hypothesis=guesses[0].public_id)
    one = stated(cast.manager, problem, "Fuses melt")
    support(cast.manager, problem, one, EvidenceDraft(kind=Kind.INCIDENT, incident=hidden.number, words=CANARY))
    below = stated(cast.manager, problem, "Birds sing", parent=Statement.objects.get(source=guesses[0]))
    assert CANARY in page(enter, cast.problem_manager, problem)
    incident_actions.restrict(cast.manager, number=hidden.number)
    for query in ({}, {"do": "reword", "about": str(below.public_id)}, {"do": "support", "about": str(one.public_id)}):
        shows = page(enter, cast.problem_manager, problem, **query)
        assert CANARY not in shows
        assert hidden.label not in shows
        assert "Birds sing" in shows
    assert CANARY in page(enter, cast.manager, problem)
    with pytest.raises(Refused, match="no such hypothesis"):
        actions.adopt(cast.manager, number=problem.number, hypothesis=guesses[1].public_id)
    assert reword(cast.problem_manager, problem, below, "Birds shout").parent == below.parent
    with pytest.raises(NotPossible):
        support(cast.problem_manager, problem, one, EvidenceDraft(kind=Kind.INCIDENT, incident=hidden.number))
    for unseen in Evidence.objects.filter(incident=hidden):
        with pytest.raises(Refused, match="no such evidence"):
            withdraw(cast.problem_manager, problem, unseen)


def test_another_organisations_whys_are_not_there(cast: Cast, enter: Enter, quill: Organisation) -> None:
    problem = raised(cast.problem_manager)
    one = stated(cast.agent, problem, "Fuses melt")
    with bound(quill.id):
        row = Membership.objects.get(mail__startswith="manager@")
        foreigner = members.load(row, quill)
        beyond = raised(foreigner, [reported(foreigner, title=CANARY)])
        theirs = concluded(foreigner, beyond, CANARY)
        guess = incident_actions.suspect(foreigner, number=beyond.links.get().incident.number, suspicion=CANARY)
        shows = theirs.evidence.get()
    assert CANARY not in page(enter, cast.problem_manager, problem)
    with pytest.raises(Refused):
        stated(cast.agent, problem, "Why?", parent=theirs)
    with pytest.raises(Refused):
        actions.adopt(cast.agent, number=problem.number, hypothesis=guess.public_id)
    with pytest.raises(Refused, match="no such evidence"):
        withdraw(cast.problem_manager, problem, shows)
    with bound(quill.id), pytest.raises(Refused):
        judge(foreigner, beyond, one, Belief.RULED_OUT, "Theirs.")


def test_the_page_works_a_tree_from_its_first_why_to_its_evidence(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.problem_manager)
    client = enter(cast.problem_manager)
    assert "Nothing is said yet" in page(enter, cast.problem_manager, problem)
    sent = {"text": "The printer smokes", "happened_at": "2026-03-01T10:00", "branch": "technology"}
    assert act(client, problem, Verb.STATE, **sent) == 302
    top = Statement.objects.get()
    mark = str(top.public_id)
    for verb in ("state", "support", "judge", "reword"):
        assert f'id="do-{verb}-{mark}"' in page(enter, cast.problem_manager, problem, do=verb, about=mark)
    assert act(client, problem, Verb.STATE, text="The fuser is too hot", parent=mark) == 302
    assert act(client, problem, Verb.SUPPORT, statement=mark, kind="measurement", value="210", words="Degrees") == 302
    assert act(client, problem, Verb.JUDGE, statement=mark, belief="confirmed") == 302
    shows = page(enter, cast.problem_manager, problem)
    assert "Confirmed" in shows
    assert "210" in shows
    assert "210.000000" not in shows
    assert "Technology" in shows
    assert '<time datetime="2026-03-01T10:00' in shows


def test_what_was_typed_survives_a_refusal(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.problem_manager)
    one, other = stated(cast.agent, problem, "Fuses melt"), stated(cast.agent, problem, "Birds sing")
    client = enter(cast.problem_manager)

    def sent(verb: Verb, **data: str) -> tuple[int, str]:
        answer = client.post(reverse("desk:problem-act", args=[problem.number, verb]), data)
        return answer.status_code, answer.content.decode()

    mark = str(one.public_id)
    status, shows = sent(Verb.SUPPORT, statement=mark, kind="link", url="ftp://files.example/", words="All my words")
    assert status == 422
    assert shows.count("All my words") == 1
    assert f'id="support-{mark}-words"' in shows
    assert f'id="support-{other.public_id}-words"' not in shows
    status, shows = sent(Verb.JUDGE, statement=mark, belief="confirmed", reason="I know it")
    assert (status, shows.count("I know it")) == (409, 1)
    status, shows = sent(Verb.STATE, parent=mark, text="", happened_at="yesterday")
    assert status == 422
    assert "yesterday" in shows
    status, shows = sent(Verb.REWORD, statement=mark, parent=mark, text="Better words")
    assert status == 422
    assert "Better words" in shows


def test_a_form_comes_alone_where_there_is_a_script(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.problem_manager)
    one = stated(cast.agent, problem, "Fuses melt")
    address = reverse("desk:problem-analysis", args=[problem.number])
    query = {"do": "judge", "about": str(one.public_id)}
    headers = {"HX-Request": "true", "HX-Target": f"do-judge-{one.public_id}"}
    client = enter(cast.problem_manager)
    alone = client.get(address, query, headers=headers).content.decode()
    assert "<html" not in alone
    assert "What do you think of it?" in alone
    late = enter(cast.auditor).get(address, query, headers=headers).content.decode()
    assert "What do you think of it?" not in late


@pytest.mark.parametrize("name", ["reporter", "stakeholder"])
def test_requesters_have_no_page_of_it(cast: Cast, enter: Enter, name: str) -> None:
    problem = raised(cast.problem_manager)
    client = enter(getattr(cast, name))
    assert client.get(reverse("desk:problem-analysis", args=[problem.number])).status_code == 404
    assert act(client, problem, Verb.STATE, text="Fuses melt") == 404


def test_the_page_asks_as_often_for_many_statements_as_for_few(cast: Cast, enter: Enter) -> None:
    incident = reported(cast.reporter)
    problem = raised(cast.problem_manager, [incident])
    concluded(cast.problem_manager, problem, "Fuses melt")
    one = stated(cast.agent, problem, "It is damp")
    withdraw(cast.agent, problem, shown(cast.agent, problem, one))
    incident_actions.suspect(cast.agent, number=incident.number, suspicion="Mice")
    client = enter(cast.problem_manager)

    def asked() -> int:
        address = reverse("desk:problem-analysis", args=[problem.number])
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len([one for one in queries if one["sql"].startswith(("SELECT", "WITH", "("))])

    few = asked()
    above = None
    for turn in range(DEEPEST):
        above = stated(cast.agent, problem, f"Why {turn}", parent=above)
        withdraw(cast.agent, problem, shown(cast.agent, problem, above))
        shown(cast.agent, problem, above)
        incident_actions.suspect(cast.agent, number=incident.number, suspicion=f"Mouse {turn}")
    assert asked() == few
    assert few <= 12
    with pytest.raises(Refused, match="hang there"):
        stated(cast.agent, problem, "One why more", parent=above)


def test_a_known_cause_costs_the_problems_page_no_statement(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.problem_manager)
    one = concluded(cast.problem_manager, problem, "Fuses melt")
    client = enter(cast.problem_manager)

    def asked() -> int:
        address = reverse("desk:problem", args=[problem.number])
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    before = asked()
    said = {"cause": "Melting fuses", "evidence": "Seen.", "statement": one.public_id}
    actions.establish(cast.problem_manager, number=problem.number, **said)
    assert asked() == before

"""API tokens: what they open, for whom and how long; and that they are kept by nobody but their owner."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenancy import bearer
from tenancy.actions import people, tokens
from tenancy.drafts import TokenDraft
from tenancy.members import Denied, Member
from tenancy.models import Membership, Organisation, Person, Token, TrailEntry
from tenancy.refusal import NotPossible
from tenancy.wall import Unbound, bound
from tests.factories import MembershipFactory
from tests.tenancy.test_signing_in import code_for

Make = Callable[..., Member]
SignIn = Callable[[Member], Client]
ALL = frozenset({"read", "report", "work"})


@pytest.fixture
def api(settings: Any) -> None:
    """A small API under /api/test/."""
    settings.ROOT_URLCONF = "tests.tenancy.api"


def draft(*scopes: str, days: int = 90) -> TokenDraft:
    return TokenDraft("Test rig 4", frozenset(scopes) or ALL, days)


def token_of(member: Member, *scopes: str, days: int = 90) -> str:
    with bound(member.organisation_id):
        return tokens.make(member, draft=draft(*scopes, days=days))[1]


def ask(secret: str, method: str = "get", host: str = "harbour", path: str = "/api/test/", **extra: Any) -> Any:
    browser = Client(SERVER_NAME=f"{host}.testserver", enforce_csrf_checks=True)
    return getattr(browser, method)(path, headers={"Authorization": f"Bearer {secret}"}, **extra)


# --- what they look like
def test_a_token_is_known_on_sight_and_a_slip_is_seen() -> None:
    made = {bearer.make() for _turn in range(200)}
    assert len(made) == 200
    for token in made:
        assert re.fullmatch(r"stw_[0-9A-Za-z]{49}", token)
        assert bearer.is_one(token)
        assert not bearer.is_one(token[:-1])
        assert not bearer.is_one(token[:10] + ("a" if token[10] != "a" else "b") + token[11:])
    assert not bearer.is_one("stw_ä" * 12)


# --- making and ending them
def test_only_the_hash_is_kept_and_the_trail_knows_no_secret(bind: None, member: Make) -> None:
    ada = member("agent")
    token, secret = tokens.make(ada, draft=draft("report", "read"), at=(made_at := timezone.now()))
    assert token.token_hash == bearer.hash_of(secret)
    assert token.scopes == ["read", "report"]
    assert token.expires_at - made_at == timedelta(days=90)
    (entry,) = TrailEntry.objects.filter(kind="token.made")
    assert (entry.record, entry.record_id, entry.actor_id) == ("token", token.pk, ada.id)
    assert entry.facts["scopes"] == ["read", "report"]
    held = str([*Token.objects.values(), *TrailEntry.objects.values()])
    assert secret not in held
    assert secret[4:20] not in held
    assert "Test rig" not in str(entry.facts)


@pytest.mark.parametrize(
    "wrong",
    [
        draft(days=0),
        draft(days=366),
        draft(days=-1),
        draft("everything"),
        TokenDraft(" ", ALL, 9),
        TokenDraft("x", frozenset(), 9),
    ],
)
def test_what_no_token_may_be(wrong: TokenDraft, bind: None, member: Make) -> None:
    with pytest.raises(NotPossible):
        tokens.make(member("agent"), draft=wrong)
    assert not Token.objects.exists()
    assert not TrailEntry.objects.filter(kind="token.made").exists()


def test_tokens_are_for_staff(bind: None, member: Make) -> None:
    with pytest.raises(Denied):
        tokens.make(member(), draft=draft())
    assert not Token.objects.exists()


def test_one_ends_ones_own_and_administrators_end_all(bind: None, member: Make) -> None:
    ada, ben, chief = member("agent"), member("agent"), member("administrator")
    (first, _one), (second, _two) = tokens.make(ada, draft=draft()), tokens.make(ada, draft=draft())
    with pytest.raises(Denied):
        tokens.revoke(ben, token=first)
    tokens.revoke(ada, token=first)
    tokens.revoke(chief, token=second)
    with pytest.raises(NotPossible):
        tokens.revoke(chief, token=first)
    ended = TrailEntry.objects.filter(kind="token.revoked")
    assert [(entry.record_id, entry.actor_id) for entry in ended] == [(first.pk, ada.id), (second.pk, chief.id)]
    assert not Token.objects.filter(revoked_at=None).exists()


def test_nothing_is_made_unbound(member: Make) -> None:
    ada = member("agent")
    with pytest.raises(Unbound):
        tokens.make(ada, draft=draft())


# --- what they open
def test_a_token_speaks_for_its_member_in_their_language(api: None, member: Make) -> None:
    ada = member("agent", language="de")
    answer = ask(token_of(ada))
    assert (answer.status_code, answer.json()) == (200, {"member": ada.id, "language": "de"})


def test_no_form_token_is_asked_of_a_program_but_of_a_browser(api: None, member: Make, client_of: Any) -> None:
    ada = member("agent")
    assert ask(token_of(ada), "post", data={"name": "x"}).status_code == 201
    browser = client_of(ada, enforce_csrf_checks=True)
    assert browser.get("/api/test/").status_code == 200
    assert browser.post("/api/test/", {"name": "x"}).status_code == 403


def refused(answer: Any) -> bool:
    return bool(answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer"))


def test_without_a_token_one_is_told_how_to_ask(api: None, stranger: Client) -> None:
    assert refused(stranger.get("/api/test/"))


@pytest.mark.parametrize("text", ["", "x", "stw_", "unknown", "stw_\xe9", "a b", "x" * 9000])
def test_a_made_up_token_opens_nothing(text: str, api: None, harbour: Organisation) -> None:
    text = bearer.make() if text == "unknown" else text
    answer = ask(text)
    assert refused(answer)
    assert len(text) < 4 or text not in answer.text


def test_another_organisations_token_is_as_unknown_as_a_made_up_one(api: None, member: Make) -> None:
    secret = token_of(member("agent"))
    assert ask(secret).status_code == 200
    foreign, made_up = ask(secret, host="quill"), ask(bearer.make(), host="quill")
    assert refused(foreign)
    assert (foreign.content, foreign.headers) == (made_up.content, made_up.headers)


@pytest.mark.parametrize("how", ["left", "deactivated", "expired", "revoked", "lost its login"])
def test_what_has_ended_is_refused_at_the_next_request(
    how: str, api: None, member: Make, harbour: Organisation
) -> None:
    ada, chief = member("agent"), member("administrator")
    secret = token_of(ada)
    assert ask(secret).status_code == 200
    with bound(harbour.id):
        membership, token = Membership.objects.get(pk=ada.id), Token.objects.get()
        if how == "left":
            people.leave(chief, membership=membership)
        elif how == "deactivated":
            Person.objects.filter(pk=membership.person_id).update(is_active=False)
        elif how == "lost its login":
            Membership.objects.filter(pk=ada.id).update(person=None)
        elif how == "expired":
            Token.objects.update(expires_at=timezone.now())
        else:
            tokens.revoke(ada, token=token)
    assert refused(ask(secret))


def test_who_comes_back_comes_without_the_old_tokens(api: None, member: Make, harbour: Organisation) -> None:
    ada, chief = member("agent"), member("administrator")
    secret = token_of(ada)
    with bound(harbour.id):
        people.leave(chief, membership=Membership.objects.get(pk=ada.id))
        Membership.objects.filter(pk=ada.id).update(state="active")
        (left,) = TrailEntry.objects.filter(kind="membership.left")
        assert left.facts["token_ids"] == [Token.objects.get().pk]
    assert refused(ask(secret))


@pytest.mark.parametrize(
    ("method", "scope", "status"), [("get", "read", 200), ("post", "report", 201), ("delete", "work", 204)]
)
def test_a_token_does_what_its_scopes_name(method: str, scope: str, status: int, api: None, member: Make) -> None:
    ada = member("agent")
    assert ask(token_of(ada, scope), method).status_code == status
    answer = ask(token_of(ada, *(ALL - {scope})), method)
    assert answer.status_code == 403
    assert f'error="insufficient_scope", scope="{scope}"' in answer.headers["WWW-Authenticate"]
    assert f"“{scope}”" in answer.text


def test_a_token_opens_no_page(member: Make) -> None:
    secret = token_of(member("agent", "administrator"))
    for path in ("/", "/desk/incidents/", "/desk/tokens/", "/organisations/"):
        assert ask(secret, path=path).url.startswith("/account/login/")
    assert ask(secret, "post", path="/report/", data={"title": "x"}).status_code == 403


def test_a_bad_token_is_not_looked_past(api: None, member: Make, client_of: SignIn) -> None:
    browser = client_of(member("agent"))
    assert refused(browser.get("/api/test/", headers={"Authorization": f"Bearer {bearer.make()}"}))


def test_the_last_use_is_noted_once_a_minute_whatever_comes_of_it(api: None, member: Make, bind: None) -> None:
    secret = token_of(member("agent"))
    for name in ("bad", "good"):
        ask(secret, "post", data={"name": name})
        first = Token.objects.get().last_used_at
        assert first is not None
        if name == "bad":
            ask(secret)
            assert Token.objects.get().last_used_at == first
            Token.objects.update(last_used_at=None)
    Token.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    ask(secret)
    assert timezone.now() - Token.objects.get().last_used_at < timedelta(seconds=30)


def test_who_asks_is_read_in_one_statement(api: None, member: Make) -> None:
    ada = member("agent", "administrator")
    other, secret = token_of(ada, "work"), token_of(ada, "read")
    ask(secret)
    with CaptureQueriesContext(connection) as asked:
        assert ask(secret).json()["member"] == ada.id
    about = ("tenancy_token", "tenancy_membership", "tenancy_rolegrant", "tenancy_teamseat", "clock_timestamp")
    assert len([one for one in asked.captured_queries if any(name in one["sql"] for name in about)]) == 1
    assert ask(other).status_code == 403


# --- the desk
def make_in_desk(browser: Client, **typed: Any) -> Any:
    return browser.post("/desk/tokens/", {"name": "Test rig 4", "scopes": ["read"], "days": "30", **typed})


def test_a_token_is_shown_once(member: Make, client_of: SignIn, api: None) -> None:
    browser = client_of(member("agent"))
    page = make_in_desk(browser)
    (secret,) = re.findall(r"stw_[0-9A-Za-z]{49}", page.text)
    assert "no-store" in page.headers["Cache-Control"]
    assert ask(secret).status_code == 200
    again = browser.get("/desk/tokens/")
    assert "Test rig 4" in again.text
    assert secret not in again.text
    assert secret not in str(browser.session.items())


def test_what_was_typed_wrongly_is_told_and_kept(member: Make, client_of: SignIn, bind: None) -> None:
    page = make_in_desk(client_of(member("agent")), days="999")
    assert page.status_code == 422
    assert 'value="Test rig 4"' in page.text
    assert "365" in page.text
    assert not Token.objects.exists()


def test_everybody_ends_their_own_in_the_desk(
    member: Make, client_of: SignIn, harbour: Organisation, api: None
) -> None:
    ada, ben, chief = member("agent"), member("agent"), member("administrator")
    secret = token_of(ada)
    with bound(harbour.id):
        token = Token.objects.get()
    assert client_of(ben).post(f"/desk/tokens/{token.public_id}/revoke/").status_code == 404
    assert "Test rig 4" not in client_of(ben).get("/desk/tokens/").text
    assert "Test rig 4" in client_of(chief).get("/desk/tenancy/token/").text
    assert client_of(chief).get(f"/desk/tenancy/token/{token.public_id}/verb/revoke/").status_code == 200
    assert client_of(ada).post(f"/desk/tokens/{token.public_id}/revoke/").status_code == 302
    assert refused(ask(secret))


def test_where_two_steps_are_asked_for_the_session_has_to_have_taken_both(
    member: Make, client_of: SignIn, harbour: Organisation, bind: None
) -> None:
    ada = member("agent")
    Organisation.objects.filter(pk=harbour.pk).update(requires_second_factor=True)
    TOTP.activate(Person.objects.get(email=ada.mail), secret := generate_totp_secret())
    browser = client_of(ada)
    confirm = "/account/2fa/reauthenticate/?next=/desk/tokens/"
    assert confirm in browser.get("/desk/tokens/").text
    assert make_in_desk(browser).status_code == 302
    assert not Token.objects.exists()
    assert browser.post(confirm, {"code": code_for(secret)}).url == "/desk/tokens/"
    assert make_in_desk(browser).status_code == 200
    assert Token.objects.count() == 1


# --- the operator
def command(*words: str) -> str:
    out = StringIO()
    call_command("token", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_operator_makes_and_ends_tokens(api: None, member: Make, harbour: Organisation) -> None:
    ada = member()
    told = command("add", "harbour", ada.mail.upper(), "Test rig 4", "--scope", "report", "--scope", "read")
    secret = told.strip().rsplit("\n", 1)[-1]
    assert ask(secret).json()["member"] == ada.id
    number = told.split()[1].strip(",")
    assert "revoked" in command("revoke", "harbour", number)
    assert refused(ask(secret))
    with bound(harbour.id):
        entries = TrailEntry.objects.filter(record="token")
        assert [(entry.kind, entry.actor_id) for entry in entries] == [("token.made", None), ("token.revoked", None)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "words",
    [
        ("add", "nowhere", "a@people.example", "x", "--scope", "read"),
        ("add", "harbour", "nobody@people.example", "x", "--scope", "read"),
        ("revoke", "harbour", "4711"),
        ("revoke", "nowhere", "1"),
    ],
)
def test_the_operator_is_told_what_is_not_there(words: tuple[str, ...], harbour: Organisation) -> None:
    with pytest.raises(CommandError, match=r"no organisation|Nobody|no token"):
        command(*words)
    with pytest.raises(CommandError, match="good for 1 to 365"):
        command("add", "harbour", _mail_of_somebody(harbour), "x", "--scope", "read", "--days", "0")


def _mail_of_somebody(organisation: Organisation) -> str:
    with bound(organisation.id):
        return MembershipFactory().mail

"""Requests that nobody means well with: none of them breaks anything, and none gets in by another way."""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from tests.architecture import matrix, sent
from tests.architecture.asking import Answer, ask
from tests.architecture.guards import unguarded
from tests.architecture.world import World

pytestmark = [pytest.mark.database, pytest.mark.slow]
ROWS = matrix.rows()
ALLOWED = "+=cu"
# Who is tried first for an address: whoever may do most there.
MIGHTY = ("administrator", "incident_manager", "own_lead", "owner", "auditor", "requester", "anonymous")


def one_per_route(*methods: str) -> Iterator[tuple[matrix.Row, str]]:
    """Each route once, with a target and an actor to whom it is open."""
    seen = set()
    for row in ROWS:
        actor = next((name for name in MIGHTY if row.expected.get(name, "") in tuple(ALLOWED)), None)
        if actor and row.method in methods and (row.route, row.method) not in seen:
            seen.add((row.route, row.method))
            yield row, actor


def send(world: World, row: matrix.Row, actor: str, method: str, data: Any = None, **extra: Any) -> Answer:
    """Ask as the row says, by another method or with other data."""
    path = sent.address(world, row.route, row.target, actor)
    return ask(world.harbour, world.sessions[actor], method, path, data, **extra)


# --- methods and tokens
POSTS = [pytest.param(row, actor, id=row.route) for row, actor in one_per_route("POST")]
ROUTES = [pytest.param(row, actor, id=f"{row.method}-{row.route}") for row, actor in one_per_route("GET", "POST")]


@pytest.mark.parametrize(("row", "actor"), POSTS)
def test_no_form_is_taken_without_its_token(row: matrix.Row, actor: str, world: World) -> None:
    form = sent.form(world, row.route, row.target)
    for token in ({}, {"csrfmiddlewaretoken": "a" * 64}):
        answer = send(world, row, actor, "POST", {**form, **token}, strict=True)
        assert (answer.status, answer.written, unguarded(answer)) == (403, [], [])


@pytest.mark.parametrize(("row", "actor"), ROUTES)
def test_unusual_methods_break_and_change_nothing(row: matrix.Row, actor: str, world: World) -> None:
    for method in ("HEAD", "OPTIONS", "PUT", "DELETE"):
        answer = send(world, row, actor, method)
        assert (answer.written, unguarded(answer)) == ([], []), method


# --- what is asked for
ODD = (
    "a%00b", "x" * 5000, "9" * 30, "-1", "1e400", "%ff%fe%ed%a0%80", "%F0%9F%92%A9", "'%22><script>", "foo%5C%25",
    "%E2%80%AE", "%D9%A3", "../../etc/passwd", "*", "%0d%0aX:y",
)  # fmt: skip
CHOICE = {"app_label": "tenancy", "model_name": "membership", "field_name": "manager", "term": "a", "page": "1"}
# After the question mark the parameters that are tried, one by one.
ASKED = {
    "agent": ["/desk/incidents/?q,status,priority,team,service,type,tab,sort,page,nonsense"],
    "administrator": [
        "/desk/tenancy/membership/?q,p,o,all,e,_popup,_to_field,state,state__exact,grants_held__role,person__email",
        "/desk/tenancy/team/?q,is_active__exact,_facets,_changelist_filters",
        "/desk/notifications/outboxmessage/?kind,state__exact",
        "/desk/incidents/service/?criticality__exact,owner_team__name",
        *(f"/desk/autocomplete/?{urlencode({**CHOICE, name: 'ODD'})}" for name in CHOICE),
        *(f"/desk/tenancy/{tail}" for tail in ("team/ODD/change/", "membership/ODD/verb/leave/", "team/ODD/", "ODD/")),
    ],
    "owner": ["/?page", "/incidents/ODD/", "/incidents/INC-ODD/", "/files/ODD/", "/ODD"],
    "anonymous": [
        "/account/login/?next", "/account/password/reset/key/ODD-ODD/", "/account/confirm-email/ODD/",
        "/join/ODD/", "/answer/confirm/ODD/", "/answer/ODD/x/", "/static/ODD",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("actor", "path"), [(actor, path) for actor, paths in ASKED.items() for path in paths])
def test_odd_questions_get_a_calm_answer(actor: str, path: str, world: World) -> None:
    before, mark, names = path.partition("?")
    paths = [path] if "ODD" in path else [f"{before}{mark}{name}=ODD" for name in names.split(",")]
    for one in paths:
        for odd in ODD:
            answer = ask(world.harbour, world.sessions[actor], "GET", one.replace("ODD", odd))
            assert (answer.written, unguarded(answer)) == ([], []), (one, odd)


@given(words=st.text(max_size=60) | st.from_regex(r"[a-z/.:'\"\\*&|!()<>@ -]{1,40}", fullmatch=True))
@hypothesis(max_examples=150)
def test_any_words_can_be_searched_for(world: World, words: str) -> None:
    answer = ask(world.harbour, world.sessions["agent"], "GET", "/desk/incidents/", {"q": words})
    assert answer.status == (400 if "\0" in words else 200)


def test_a_word_with_a_quote_inside_is_found(world: World) -> None:
    form = {**sent.form(world, "incidents:portal-report", "-"), "title": "It hangs at example.com/it's-here"}
    search = partial(ask, world.harbour, world.sessions["agent"], "GET", "/desk/incidents/", {"q": "example.com/it's"})
    answer = ask(world.harbour, world.sessions["owner"], "POST", "/report/", form, look=lambda: search().text)
    assert "It hangs at" in answer.seen


ODD_HEADERS: dict[str, tuple[str, ...]] = {
    "HTTP_COOKIE": (
        f'{settings.SESSION_COOKIE_NAME}="abcdefgh\\000ijkl"',
        f"{settings.SESSION_COOKIE_NAME}={'x' * 5000}",
        f'{settings.CSRF_COOKIE_NAME}="\\000"',
        'messages="\\000abc"',
        'django_language="de\\000"',
        "=;;=",
    ),
    "HTTP_HOST": ("harbour.testserver\0", "[::1]", "[", "a" * 300, "..", "é.testserver", "@harbour.testserver"),
    "HTTP_ACCEPT_LANGUAGE": ("\0", "x" * 5000, "zz," * 2000, "../../etc"),
    "HTTP_ORIGIN": ("http://[", "null", "\0"),
    "HTTP_REFERER": ("//evil", "http://["),
    "HTTP_RANGE": ("bytes=99999-1",),
    "HTTP_IF_MODIFIED_SINCE": ("Thu, 99 Foo 99999999 99:99:99",),
    "HTTP_X_FORWARDED_FOR": ("\0", "1.2.3.4, evil", "x" * 5000),
    "HTTP_HX_CURRENT_URL": ("http://[",),
    "CONTENT_TYPE": ("text/html; charset=base64", "multipart/form-data", "application/json; charset=utf-99"),
}


@pytest.mark.parametrize("name", ODD_HEADERS)
def test_odd_headers_get_a_calm_answer(name: str, world: World) -> None:
    for value in ODD_HEADERS[name]:
        for method, path in (("GET", "/account/login/"), ("POST", "/report/"), ("GET", "/static/stillwater/app.css")):
            answer = ask(world.harbour, "", method, path, strict=True, HTTP_HX_REQUEST="true", **{name: value})
            assert answer.status < 500, (method, path, value)
            assert answer.written == []


# --- what is sent
TEXTS = ("a\0b", "x" * 100_000, "💥\u202e\u2066\u2028", "'\"><script>", "9999-12-31T23:59", "0001-01-01T00:00", "-1")


@pytest.mark.parametrize(("row", "actor"), POSTS)
def test_odd_forms_get_a_calm_answer(row: matrix.Row, actor: str, world: World) -> None:
    good = sent.form(world, row.route, row.target)
    names = dict.fromkeys([*good, *MORE_FIELDS])
    one_by_one = [{**good, name: "a\0b"} for name in names if not name.startswith("matrix_1")]
    for form in [*(dict.fromkeys(names, text) for text in TEXTS), *one_by_one]:
        answer = send(world, row, actor, "POST", form)
        assert unguarded(answer) == [], str(form)[:300]
        assert b'"><script>' not in answer.body


MORE_FIELDS = ("happened_at", "until", "description", "manager", "catch_all", "url", "next", "kept_files", "error_code")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"description": "x" * 20_000}, 302),
        ({"description": "x" * 20_001}, 422),
        ({"title": "x" * 200}, 302),
        ({"title": "x" * 201}, 422),
        ({"description": "x" * 6_000_000}, 400),
        ({f"field{n}": "1" for n in range(5000)}, 400),
        ({"uploads": [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(101)]}, 400),
        ({"kept_files": ["x"] * 900}, 302),
    ],
    ids=["long text", "too long", "long title", "too long a title", "huge", "5000 fields", "101 files", "nonsense ids"],
)
def test_how_much_is_taken(form: dict[str, Any], status: int, world: World) -> None:
    form = {**sent.form(world, "incidents:portal-report", "-"), **form}
    answer = ask(world.harbour, world.sessions["owner"], "POST", "/report/", form)
    assert answer.status == status
    assert answer.status == 302 or answer.written == []


PART = "--x\r\nContent-Disposition: form-data; {}\r\n\r\nhello\r\n--x--\r\n"
PARTS = [
    PART.format("name=title"),
    PART.format("name=\"uploads\"; filename*=utf-99''x"),
    PART.format("name=\"uploads\"; filename*=idna''%ff%2e"),
    PART.format("name=\"uploads\"; filename*=utf-16''%ff%fe%00"),
    PART.format('name="uploads"; filename="\0"'),
    PART.format('name="uploads"; filename="' + "x" * 9000 + '"'),
    PART.format("name*=base64''eA=="),
    PART.format('name="title\0"'),
    "--x\r\n\r\n--x--",
    "--x",
    "",
    "--x\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=title\r\n\r\n*\r\n--x--\r\n",
]


@pytest.mark.parametrize("charset", ["utf-8", "utf-99", "base64", "idna", "utf-16", "undefined"])
@pytest.mark.parametrize("part", PARTS, ids=range(len(PARTS)))
def test_malformed_uploads_get_a_calm_answer(part: str, charset: str, world: World) -> None:
    for strict in (False, True):
        answer = ask(
            world.harbour, world.sessions["owner"], "POST", "/report/", part.encode("latin-1"), strict=strict,
            content_type=f"multipart/form-data; boundary=x; charset={charset}",
        )  # fmt: skip
        assert unguarded(answer) == []

"""The schema against the product: what it describes is sent in many shapes, and what comes back is what it says."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.api_docs import described
from incidents import actions
from incidents.drafts import Draft
from incidents.models import Service
from problems import actions as problem_actions
from problems.drafts import ArticleDraft, Description
from problems.knowledge import Audience
from problems.models import Cluster
from tenancy.actions import tokens
from tenancy.drafts import TokenDraft
from tenancy.models import Membership, Scope, Team
from tenancy.wall import bound
from tests.architecture.world import House, World

pytestmark = [pytest.mark.database, pytest.mark.slow]
CANARY = "canary-7f3a"
EXAMPLES = 6
CHECKS: Any = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
WAYS = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


OPERATIONS = [(method.upper(), path) for path, methods in described()["paths"].items() for method in methods]


def plant(house: House) -> None:
    """Put what must never be seen from elsewhere wherever something is listed."""
    with bound(house.organisation.id):
        Service.objects.create(name=CANARY)
        Team.objects.create(name=CANARY)
        Membership.objects.create(name=CANARY, mail=f"{CANARY}@people.example")
        at = actions.report(house.members["owner"], draft=Draft(title=CANARY, description=CANARY)).reported_at
        key, seen = {"key": f"word::{CANARY}", "kind": "word", "value": CANARY}, {"first_seen": at, "last_seen": at}
        Cluster.objects.create(**key, **seen, count=8, usual=0, people=1, reason=CANARY)
        manager = house.members["problem_manager"]
        problem = problem_actions.raise_problem(manager, description=Description(title=CANARY, description=CANARY))
        draft = ArticleDraft(title=CANARY, body=CANARY, cause=CANARY, workaround=CANARY, audience=Audience.PUBLIC)
        article = problem_actions.write_article(manager, draft=draft, problem=problem.number)
        problem_actions.publish(manager, article=article.public_id)


def token_of(house: House, name: str) -> str:
    """A token of this member's that is good for everything."""
    draft = TokenDraft("Fuzz", frozenset(Scope.values), days=1)
    with bound(house.organisation.id):
        return tokens.issue(Membership.objects.get(pk=house.members[name].id), draft=draft)[1]


def places(world: World, path: str) -> st.SearchStrategy[dict[str, Any] | None]:
    """What stands in the address: something of ours, something of theirs, or nothing that anybody has."""
    ours, theirs = world.harbour, world.quill
    known = {
        "{number}": ("number", [f"INC-{house.ids[name]}" for house in (ours, theirs) for name in ("hidden", "joined")]),
        "{uuid}": ("uuid", [str(house.ids["public_file"]) for house in (ours, theirs)]),
        "{public_id}": ("public_id", [house.public_ids["mate"] for house in (ours, theirs)]),
    }
    if path.startswith("/api/v1/problems/"):
        numbers = [f"PRB-{house.ids[name]}" for house in (ours, theirs) for name in ("problem", "other_problem")]
        known["{number}"] = ("number", numbers)
    if path.startswith("/api/v1/articles/"):
        articles = [house.ids[name] for house in (ours, theirs) for name in ("article", "draft")]
        known["{public_id}"] = ("public_id", articles)
    if path.startswith("/api/v1/clusters/"):
        known["{public_id}"] = ("public_id", [house.ids["cluster"] for house in (ours, theirs)])
    if path.startswith("/api/v1/problems/files/"):
        known["{uuid}"] = ("uuid", [str(house.ids["problem_file"]) for house in (ours, theirs)])
    edition = {"edition": 1} if "{edition}" in path else {}
    for part, (name, values) in known.items():
        if part in path:
            return st.sampled_from([{name: value, **edition} for value in [*values, values[0]]])
    return st.none()


def read_and_closed(environ: Any, start: Any) -> list[bytes]:
    """The product, with every answer closed as a server does it; the tool forgets to."""
    with closing(get_wsgi_application()(environ, start)) as answer:
        return list(answer)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """What a request would close on its way in and out stays open: the test's own transaction is in it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[" ".join(one) for one in OPERATIONS])
def test_what_comes_back_is_what_the_schema_says(method: str, path: str, world: World, one_connection: None) -> None:
    schema = schemathesis.openapi.from_dict(described())
    schema.app = read_and_closed
    operation = schema[path][method]
    seen: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(st.data())
    def attempt(data: st.DataObject) -> None:
        place = data.draw(places(world, path))
        case = data.draw(operation.as_strategy(data.draw(st.sampled_from(WAYS)), path_parameters=place))
        with transaction.atomic():
            key = {"Authorization": f"Bearer {secret}"}
            answer = case.call(base_url="http://harbour.testserver", headers=key)
            transaction.set_rollback(True)
        seen.add(answer.status_code)
        assert CANARY.encode() not in answer.content
        case.validate_response(answer, checks=CHECKS)

    with transaction.atomic():
        plant(world.quill)
        secret = token_of(world.harbour, "incident_manager")
        attempt()
        transaction.set_rollback(True)
    assert seen - {401, 404, 405}, "nothing got through"

"""What people type, call themselves and attach does nothing in anybody's browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incidents import actions
from incidents.drafts import Draft
from incidents.models import Category, IncidentType, Service
from tenancy.models import Membership, Organisation, Team
from tenancy.wall import bound
from tests.architecture.payloads import ENEMY, WORKED_OUT, payloads
from tests.journeys.look.street import Street, Walker

pytestmark = [pytest.mark.journey, pytest.mark.slow]
EACH = 20
# Whatever of it has become markup: attributes that do or fetch something, and elements that pages of ours don't have.
ALIVE = """enemy => {
    const acts = /^(on|src|href|xlink:href|action|formaction|srcdoc|style|data$|ping|poster|hx-|data-hx-|sse-)/;
    const evil = one => [...one.attributes].some(({ name, value }) =>
        name.startsWith("on") || acts.test(name) && (value.includes(enemy) || value.includes("alert(")));
    const odd = "script:not([src]), base, meta[http-equiv], iframe, object, embed, math, style, template, video, audio";
    const found = [...document.querySelectorAll("*")].filter(one => evil(one) || one.matches(odd));
    return found.slice(0, 5).map(one => one.outerHTML.slice(0, 160));
}"""


@pytest.fixture(scope="module")
def poisoned(street: Street) -> Street:
    """Every payload is said, and names a file and a person; by turns they are titles, descriptions and settings."""
    house = street.world.harbour
    texts = payloads()
    with bound(house.organisation.id):
        for start in range(0, len(texts), EACH):
            poison_an_incident(street, texts[start : start + EACH])
        Membership.objects.bulk_create(Membership(name=text[:100], department=text[:80]) for text in texts)
        for model in (Service, Team, Category, IncidentType):
            longest = model._meta.get_field("name").max_length or 60
            names = dict.fromkeys(text[:longest] for text in texts[:: len(texts) // 150])
            model.objects.bulk_create(named(model, name) for name in names)
        Organisation.objects.filter(pk=house.organisation.pk).update(name=texts[10])
    return street


def named(model: type[Any], name: str) -> Any:
    """A setting with this name."""
    return model(name=name, path=name) if model is Category else model(name=name)


def poison_an_incident(street: Street, texts: list[str]) -> None:
    """The first is its title and description, all are said, noted and attached to it."""
    owner, agent = street.world.harbour.members["owner"], street.world.harbour.members["agent"]
    uploads = [SimpleUploadedFile(text.replace("/", "\u2215"), b"Nothing much.") for text in texts]
    kept = tuple(file.uuid for file in actions.keep(owner, uploads=uploads))
    title = texts[0].replace("\n", " ").strip() or "x"
    draft = Draft(title=title, description=texts[0], error_code=texts[0][:80], attachments=kept)
    number = actions.report(owner, draft=draft).number
    actions.suspect(agent, number=number, suspicion=texts[1])
    for place, text in enumerate(texts):
        says, member = ((actions.reply, agent), (actions.note, agent), (actions.comment, owner))[place % 3]
        says(member, number=number, text=text)
    street.world.harbour.ids.setdefault("poisoned", []).append(number)


def test_no_text_comes_alive(poisoned: Street) -> None:
    assert len(payloads()) >= 500
    wrong: dict[str, list[str]] = {}
    for actor, path in places(poisoned):
        walker = poisoned.walker(actor)
        walker.go(path)
        if found := [*walker.page.evaluate(ALIVE, ENEMY), *worked_out(walker), *walker.complaints()]:
            wrong[path] = found
    assert not wrong, "\n".join(f"{path} {found}" for path, found in wrong.items())


def places(street: Street) -> Iterator[tuple[str, str]]:
    """Where they are shown, and to whom."""
    for number in street.world.harbour.ids["poisoned"]:
        yield "agent", f"/desk/incidents/INC-{number}/"
        yield "owner", f"/incidents/INC-{number}/"
    for path in ("/desk/incidents/", "/desk/incidents/?tab=all&q=<script>alert(1)</script>", "/desk/incidents/new/"):
        yield "agent", path
    for path in ("/", "/report/", "/organisations/"):
        yield "owner", path
    for model in ("tenancy/membership", "tenancy/team", "incidents/service", "incidents/category",
                  "incidents/incidenttype", "notifications/outboxmessage"):  # fmt: skip
        yield "administrator", f"/desk/{model}/"
    for page in range(2, 9):
        yield "administrator", f"/desk/tenancy/membership/?p={page}"
    yield "auditor", "/desk/tenancy/trailentry/"


def worked_out(walker: Walker) -> list[str]:
    """What a template language has taken for its own."""
    return ["a sum is worked out"] if WORKED_OUT in walker.page.inner_text("body") else []

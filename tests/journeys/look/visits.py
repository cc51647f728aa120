"""Which pages are visited: every address that the access matrix opens to somebody, and the states it does not know."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from incidents.views.offered import ASKING
from tests.architecture import matrix, sent
from tests.architecture.world import World
from tests.factories import PASSWORD
from tests.journeys.look.street import Walker

# Who looks at a page for all: the first of them whom it is open to.
LOOKERS = ("anonymous", "owner", "own_lead", "administrator", "auditor")
# Whose pages have other things on them; they only glance.
GLANCERS = ("requester", "agent", "problem_manager", "incident_manager", "administrator", "auditor")
# Addresses at which there is nothing to look at, and why.
NOT_PAGES = {
    "incidents:file": "a download",
    "incidents:live": "a stream without an end",
    "mfa_download_recovery_codes": "a download",
    "desk:index": "leads on",
    "desk:incident-act": "leads back to the incident",
    "desk:incident-compose": "leads back to the incident",
    "incidents:portal-act": "leads back to the incident",
    "incidents:portal-verdict": "leads back to the incident",
    "desk:people": "what a form puts under its field",
    "desk:problem-act": "leads back to the problem",
    "desk:problem-file": "a download",
    "desk:article-publish": "leads back to the article",
    "desk:article-retire": "leads back to the article",
    "problems:help-suggest": "what a report puts below its first fields",
    "desk:incidents_deskrules_changelist": "leads on: there is one only",
    "desk:tenancy_organisation_changelist": "leads on: there is one only",
    "desk:app_list": "Django's, and empty for whoever reads no incidents",
    "desk/(?P<url>.*)$": "there is nothing below it",
    "branding-logo": "a picture",
    "account_set_password": "leads on: everybody has a password",
    "account_confirm_login_code": "switched off",
    "dev:mail": "needs a mail",
    "dev:mail-html": "needs a mail",
}


@dataclass(frozen=True)
class Visit:
    """A page, who looks at it, the status it has, and what they do there first."""

    route: str
    actor: str
    path: str
    status: int = 200
    does: Callable[[Walker], None] | None = None

    def __str__(self) -> str:
        return f"{self.path} as {self.actor}{f' after {self.does.__name__}' if self.does else ''}"


def visits(world: World) -> list[Visit]:
    """Every page."""
    return [*_from_the_matrix(world), *_in_other_states(world)]


def _from_the_matrix(world: World) -> Iterator[Visit]:
    for row in _open_rows():
        actor = next(actor for actor in (*LOOKERS, *row.expected) if row.expected.get(actor) == "+")
        yield Visit(row.route, actor, sent.address(world, row.route, row.target, actor))


def glances(world: World) -> Iterator[Visit]:
    """The same pages for those who see other things on them, and an incident with each form unfolded."""
    looked = {(visit.route, visit.actor) for visit in _from_the_matrix(world)}
    for row in _open_rows():
        for actor in GLANCERS:
            if row.expected.get(actor) == "+" and (row.route, actor) not in looked:
                looked.add((row.route, actor))
                yield Visit(row.route, actor, sent.address(world, row.route, row.target, actor))
    for verb in ASKING:
        yield Visit("desk:incident", "own_lead", f"/desk/incidents/INC-{world.harbour.ids['hidden']}/?do={verb}")


def _open_rows() -> Iterator[matrix.Row]:
    for row in matrix.rows():
        if row.method == "GET" and "+" in row.expected.values() and sent.split(row.route)[0] not in NOT_PAGES:
            yield row


def only_post(route: str) -> bool:
    """Whether there is nothing to be looked at, as far as the matrix knows; an old address of Django's leads on."""
    if "<row:object_id>" in route:
        return True
    rows = [row for row in matrix.rows() if sent.split(row.route)[0] == route and row.method == "GET"]
    return all(set(row.expected.values()) <= set(">.-x") for row in rows)


def _in_other_states(world: World) -> Iterator[Visit]:
    """What the matrix sees as led on or refused, and pages with something done to them."""
    for status in (400, 403, 404, 429, 500, 503):
        yield Visit("goes-wrong/<int:status>/", "owner", f"/goes-wrong/{status}/", status)
        yield Visit("goes-wrong/<int:status>/", "anonymous", f"/goes-wrong/{status}/", status)
    yield Visit("dev:look", "owner", "/dev/look/")
    yield Visit("dev:mails", "owner", "/dev/mail/")
    yield Visit("mfa_activate_totp", "owner", "/account/2fa/totp/activate/")
    yield Visit("mfa_deactivate_totp", "agent", "/account/2fa/totp/deactivate/")
    yield Visit("mfa_view_recovery_codes", "agent", "/account/2fa/recovery-codes/")
    yield Visit("mfa_generate_recovery_codes", "agent", "/account/2fa/recovery-codes/generate/")
    yield Visit("mfa_index", "agent", "/account/2fa/")
    yield Visit("mfa_reauthenticate", "agent", "/account/2fa/reauthenticate/")
    yield Visit("account_login", "anonymous", "/account/login/", does=sends)
    yield Visit("account_logout", "owner", "/account/logout/")
    yield Visit("tenancy:join", "anonymous", "/join/made-up/", 404)
    yield Visit("incidents:answer", "anonymous", "/answer/confirm/made-up/", 404)
    yield Visit("incidents:portal-report", "owner", "/report/", does=sends)
    yield Visit("desk:incident-new", "own_lead", "/desk/incidents/new/", does=sends)
    yield Visit("desk:incidents", "own_lead", "/desk/incidents/?q=nothing-like-it")
    yield Visit("desk:incident", "own_lead", f"/desk/incidents/INC-{world.harbour.ids['hidden']}/", does=unfolds)
    yield Visit("desk:incidents", "own_lead", "/desk/incidents/?tab=all&q=one", does=chooses)
    chosen = "&".join(f"incident=INC-{world.harbour.ids[name]}" for name in ("hidden", "followed"))
    yield Visit("desk:problem-link", "problem_manager", f"/desk/problems/link/?{chosen}")
    yield Visit("desk:problem-link", "problem_manager", f"/desk/problems/link/?{chosen}", does=sends)
    yield Visit("desk:problem", "problem_manager", f"/desk/problems/PRB-{world.harbour.ids['problem']}/", does=unfolds)
    yield Visit(
        "desk:problem-analysis",
        "problem_manager",
        f"/desk/problems/PRB-{world.harbour.ids['problem']}/analysis/",
        does=unfolds,
    )
    yield Visit("desk:tenancy_membership_add", "administrator", "/desk/tenancy/membership/add/", does=sends)
    yield Visit("desk:tenancy_calendar_add", "administrator", "/desk/tenancy/calendar/add/", does=sends)
    yield Visit("desk:incidents_policy_add", "administrator", "/desk/incidents/policy/add/", does=sends)
    yield Visit("mfa_authenticate", "newcomer", "/account/login/", does=comes_with_the_password)


def sends(walker: Walker) -> None:
    """Send the form as it is: empty."""
    walker.page.locator("main form[method=post]").first.evaluate(
        "form => { form.noValidate = true; form.requestSubmit() }"
    )
    walker.page.wait_for_selector("[role=alert], .error, .errornote")


def chooses(walker: Walker) -> None:
    """Choose some lines."""
    for box in walker.page.locator(".choose input").all()[:2]:
        box.press("Space")
    walker.page.wait_for_selector("#chosen [role=status]:not(:empty)")


def unfolds(walker: Walker) -> None:
    """Unfold everything that may be done."""
    for _each in walker.page.locator("a.opens").all():
        opener = walker.page.locator("a.opens").first
        mark = opener.get_attribute("id")
        opener.press("Enter")
        walker.page.wait_for_selector(f"summary[id='{mark}']")
    walker.page.evaluate("document.querySelectorAll('details').forEach(one => { one.name = ''; one.open = true })")


def comes_with_the_password(walker: Walker) -> None:
    """Sign in; the second step is asked for."""
    walker.page.locator("[name=login]").fill("agent@harbour.example")
    walker.page.locator("[name=password]").fill(PASSWORD)
    walker.page.keyboard.press("Enter")
    walker.page.wait_for_selector("[name=code]")

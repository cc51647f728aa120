"""Makes the demo: the organisations as the database's owner, everything inside them as the app's role."""

from datetime import datetime, timedelta

from django.utils import translation

from config.demo import furnishing, knowing, people, promising, stage
from config.demo.cast import Cast
from config.demo.harbour import HARBOUR
from config.demo.house import House
from config.demo.quill import QUILL
from config.demo.setup import Setup
from incidents.actions import timing
from notifications import outbox
from tenancy import clock
from tenancy.actions import founding
from tenancy.actions.branding import change_branding
from tenancy.drafts import Branding, Founding
from tenancy.models import Membership, Organisation
from tenancy.wall import as_owner, bound

HOUSES: tuple[House, ...] = (HARBOUR, QUILL)

OPENED_BEFORE = timedelta(days=45)
# What is older was read long ago; only the newest mails are still to be delivered.
MAIL_WAITS_FOR = timedelta(minutes=70)


def seed() -> list[str]:
    """Make what is missing of the demo; return the names of the organisations that were filled."""
    now = clock.now()
    _found([house for house in HOUSES if not Organisation.objects.filter(slug=house.slug).exists()], now)
    return [house.name for house in HOUSES if _fill(house, now)]


def _found(houses: list[House], now: datetime) -> None:
    if not houses:
        return
    with as_owner():
        for house in houses:
            draft = Founding(
                slug=house.slug,
                name=house.name,
                hosts=house.hosts,
                sender_address=house.sender_address,
                language=house.language,
                time_zone=house.time_zone,
            )
            founding.found(draft, at=now - OPENED_BEFORE)


def _fill(house: House, now: datetime) -> bool:
    """Fill an organisation in which nobody is yet: all of it, or, when something breaks, nothing."""
    organisation = Organisation.objects.get(slug=house.slug)
    with bound(organisation.id), translation.override(house.language):
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        if Membership.objects.exists():
            return False
        _live(house, Cast(organisation, house.week), now)
        outbox.silence(before=now - MAIL_WAITS_FOR)
        timing.let_pass()
    return True


def _live(house: House, cast: Cast, now: datetime) -> None:
    setup = Setup(house, cast, now - OPENED_BEFORE)
    setup.administrator = people.admit_founder(setup)
    _brand(setup)
    furnishing.make_teams(setup)
    people.admit(setup)
    furnishing.seat(setup)
    people.reload(setup)
    furnishing.furnish(setup)
    promising.promise(setup)
    knowing.write(setup)
    stage.play(house, cast, now)


def _brand(setup: Setup) -> None:
    house = setup.house
    draft = Branding(name=house.name, colour=house.colour, language=house.language, time_zone=house.time_zone)
    setup.cast.organisation = change_branding(setup.administrator, draft=draft, at=setup.at)

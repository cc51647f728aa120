"""An incident on paper: what is to be known, in black and white, and nothing to press."""

import re

import pytest

from tests.journeys.look.street import Street, Walker

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_the_desk_prints_all_that_staff_know(street: Street) -> None:
    mate = street.walker("mate")
    mate.go(f"/desk/incidents/INC-{street.world.harbour.ids['joined']}/")
    mate.page.wait_for_selector("section#problem-panel")
    text = printed(mate)
    for words in ("The joined one", "Resolved", "Cleaned.", "Look.", "only staff see this", "A dead mouse",
                  "Classification", "Owner reported it", "Mate resolved it", "Harbour"):  # fmt: skip
        assert words in text
    for words in ("Put on hold", "Add person", "Skip to the content", "Log for someone", "Choose File", "Similar"):
        assert words not in text
    assert 1 <= pages(mate) <= 3


def test_the_portal_prints_what_the_reporter_may_know(street: Street) -> None:
    owner = street.walker("owner")
    owner.go(f"/incidents/INC-{street.world.harbour.ids['joined']}/")
    text = printed(owner)
    for words in ("The joined one", "Mate resolved it", "Details", "Printers", "Harbour"):
        assert words in text
    for words in ("Look.", "dead mouse", "Send my answer", "My incidents"):
        assert words not in text
    assert pages(owner) == 1


def test_black_on_white_whatever_the_screen_shows(street: Street) -> None:
    mate = street.walker("mate")
    mate.page.emulate_media(color_scheme="dark", media="print")
    mate.go(f"/desk/incidents/INC-{street.world.harbour.ids['joined']}/")
    shades = mate.page.evaluate(
        "[document.body, document.querySelector('.msg > div')].map(one => getComputedStyle(one).backgroundColor)"
    )
    assert shades == ["rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"]
    mate.page.emulate_media(color_scheme="null", media="null")


def printed(walker: Walker) -> str:
    """What a reader of the paper finds."""
    walker.page.emulate_media(media="print")
    text: str = walker.page.inner_text("body")
    walker.page.emulate_media(media="null")
    return text


def pages(walker: Walker) -> int:
    """How many sheets it takes."""
    return len(re.findall(rb"/Type\s*/Page\b", walker.page.pdf(format="A4")))

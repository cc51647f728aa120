"""What is wrong with a page as a browser shows it: for whoever can't see it, can't use a mouse, or has a phone."""

import json
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Response

from tests.architecture.guards import unguarded_headers
from tests.journeys.look.street import Walker

LOOKING = Path(__file__).with_name("looking.js").read_text()
AAA_LESS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# Off by default, or only good practice, and wanted here.
ALSO = ("target-size", "heading-order", "landmark-one-main", "landmark-unique", "page-has-heading-one", "region")
COLOURS = ("color-contrast", "link-in-text-block")
GRAVE = ("serious", "critical")
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= width) return [];
    const out = [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > width + 1);
    return [`scrolls sideways: ${out.slice(0, 3).map(one => one.outerHTML.slice(0, 90)).join(" | ")}`];
}"""


def faults(walker: Walker, response: Response) -> list[str]:
    """Look at the page in both themes, at both widths and in large letters; return everything wrong, in words."""
    page = walker.page
    if "html" not in response.headers.get("content-type", ""):
        return [*unguarded_headers(response.headers), *walker.complaints()]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    found = [*unguarded_headers(response.headers), *page.evaluate(LOOKING), *walker.complaints()]
    page.evaluate(AXE_SCRIPT)
    found += axe(page, "light, wide")
    page.emulate_media(color_scheme="dark")
    found += axe(page, "dark, wide", only=COLOURS)
    page.set_viewport_size(PHONE)
    found += on_a_phone(page) + page.evaluate(TOO_WIDE)
    return [*dict.fromkeys(found), *in_large_letters(page), *walker.complaints()]


def on_a_phone(page: Page) -> list[str]:
    """What axe finds; of targets that are too small only those that are so wherever the page is scrolled to.

    A bar that stands still covers half of a field until one scrolls a little.
    """
    found = axe(page, "dark, phone")
    if any(one.startswith("target-size") for one in found):
        page.evaluate("scrollBy(0, scrollY > 150 ? -150 : 150)")
        again = axe(page, "dark, phone")
        found = [one for one in found if one in again]
    return found


def glance(walker: Walker, response: Response) -> list[str]:
    """The same page for somebody else: nothing breaks, nothing sticks out."""
    walker.page.set_viewport_size(PHONE)
    is_page = "html" in response.headers.get("content-type", "")
    found = walker.page.evaluate(TOO_WIDE) if is_page else []
    return [*unguarded_headers(response.headers), *found, *walker.complaints()]


def axe(page: Page, what: str, only: tuple[str, ...] = ()) -> list[str]:
    """What axe finds grave, or what is wrong of the good practices we keep."""
    tags = {"runOnly": {"type": "tag", "values": AAA_LESS}, "rules": {rule: {"enabled": True} for rule in ALSO}}
    rules = {"runOnly": {"type": "rule", "values": only}}
    options = json.dumps({**(rules if only else tags), "resultTypes": ["violations"], "preload": False})
    result: dict[str, Any] = page.evaluate(f"axe.run(document, {options})")
    return [
        f"{one['id']} ({what}): {node['html'][:140]}"
        for one in result["violations"]
        if one["impact"] in GRAVE or one["id"] in ALSO
        for node in one["nodes"][:3]
    ]


def in_large_letters(page: Page) -> list[str]:
    """Text of twice the size makes no page wider."""
    page.set_viewport_size(WIDE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    return [f"large letters: {one}" for one in page.evaluate(TOO_WIDE)]

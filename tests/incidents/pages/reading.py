"""Read a page as a browser does: its text, its forms with what stands in them, and what they would send."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponseBase
from django.test import Client

from incidents.lifecycle import Verb

SILENT = {"style", "script", "svg", "title"}
VOID = {"input", "link", "meta", "img", "br", "hr", "rect", "path", "base"}
_ACTION = re.compile(r"/incidents/INC-\d+/(\w+)/$")


@dataclass
class Form:
    """A form, its ``values`` as they would be sent, and what its choices ``offer``."""

    action: str
    method: str
    unfolded: bool
    values: dict[str, list[str]] = field(default_factory=dict)
    offers: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, **changes: Any) -> dict[str, Any]:
        """What is sent after somebody changed these fields; None leaves one out."""
        return {name: value for name, value in {**self.values, **changes}.items() if value is not None}

    def value(self, name: str) -> str:
        """The one value of a field."""
        (found,) = self.values[name]
        return found


class Page(HTMLParser):
    """What came back."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        self.html = (b"".join(response) if response.streaming else response.content).decode(errors="replace")
        self.forms: list[Form] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.openers: list[str] = []
        self.ways: list[str] = []
        self._words: list[str] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._form: Form | None = None
        self._select = ""
        self._area = ""
        self.feed(self.html)
        self.text = " ".join(" ".join(self._words).split())

    def form(self, ending: str) -> Form:
        """The first form that posts to an address with this ending."""
        found = [form for form in self.forms if form.action.endswith(ending)]
        assert found, f"{ending} is not among {[form.action for form in self.forms]}"
        return found[0]

    def form_with(self, field: str) -> Form:
        """The first form that has this field."""
        return next(form for form in self.forms if field in form.values | form.offers)

    def verbs(self) -> set[Verb]:
        """The verbs that this page offers; a composer's modes and a verdict's answers count one by one."""
        found = {parse_qs(urlsplit(address).query)["do"][0] for address in self.openers}
        for form in self.forms:
            if match := _ACTION.search(form.action):
                match match[1]:
                    case "compose":
                        modes = {"public": Verb.REPLY, "internal": Verb.NOTE}
                        found |= {modes[mode] for mode in form.offers["mode"]}
                    case "verdict":
                        found |= set(form.offers["verdict"])
                    case verb:
                        found.add(verb)
        return {Verb(verb) for verb in found}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self._open.append((tag, given))
        if name := given.get("id"):
            self.ids.append(name)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
            if "opens" in (given.get("class") or "").split():
                self.openers.append(str(given["href"]).partition("#")[0])
                self.ways.append(self.openers[-1])
        if tag == "form":
            folds = [fold for fold in self._open if fold[0] == "details"]
            unfolded = all("open" in fold for _tag, fold in folds)
            self._form = Form(given.get("action") or "", given.get("method") or "get", unfolded)
            self.forms.append(self._form)
            self.ways.append(self._form.action)
        elif self._form and tag in {"input", "select", "option", "textarea", "datalist"}:
            self._field(self._form, tag, given)

    def _field(self, form: Form, tag: str, given: dict[str, str | None]) -> None:
        name, kind = given.get("name") or "", given.get("type") or "text"
        value = given.get("value")
        if tag == "datalist":
            self._select = ""  # suggestions, not choices
        elif tag == "select":
            self._select = name
            form.offers.setdefault(name, [])
        elif tag == "textarea":
            self._area = name
            form.values[name] = [""]
        elif tag == "option" and not self._select:
            pass
        elif tag == "option":
            form.offers[self._select].append(value or "")
            if "selected" in given or self._select not in form.values:
                form.values[self._select] = [value or ""]
        elif kind in {"radio", "checkbox"}:
            form.offers.setdefault(name, []).append(value if value is not None else "on")
            if "checked" in given:
                form.values.setdefault(name, []).append(value if value is not None else "on")
        elif kind == "file":
            form.offers[name] = []
        elif name:
            form.values.setdefault(name, []).append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in {name for name, _given in self._open}:
            while self._open.pop()[0] != tag:
                pass
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            so_far = self._form.values[self._area][0]
            # A browser drops a line break that stands first.
            self._form.values[self._area] = [so_far + data if so_far else re.sub("^\r?\n", "", data)]
        if not SILENT & {tag for tag, _given in self._open}:
            self._words.append(data)


class Browser:
    """Somebody at their browser."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, query: Any = None) -> Page:
        """Open a page."""
        return Page(self.client.get(path, query))

    def unfold(self, path: str, verb: str) -> list[Form]:
        """Open a page, unfold this verb wherever it is offered; return its forms."""
        page = self.get(path)
        wanted = [address for address in page.openers if f"do={verb}" in urlsplit(address).query.split("&")]
        assert wanted, f"{verb} is not among {page.openers}"
        return [self.get(address).form(f"/{verb}/") for address in wanted]

    def post(self, path: str, data: Any = None, *, follow: bool = False) -> Page:
        """Send a form."""
        return Page(self.client.post(path, data or {}, follow=follow))


_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def without_tokens(html: str) -> str:
    """The page without what differs each time."""
    return _TOKEN.sub("", html)

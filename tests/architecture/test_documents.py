"""The documents say what the code does."""

import re
from pathlib import Path

from incidents.management.commands.lifecycle import page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_lifecycle_page_is_made_from_the_table() -> None:
    assert (DOCS / "lifecycle.md").read_text() == page(), "run: python3 manage.py lifecycle > docs/lifecycle.md"


NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_what_the_threat_model_names_is_there() -> None:
    text = (DOCS / "threat-model.md").read_text()
    named = NAMED.findall(text)
    assert len(named) > 40
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (DOCS.parent / path).is_file() or (name and not re.search(rf"(def|class) {name}\b", _source(path)))
    ]
    assert missing == []
    modules = re.findall(r"`((?:config|incidents|notifications|tenancy)/[\w/.]*)`", text)
    assert [path for path in modules if not (DOCS.parent / path).exists()] == []


def test_the_threat_model_speaks_of_every_threat() -> None:
    rows = re.findall(r"^\| (\d+) \|(.*)\|$", (DOCS / "threat-model.md").read_text(), re.MULTILINE)
    assert sorted(int(number) for number, _cells in rows) == list(range(1, 38))
    unproven = [number for number, cells in rows if "tests/" not in cells and not re.search("later|yet", cells)]
    assert unproven == []


def _source(path: str) -> str:
    return (DOCS.parent / path).read_text()

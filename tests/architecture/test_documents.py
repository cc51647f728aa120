"""The documents say what the code does."""

from pathlib import Path

from incidents.management.commands.lifecycle import page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_lifecycle_page_is_made_from_the_table() -> None:
    assert (DOCS / "lifecycle.md").read_text() == page(), "run: python3 manage.py lifecycle > docs/lifecycle.md"

"""Catalogues of texts, read without the tools of gettext."""

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PART = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")')
HELD = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?\w+>")


@dataclass
class Entry:
    """One text: where it is unclear what is meant a context, the texts in English, and those in the language."""

    flags: str = ""
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What the machine looks it up by."""
        context = self.parts.get("msgctxt")
        return f"{context}\x04{self.parts['msgid']}" if context else self.parts["msgid"]

    @property
    def english(self) -> list[str]:
        """One text, or one and many."""
        return [self.parts[part] for part in ("msgid", "msgid_plural") if part in self.parts]

    @property
    def told(self) -> list[str]:
        """The same in the language, as many forms as it has."""
        return [text for part, text in self.parts.items() if part.startswith("msgstr")]


def read(path: Path) -> list[Entry]:
    """The entries of a .po, without its header."""
    return [entry for entry in _entries(path.read_text(encoding="utf-8")) if entry.parts["msgid"]]


def _entries(text: str) -> Iterator[Entry]:
    for block in re.split(r"\n\s*\n", text):
        entry, last = Entry(), ""
        for line in block.splitlines():
            if line.startswith("#"):
                entry.flags += line[2:] if line.startswith("#,") else ""
            elif part := PART.fullmatch(line):
                last = part[1]
                entry.parts[last] = ast.literal_eval(part[2])
            else:
                entry.parts[last] += ast.literal_eval(line)
        if entry.parts:
            yield entry


def compiled(path: Path) -> dict[str, list[str]]:
    """What the machine reads: each key with its forms."""
    with path.open("rb") as file:
        catalogue: dict[str | tuple[str, int], str] = gettext.GNUTranslations(file)._catalog
    forms: dict[str, list[str]] = {}
    for key, told in sorted(catalogue.items(), key=str):
        forms.setdefault(key if isinstance(key, str) else key[0], []).append(told)
    del forms[""]
    return forms


def held(text: str) -> list[str]:
    """The places in a text that are filled in, and its tags."""
    return sorted(HELD.findall(text))

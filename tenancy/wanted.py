"""Which of a page's forms somebody wants to fill in: each is written only then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

V = TypeVar("V", bound=str)


@dataclass(frozen=True)
class Wanted(Generic[V]):
    """A verb's form, and where the page has several of them, what it is about."""

    verb: V
    about: str = ""

    @classmethod
    def by(cls, query: Mapping[str, str], verbs: Iterable[V]) -> "Wanted[V] | None":
        """What an address asks for, if it is one of these verbs."""
        return next((cls(verb, query.get("about", "")) for verb in verbs if verb == query.get("do")), None)

    @property
    def mark(self) -> str:
        """The id of what opens the form on the page."""
        return f"do-{self.verb}-{self.about}" if self.about else f"do-{self.verb}"

    @property
    def query(self) -> str:
        """How the page's address asks for it."""
        return urlencode({"do": self.verb, "about": self.about} if self.about else {"do": self.verb})

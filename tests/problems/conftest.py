"""Fixtures of the problems' tests: the cast of the incidents' ones."""

from tests.incidents.conftest import agent, cast, lead, reporter

__all__ = ["agent", "cast", "lead", "reporter"]

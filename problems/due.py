"""What falls due here, for the engine."""

from problems.actions import spreading
from tenancy.engine import Work

LINKS = Work(spreading.NAME, "organisations_with_due_links", "link_figures", spreading.CLAIMS.attend_batch)

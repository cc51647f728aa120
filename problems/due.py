"""What falls due here, for the engine."""

from problems.actions import scanning, spreading, watching
from tenancy.engine import Work

PROBLEMS = Work(watching.NAME, "organisations_with_due_problems", "problem_timer_figures", watching.CLAIMS.attend_batch)
LINKS = Work(spreading.NAME, "organisations_with_due_links", "link_figures", spreading.CLAIMS.attend_batch)
CLUSTERS = Work(scanning.NAME, "organisations_with_due_scans", "scan_figures", scanning.attend_batch)

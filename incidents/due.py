"""What falls due here, for the engine."""

from incidents.actions import timing
from tenancy.engine import Work

WORK = Work(timing.NAME, "organisations_with_due_timers", "timer_figures", timing.CLAIMS.attend_batch)

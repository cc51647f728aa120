"""What the workers count."""

from prometheus_client import Counter, Histogram

TASKS = Counter("stillwater_tasks_total", "Tasks that a worker ended", ["task", "outcome"])
SECONDS = Histogram(
    "stillwater_task_seconds", "How long a task took", ["task"], buckets=(0.01, 0.05, 0.25, 1, 5, 10, 30, 60, 300)
)

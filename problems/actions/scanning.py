"""Search an organisation's incidents for clusters, every few minutes while something happens there.

Whoever searches holds the organisation's row of `Scan`, so that two searches can't find the same cluster twice; the
key of a cluster is unique besides.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from problems import clusters
from problems.clustering import Finding, Kind, candidates, findings, is_silent
from problems.models import Cluster, Scan
from tenancy import clock, engine, trail
from tenancy.engine.claims import Claims
from tenancy.wall import bound

NAME = "clusters"
CLUSTER = "cluster"
EVERY = timedelta(minutes=5)


def attend(scan_ids: Collection[int]) -> set[int]:
    """Search for these rows; return those that somebody else holds."""
    scans = list(Scan.objects.filter(pk__in=scan_ids).select_for_update(of=("self",), skip_locked=True))
    at = clock.now()
    for scan in scans:
        engine.LATENESS.labels(NAME).observe(max(0.0, (at - scan.due_at).total_seconds()))
        if scan.scanned_at is None or not clusters.is_quiet_since(scan.scanned_at):
            search(at)
        scan.scanned_at, scan.due_at = at, at + EVERY
        scan.retry_at, scan.attempts, scan.last_error = None, 0, ""
        scan.save()
    return set(scan_ids) - {scan.pk for scan in scans}


CLAIMS = Claims(NAME, lambda: Scan.objects.all().due(), attend)


def attend_batch(organisation_id: int) -> int:
    """Search one organisation, if it is time; its row is made at the first time."""
    with bound(organisation_id):
        if not Scan.objects.exists():
            Scan.objects.bulk_create([Scan(due_at=clock.now())], ignore_conflicts=True)
    return CLAIMS.attend_batch(organisation_id)


def search(at: datetime) -> list[Cluster]:
    """Search the bound organisation; return the clusters that are shown for it from now on."""
    limits = clusters.rule()
    reports = clusters.reports_of(at, limits)
    shared = candidates(reports, limits)
    services = {key.service_id for key in shared}
    total = sum(one.service_id in services for one in reports)
    found = findings(shared, clusters.past_of(shared.keys(), at, limits), limits, total)
    keys = [str(key) for one in found for key in one.keys]
    known = {
        one.key: one for one in Cluster.objects.filter(key__in=keys).order_by("pk").select_for_update(of=("self",))
    }
    kept = (_keep(finding, known, at) for finding in found)
    return [one for one in kept if one]


def _keep(finding: Finding, known: dict[str, Cluster], at: datetime) -> Cluster | None:
    """Note what was found, or nothing where somebody dismissed it; known is what has one of its keys already."""
    cluster = next((known[str(key)] for key in finding.keys if str(key) in known), None)
    if cluster is None:
        return _note(Cluster(key=str(finding.keys[0])), finding, at)
    if cluster.state == Cluster.State.DISMISSED and _is_silent(cluster, len(finding.reports), at):
        return None
    return _note(cluster, finding, at)


def _is_silent(cluster: Cluster, count: int, at: datetime) -> bool:
    then, before = cluster.dismissed_at, cluster.dismissed_count
    return then is not None and is_silent(dismissed_at=then, dismissed_count=before, count=count, at=at)


def _note(cluster: Cluster, finding: Finding, at: datetime) -> Cluster:
    """Write what is known of it now; where it is new, or was decided about, that it is open stands in the trail."""
    first, last = finding.reports[0].at, finding.reports[-1].at
    is_new = cluster.pk is None or cluster.state != Cluster.State.OPEN
    key = next((one for one in finding.keys if str(one) == cluster.key), finding.keys[0])
    if is_new or cluster.last_seen < first:
        cluster.first_seen = first
    cluster.state, cluster.last_seen = Cluster.State.OPEN, last
    cluster.kind, cluster.service_id, cluster.value = key.kind.value, key.service_id, key.value
    cluster.category_id = int(key.value) if key.kind is Kind.CATEGORY else None
    cluster.reasons = [[one.kind.value, one.value] for one in finding.keys if one != key]
    cluster.count, cluster.usual = len(finding.reports), finding.usual.median
    cluster.people = len({one.reporter_id for one in finding.reports})
    cluster.save()
    if is_new:
        facts = {"kind": cluster.kind, "service_id": cluster.service_id, "count": cluster.count}
        trail.record("cluster.found", record=(CLUSTER, cluster.pk), actor=None, at=at, facts=facts)
    return cluster

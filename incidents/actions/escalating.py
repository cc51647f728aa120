"""Carry out the steps of an escalation: told in the same transaction as their effects, or not at all."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypeGuard

from django.db.models import QuerySet
from prometheus_client import Counter

from incidents import escalation
from incidents.actions.round import Round
from incidents.audience import Concerned
from incidents.escalation import Facts, Fired, From, Plan, Step, Until
from incidents.models import Clock, Escalation, EscalationEdition, Incident
from incidents.reach import catch_all, reached
from incidents.sla import State
from tenancy.hours import NeverOpen
from tenancy.models import Team, TeamSeat, TrailEntry
from tenancy.wall import OneOf, Written, update_all

ESCALATED, UNANSWERED = "incident.escalated", "incident.unanswered"
STARTS_AGAIN = frozenset({"incident.reopened", "incident.rejected", "incident.contested", "incident.fix_undone"})
EVENT = "incident_escalated"
# What must still be so when a letter goes out, by what stops its step; see the setting `STILL_SO`.
STILL = {Until.ACKNOWLEDGED: "unanswered", Until.RESOLVED: "unsolved"}
TOLD_NOBODY = Counter("stillwater_told_nobody_total", "Escalations that reached nobody at all, not even the catch-all")
Alarm = Incident.Alarm


# --- after a verb
def begin(incident: Incident, kept: Iterable[Clock]) -> datetime | None:
    """Start the escalation of an incident that was just made; return its first moment."""
    edition = EscalationEdition.objects.fitting(incident, incident.reported_at)
    if edition is None:
        return None
    course = Escalation(incident=incident, edition=edition, started_at=incident.reported_at)
    return _set(course, incident, kept, incident.reported_at)


def replan(incident: Incident, entry: TrailEntry, kept: Iterable[Clock], current: Escalation | None) -> datetime | None:
    """Go on with, end or start anew the ``current`` escalation after this entry; return its next moment."""
    if not incident.is_open:
        _end(current)
        return None
    if _starts_again(entry) or _is_for_others(entry):
        current = _begin_anew(incident, entry, current)
    return _set(current, incident, kept, entry.at) if current and not current.is_over else None


def _set(course: Escalation, incident: Incident, kept: Iterable[Clock], at: datetime) -> datetime | None:
    """Work out when its next step is, and keep that."""
    steps = course.edition.read()
    made = escalation.plan(steps, facts_of(incident, course, steps, kept), course.so_far(len(steps)), at)
    next_at = at if made.due or _is_to_be_told(made, incident) else made.next_at
    if course.pk is None or course.next_at != next_at:
        course.next_at = next_at
        course.save()
    return next_at


def current_ones(numbers: Collection[int]) -> dict[int, Escalation]:
    """The newest escalation of each of these incidents, by their ids."""
    return {one.incident_id: one for one in _newest(tuple(numbers))}


def _make_newest(numbers: Collection[int]) -> QuerySet[Escalation]:
    of_these = Escalation.objects.filter(OneOf("incident", numbers)).select_related("edition")
    return of_these.order_by("incident_id", "-generation").distinct("incident_id")


_newest = Written(_make_newest)


def _end(current: Escalation | None) -> None:
    if current and not current.is_over:
        current.is_over, current.next_at = True, None
        current.save(update_fields=["is_over", "next_at"])


def is_about_answers(entry: TrailEntry) -> bool:
    """Whether somebody answered, or whoever did has it no more."""
    return "acknowledged_at" in entry.facts.get("changed", {})


def _starts_again(entry: TrailEntry) -> bool:
    """Whether it is open again, or whoever looked after it has it no more."""
    return entry.kind in STARTS_AGAIN or (is_about_answers(entry) and not entry.facts["changed"]["acknowledged_at"][1])


def _is_for_others(entry: TrailEntry) -> bool:
    """Whether another policy may hold now."""
    return not {"priority", "service_id"}.isdisjoint(entry.facts.get("changed", {}))


def _begin_anew(incident: Incident, entry: TrailEntry, current: Escalation | None) -> Escalation | None:
    """A new generation, by the policy that holds now; the one under way goes on where that is the same."""
    edition = EscalationEdition.objects.fitting(incident, entry.at)
    is_same = current and edition and current.edition.policy_id == edition.policy_id
    if current and is_same and not current.is_over and not _starts_again(entry):
        return current
    _end(current)
    if edition is None:
        return None
    generation = current.generation + 1 if current else 1
    return Escalation(incident=incident, edition=edition, generation=generation, started_at=entry.at)


def facts_of(incident: Incident, current: Escalation, steps: Iterable[Step], kept: Iterable[Clock]) -> Facts:
    """How the incident stands for its steps."""
    by_measure = {clock.measure: clock for clock in kept}
    return Facts(
        started_at=current.started_at,
        is_open=incident.is_open,
        is_acknowledged=incident.acknowledged_at is not None,
        reached={
            (step.of, step.after): _reached(clock, step.after)
            for step in steps
            if step.of is not From.START and (clock := by_measure.get(step.of.value)) and clock.state != State.STOPPED
        },
    )


def _reached(clock: Clock, percent: int) -> datetime | None:
    promise = clock.promise
    left = promise.target * percent / 100 - clock.used
    if left.total_seconds() <= 0:
        return clock.turned_at
    if clock.state != State.RUNS:
        return None
    try:
        return promise.calendar.after(clock.turned_at, left)
    except NeverOpen:
        return None


def _is_to_be_told(made: Plan, incident: Incident) -> bool:
    return made.is_unanswered and not incident.escalation_alarm


# --- when a step is due
def attend(due: Round) -> dict[int, datetime | None]:
    """Carry out what is due for the round's incidents; return when each one's next step is."""
    courses = _under_way(tuple(due.incidents))
    moved = [_Course(due, one) for one in courses if one.next_at and one.next_at <= due.at]
    for course in moved:
        course.go_on()
    update_all([course.kept for course in moved], ["fired", "next_at"])
    return {one.incident_id: one.next_at for one in courses}


_under_way = Written(
    lambda numbers: Escalation.objects.filter(OneOf("incident", numbers), is_over=False).select_related("edition")
)


class _Course:
    """One incident's escalation, moved on."""

    def __init__(self, due: Round, kept: Escalation) -> None:
        self.due, self.kept = due, kept
        self.incident = due.incidents[kept.incident_id]
        self.steps = kept.edition.read()
        self.fired = kept.so_far(len(self.steps))
        self.has_told = self.was_in_vain = False

    def go_on(self) -> None:
        before = list(self.fired)
        for index in self._plan().due:
            if self.fired[index] == before[index]:  # or else one before it reached nobody, and brought it on
                self._take_place(index)
        if self.was_in_vain and not self.has_told:
            self._raise_alarm(Alarm.TOLD_NOBODY)
        made = self._plan()
        if _is_to_be_told(made, self.incident):
            self._nobody_answers()
        self.kept.keep(self.fired)
        self.kept.next_at = made.next_at

    def _plan(self) -> Plan:
        clocks_of = [clock for clock in self.due.clocks if clock.incident_id == self.incident.pk]
        self.facts = facts_of(self.incident, self.kept, self.steps, clocks_of)
        return escalation.plan(self.steps, self.facts, self.fired, self.due.at)

    def _take_place(self, index: int) -> None:
        """This step, and, where it reaches nobody, the next one at once."""
        step, cycle = self.steps[index], self.fired[index].count + 1
        self.fired[index] = Fired(cycle, self.due.at)
        changed = self._effects(step)
        people = reached(self.incident, step.tell, self.due.organisation) if step.tell else []
        in_vain = bool(step.tell) and not people
        if in_vain:
            people = catch_all(self.incident, self.due.rules.catch_all, self.due.organisation)
        self._write(step, (index, cycle), people, changed | ({"in_vain": True} if in_vain else {}))
        self.has_told |= bool(people)
        if in_vain:
            self.was_in_vain = True
            after = escalation.following(self.steps, self.facts, self.fired, index)
            if after is not None:
                self._take_place(after)

    def _effects(self, step: Step) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if step.level > self.incident.escalation_level:
            values["escalation_level"] = step.level
        if step.major and not self.incident.major_proposed_at:
            values["major_proposed_at"] = self.due.at
        if self._moves(step.team):
            values |= self._moved_to(step.team)
        changed = self.due.change(self.incident, **values)
        return {"changed": changed} if changed else {}

    def _moves(self, team_id: int | None) -> TypeGuard[int]:
        """Whether it goes to that team: none that is retired; what is restricted is shown to no other by itself."""
        if team_id is None or team_id == self.incident.team_id or self.incident.restricted:
            return False
        return Team.objects.filter(pk=team_id, is_active=True).exists()

    def _moved_to(self, team_id: int) -> dict[str, Any]:
        """The agent keeps it only when they belong to that team, as when somebody moves it."""
        agent_id = self.incident.assignee_id
        if agent_id is None or TeamSeat.objects.filter(team=team_id, membership=agent_id).exists():
            return {"team_id": team_id}
        given_back: dict[str, Any] = {"status": "new"} if self.incident.status == "in_progress" else {}
        if self.incident.acknowledged_by_id == agent_id:
            given_back |= {"acknowledged_at": None, "acknowledged_by_id": None}
        return {"team_id": team_id, "assignee_id": None, **given_back}

    def _write(self, step: Step, which: tuple[int, int], people: list[Concerned], facts: dict[str, Any]) -> None:
        index, cycle = which
        # Whoever looked after it has it no more: this generation ends, and its letters still go out.
        ends = "acknowledged_at" in facts.get("changed", {})
        still = {"name": STILL[step.until], "incident": self.incident.pk, "generation": self.kept.generation}
        entry = self.due.happened(
            ESCALATED,
            self.incident,
            {
                "step": index + 1,
                "cycle": cycle,
                "generation": self.kept.generation,
                "level": self.incident.escalation_level,
                "targets": [[one.who.value, *([one.which] if one.which else [])] for one in step.tell],
                "told_ids": sorted(one.membership.pk for one in people),
                **facts,
            },
            event=EVENT if people else "",
            people=people,
            more=self._public(step, cycle),
            still={} if ends else still,
        )
        if ends:
            self.due.turned(entry)

    def _public(self, step: Step, cycle: int) -> dict[str, Any]:
        return {
            "level": self.incident.escalation_level,
            "until": step.until.value,
            "cycle": cycle,
            "since_at": self.kept.started_at.isoformat(),
        }

    def _nobody_answers(self) -> None:
        people = catch_all(self.incident, self.due.rules.catch_all, self.due.organisation)
        self._raise_alarm(Alarm.UNANSWERED)
        self.due.happened(
            UNANSWERED,
            self.incident,
            {
                "generation": self.kept.generation,
                "told_ids": [one.membership.pk for one in people],
                "changed": {"escalation_alarm": ["", Alarm.UNANSWERED.value]},
            },
            event=EVENT if people else "",
            people=people,
            more={**self._public(Step(0), 1), "until": "", "unanswered": True},
            still={"name": STILL[Until.ACKNOWLEDGED], "incident": self.incident.pk, "generation": self.kept.generation},
        )

    def _raise_alarm(self, alarm: Alarm) -> None:
        self.due.change(self.incident, escalation_alarm=alarm.value)
        if alarm is Alarm.TOLD_NOBODY:
            TOLD_NOBODY.inc()

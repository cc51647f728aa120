"""What each verb wants to be told, field by field."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents import words as said
from incidents.models import Category, Service
from incidents.models.incident import PREFIX as INCIDENT
from problems.analysis import Kind, is_web_address
from problems.api.raising import incidents
from problems.models import PREFIX, Evidence, File, Statement
from tenancy.api import fields
from tenancy.api.fields import LabelField, active_people, choice, moment, words
from tenancy.api.parsing import RecordField, Strict
from tenancy.bounds import LONGEST_TEXT
from tenancy.members import Member

# The field that says what the evidence of a kind is.
THING = {Kind.INCIDENT: "incident", Kind.LINK: "url", Kind.MEASUREMENT: "value", Kind.FILE: "file"}


class Assess(Strict):
    """How bad it is."""

    impact = choice(said.IMPACT)
    urgency = choice(said.URGENCY)


class Appoint(Strict):
    """Who answers for it and who coordinates the work; what is left out stays as it is."""

    manager = RecordField(active_people, required=False, allow_null=True)
    coordinator = RecordField(active_people, required=False, allow_null=True)


class Describe(Strict):
    """What it is about; what is left out stays as it is."""

    title = serializers.CharField(required=False, max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TEXT)
    error_code = serializers.CharField(required=False, allow_blank=True, max_length=100)
    service = RecordField(lambda: Service.objects.filter(is_active=True), required=False, allow_null=True)
    category = RecordField(lambda: Category.objects.filter(is_active=True), required=False, allow_null=True)


class State(Strict):
    """What is so, or why another statement is."""

    text = words()
    parent = serializers.UUIDField(default=None, allow_null=True, help_text="The statement whose why it answers.")
    branch = choice(Statement.Bone.values, default=None, allow_null=True)
    happened_at = moment(default=None, allow_null=True)


class Reword(Strict):
    """A statement in better words, or hung elsewhere; what is left out stays as it is."""

    statement = serializers.UUIDField()
    text = serializers.CharField(required=False, max_length=LONGEST_TEXT)
    parent = serializers.UUIDField(required=False, allow_null=True)
    branch = choice(Statement.Bone.values, required=False, allow_null=True)
    happened_at = moment(required=False, allow_null=True)


class Support(Strict):
    """What shows a statement: of the rest, what belongs to the kind."""

    statement = serializers.UUIDField()
    kind = choice(Evidence.Sort.values)
    incident = LabelField(INCIDENT, default=None, allow_null=True)
    url = serializers.URLField(required=False, allow_blank=True, max_length=500, default="")
    value = serializers.DecimalField(max_digits=18, decimal_places=6, default=None, allow_null=True)
    unit = fields.words(required=False, most=40)
    file = serializers.UUIDField(default=None, allow_null=True)
    words = fields.words(required=False, help_text="What it shows; of a measurement, what was measured and how.")

    def validate_url(self, url: str) -> str:
        """Refuse where a browser should not be led."""
        if url and not is_web_address(url):
            raise serializers.ValidationError(_("This is not a web address."))
        return url

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for what the kind needs."""
        needed = [THING[Kind(attrs["kind"])], *(["words"] if attrs["kind"] == Kind.MEASUREMENT else [])]
        if missing := [name for name in needed if attrs[name] in (None, "")]:
            raise serializers.ValidationError({name: [_("This can't stay empty.")] for name in missing})
        return attrs


class WithdrawEvidence(Strict):
    """Which evidence shows nothing after all, and why."""

    evidence = serializers.UUIDField()
    reason = words()


class Judge(Strict):
    """What is thought of a statement, and why."""

    statement = serializers.UUIDField()
    belief = choice(Statement.State.values)
    reason = words(required=False)


class Adopt(Strict):
    """Which hypothesis of one of its incidents is taken in."""

    hypothesis = serializers.UUIDField()


class Establish(Strict):
    """Which confirmed statement the root cause is, in a summary, and how one knows."""

    statement = serializers.UUIDField()
    cause = words()
    evidence = words()


class WorkAround(Strict):
    """What those who wait may do meanwhile. Nobody is told by it: see broadcast."""

    workaround = words()
    change = words(required=False, help_text="What is different, for whoever was told the text before.")


class Apply(Strict):
    """What was fixed, which reporters read, and how it was tested."""

    note = words()
    tested_how = words()


class Why(Strict):
    """Why."""

    reason = words()


class Merge(Strict):
    """The problem that goes on."""

    into = LabelField(PREFIX)


class Link(Strict):
    """Which incidents it causes, too."""

    incidents = incidents(min_length=1)


class Unlink(Strict):
    """Which incident it does not cause."""

    incident = LabelField(INCIDENT)


class KeptFiles(fields.KeptFiles):
    """Files that wait to be handed in to a problem."""

    def waiting(self, member: Member) -> "QuerySet[File]":
        """Those of the problems' room."""
        return File.objects.kept_for(member.id)


class Note(Strict):
    """What only staff may read, with files that were uploaded before."""

    text = words()
    attachments = KeptFiles()


class Attach(Strict):
    """Files that were uploaded before, by their ids."""

    attachments = KeptFiles(min_length=1)


class Plan(Strict):
    """What is to be done, by whom and by when."""

    what = words(most=200)
    assignee = RecordField(active_people, default=None, allow_null=True)
    due_at = moment(default=None, allow_null=True)


class Tick(Strict):
    """Which task is done."""

    task = serializers.UUIDField()


class Review(Strict):
    """When somebody has to look at it again."""

    review_at = moment()

    def validate_review_at(self, at: Any) -> Any:
        """Refuse what is over."""
        if at <= timezone.now():
            raise serializers.ValidationError(_("Choose a date in the future."))
        return at

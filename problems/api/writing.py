"""What an article says: as it is begun, and as it is changed."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents.models import Category, Service
from problems import actions
from problems.drafts import ArticleDraft
from problems.knowledge import Audience
from problems.models import PREFIX, Article, Problem
from tenancy.api.fields import LabelField, active_people, choice, words
from tenancy.api.parsing import RecordField, Strict
from tenancy.bounds import LONGEST_TEXT
from tenancy.members import Member

MOST_TOPICS = 50


def _services(**more: Any) -> serializers.ListField:
    child = RecordField(lambda: Service.objects.filter(is_active=True))
    return serializers.ListField(child=child, max_length=MOST_TOPICS, **more)


def _categories(**more: Any) -> serializers.ListField:
    child = RecordField(lambda: Category.objects.filter(is_active=True))
    return serializers.ListField(child=child, max_length=MOST_TOPICS, **more)


class Write(Strict):
    """A draft; all but the title may be left out. The texts are markdown."""

    title = words(most=200)
    summary = words(required=False, most=300)
    body = words(required=False)
    workaround = words(required=False)
    cause = words(required=False, help_text="For staff, whoever the article is for.")
    error_code = words(required=False, most=100)
    audience = choice(Article.Readers.values, default=Audience.INTERNAL.value)
    services = _services(default=())
    categories = _categories(default=())
    owner = RecordField(active_people, default=None, allow_null=True, help_text="Left out: you.")
    review_on = serializers.DateField(default=None, allow_null=True)
    problem = LabelField(PREFIX, default=None, allow_null=True, help_text="What it is about, by number.")

    def validate_problem(self, number: int | None) -> int | None:
        """Refuse what is not there for the asker."""
        seen = Problem.objects.visible_to(self.context["member"])
        if number and not seen.filter(number=number).exists():
            raise serializers.ValidationError(_("There is no such problem."))
        return number


def _text(most: int = LONGEST_TEXT, **more: Any) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=most, **more)


class Revise(Strict):
    """What is different; what is left out stays as it is."""

    title = serializers.CharField(required=False, max_length=200)
    summary = _text(300)
    body, workaround, cause = _text(), _text(), _text()
    error_code = _text(100)
    audience = choice(Article.Readers.values, required=False)
    services = _services(required=False)
    categories = _categories(required=False)
    owner = RecordField(active_people, required=False)
    review_on = serializers.DateField(required=False, allow_null=True)


class Restore(Strict):
    """Which edition it is to say again."""

    edition = serializers.IntegerField(min_value=1, max_value=2_147_483_647)


class Judged(Strict):
    """Whether it helped, and what is missing or wrong."""

    helped = serializers.BooleanField()
    words = words(required=False, most=500)


def draft_from(facts: dict[str, Any]) -> ArticleDraft:
    """The facts as the action takes them; each service and category once."""
    many = {name: tuple({one.pk: one for one in facts[name]}.values()) for name in ("services", "categories")}
    return ArticleDraft(**{**facts, **many, "audience": Audience(facts["audience"])})


def write(member: Member, sent: Any) -> Article:
    """Begin an article with what was sent."""
    member.require("article.write")
    asked = Write(data=sent, context={"member": member})
    asked.is_valid(raise_exception=True)
    facts = dict(asked.validated_data)
    problem = facts.pop("problem")
    return actions.write_article(member, draft=draft_from(facts), problem=problem)

"""Articles: what is known, for staff or for everybody; their revisions, and how much they help."""

from typing import ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Q
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from incidents.models import Category, Incident, Service
from problems.knowledge import Audience, State
from problems.models.problem import Problem
from tenancy.members import Member
from tenancy.models import Membership
from tenancy.wall import PublicModel, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet, public, walled

KNOWN_ERROR = Q(state=State.PUBLISHED, problem__isnull=False) & ~Q(cause="") & ~Q(workaround="")


class ArticleQuerySet(TenantQuerySet["Article"]):
    """Readings of the articles; what a member may see is decided here and nowhere else."""

    def for_desk(self, member: Member) -> "ArticleQuerySet":
        """All of them, drafts too, for staff."""
        return self.all() if member.may("article.read") else self.none()

    def for_portal(self) -> "ArticleQuerySet":
        """What everybody in the organisation may read, their public side."""
        return self.published().filter(audience=Audience.PUBLIC)

    def visible_to(self, member: Member) -> "ArticleQuerySet":
        """Staff see all of them, others what everybody may read."""
        return self.for_desk(member) if member.may("article.read") else self.for_portal()

    def published(self) -> "ArticleQuerySet":
        """Neither drafts nor retired."""
        return self.filter(state=State.PUBLISHED)

    def known_errors(self) -> "ArticleQuerySet":
        """Published, of a problem, with its cause and a workaround."""
        return self.filter(KNOWN_ERROR)

    def with_known(self) -> "ArticleQuerySet":
        """Each with whether it is a known error, as ``is_known``."""
        return self.annotate(is_known=models.ExpressionWrapper(KNOWN_ERROR, output_field=models.BooleanField()))

    def about_services(self) -> "ArticleQuerySet":
        """Each with the services that it is about, as ``about``: their ids and names."""
        services = Service.objects.filter(articles=models.OuterRef("pk")).order_by("name", "public_id")
        return self.annotate(about=ArraySubquery(services.values(one=JSONObject(id="public_id", name="name"))))


ArticleManager = TenantManager.from_queryset(ArticleQuerySet)


class Article(PublicModel):
    """What is known. It changes only through `problems.actions.writing`.

    Readers see ``title``, ``summary``, ``workaround`` and ``body``; ``cause`` is for staff, whoever the article is for.
    Its name outside the house is its public id: a number would tell requesters how much is written that they don't see.
    """

    grants = "SELECT, INSERT, UPDATE"

    class Status(models.TextChoices):
        DRAFT = State.DRAFT.value, _("Draft")
        PUBLISHED = State.PUBLISHED.value, _("Published")
        RETIRED = State.RETIRED.value, _("Retired")

    class Readers(models.TextChoices):
        INTERNAL = Audience.INTERNAL.value, _("Staff only")
        PUBLIC = Audience.PUBLIC.value, _("Everybody")

    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("in one sentence"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    workaround = models.TextField(_("workaround"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    """Internal, like what it was copied from."""
    error_code = models.CharField(_("error code"), max_length=100, blank=True)
    audience = models.CharField(_("readers"), max_length=10, choices=Readers, default=Readers.INTERNAL)
    state = models.CharField(_("state"), max_length=10, choices=Status, default=Status.DRAFT)
    edition = models.PositiveIntegerField(default=1)
    problem = TenantForeignKey(Problem, on_delete=models.PROTECT, null=True, related_name="articles")
    owner = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="owned_articles", verbose_name=_("owner")
    )
    review_on = models.DateField(_("review on"), null=True)
    services: "models.ManyToManyField[Service, Service]" = models.ManyToManyField(
        Service, through="ArticleService", related_name="articles"
    )
    categories: "models.ManyToManyField[Category, Category]" = models.ManyToManyField(
        Category, through="ArticleCategory", related_name="articles"
    )
    written_at = models.DateTimeField(_("written"))
    updated_at = models.DateTimeField(_("changed"))
    published_at = models.DateTimeField(_("published"), null=True)

    objects: ClassVar[ArticleManager] = ArticleManager()

    class Meta(PublicModel.Meta):
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["title", "id"]
        constraints = [
            *walled("problems_article", problem="problems_problem", owner="tenancy_membership"),
            *public("problems_article"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "state", "audience", "-updated_at", "-id"], name="problems_article_list"
            ),
            models.Index(
                fields=["organisation", "problem"], name="problems_article_problem", condition=~Q(problem=None)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def is_public(self) -> bool:
        return self.audience == Audience.PUBLIC

    @property
    def is_known_error(self) -> bool:
        """Whether it is published with the cause of its problem and what can be done meanwhile."""
        return self.is_published and self.problem_id is not None and bool(self.cause and self.workaround)

    @property
    def public_text(self) -> str:
        """What a reader may be told, without the title: the workaround first."""
        return "\n\n".join(filter(None, (self.workaround, self.body)))


class ArticleService(TenantModel):
    """A service that an article is about."""

    article = TenantForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    service = TenantForeignKey(Service, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            *walled("problems_articleservice", article="problems_article", service="incidents_service"),
            models.UniqueConstraint(fields=["organisation", "article", "service"], name="problems_articleservice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} - {self.service_id}"


class ArticleCategory(TenantModel):
    """A category that an article is about."""

    article = TenantForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    category = TenantForeignKey(Category, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            *walled("problems_articlecategory", article="problems_article", category="incidents_category"),
            models.UniqueConstraint(
                fields=["organisation", "article", "category"], name="problems_articlecategory_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} - {self.category_id}"


class Revision(TenantModel):
    """An article's text as somebody left it; never changed."""

    grants = "SELECT, INSERT"
    TEXTS = ("title", "summary", "body", "workaround", "cause")

    article = TenantForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    edition = models.PositiveIntegerField()
    author = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    workaround = models.TextField(blank=True)
    cause = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-edition"]
        constraints = [
            *walled("problems_revision", article="problems_article", author="tenancy_membership"),
            models.UniqueConstraint(fields=["organisation", "article", "edition"], name="problems_revision_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}/{self.edition}"


class Vote(TenantModel):
    """Whether an article helped somebody; they may change their mind."""

    article = TenantForeignKey(Article, on_delete=models.CASCADE, related_name="votes")
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+", db_index=False)
    edition = models.PositiveIntegerField()
    helped = models.BooleanField()
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *walled("problems_vote", article="problems_article", membership="tenancy_membership"),
            models.UniqueConstraint(fields=["organisation", "article", "membership"], name="problems_vote_once"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.helped}"


class Use(TenantModel):
    """An article did its work: it stood in a reply, or a report was not sent because of it."""

    grants = "SELECT, INSERT"

    class Kind(models.TextChoices):
        REPLY = "reply", _("Used in a reply")
        DEFLECTED = "deflected", _("Solved before it was reported")

    article = TenantForeignKey(Article, on_delete=models.PROTECT, related_name="uses")
    kind = models.CharField(max_length=10, choices=Kind)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    incident = TenantForeignKey(Incident, on_delete=models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *walled(
                "problems_use",
                article="problems_article",
                membership="tenancy_membership",
                incident="incidents_incident",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "article", "kind"], name="problems_use_of_article")]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.kind}"


class MissedSearch(TenantModel):
    """Words for which nothing was found, and how often; not who looked."""

    words = models.CharField(max_length=100)
    count = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *walled("problems_missedsearch"),
            models.UniqueConstraint(fields=["organisation", "words"], name="problems_missedsearch_words"),
        ]
        indexes = [models.Index(fields=["organisation", "-count", "-last_at"], name="problems_missed_most")]

    def __str__(self) -> str:
        return self.words

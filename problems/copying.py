"""An article's text to begin with: of a problem or a solved incident, without the people in it, or its own."""

from django.db.models import Q

from incidents.models import Incident, Involvement
from problems.drafts import ArticleDraft
from problems.knowledge import Audience, without_people
from problems.models import Article, Link, Problem, Revision
from tenancy.models import Membership


def from_problem(problem: Problem) -> ArticleDraft:
    """What is known of its error. Whatever restricted incidents say stays with them: nothing is copied from these."""
    people = Q(pk__in=[problem.raised_by_id, problem.manager_id, problem.coordinator_id])
    linked = Link.objects.filter(problem=problem).values("incident")
    people |= Q(pk__in=Incident.objects.filter(pk__in=linked).values("reporter"))
    names = list(Membership.objects.filter(people).values_list("name", flat=True))
    return ArticleDraft(
        title=without_people(problem.title, names),
        workaround=without_people(problem.workaround, names),
        cause=without_people(problem.cause, names) if problem.cause_known_at else "",
        error_code=problem.error_code,
        services=(problem.service,) if problem.service else (),
        categories=(problem.category,) if problem.category else (),
    )


def from_incident(incident: Incident) -> ArticleDraft:
    """What happened and what helped; an empty text for a restricted one."""
    if incident.restricted:
        return ArticleDraft(title="")
    involved = Involvement.objects.filter(incident=incident).values("membership")
    named = [incident.reporter_id, incident.assignee_id, incident.logged_by_id, incident.resolved_by_id]
    people = Membership.objects.filter(Q(pk__in=[one for one in named if one]) | Q(pk__in=involved))
    names = list(people.values_list("name", flat=True))
    parts = [incident.description, incident.resolution_note]
    return ArticleDraft(
        title=without_people(incident.title, names),
        body="\n\n".join(without_people(one, names) for one in parts if one),
        cause=without_people(incident.root_cause, names),
        error_code=incident.error_code,
        services=(incident.service,) if incident.service else (),
        categories=(incident.category,) if incident.category else (),
    )


def draft_of(article: Article) -> ArticleDraft:
    """The article as it could be handed in again."""
    texts = {name: getattr(article, name) for name in (*Revision.TEXTS, "error_code", "owner", "review_on")}
    services, categories = tuple(article.services.all()), tuple(article.categories.all())
    return ArticleDraft(**texts, services=services, categories=categories, audience=Audience(article.audience))

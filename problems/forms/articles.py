"""Write an article, look for one, and say whether it helped."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.fields import PointingForm, text_field
from incidents.forms.people import PersonField
from incidents.models import Category, Service
from incidents.people import line
from problems.drafts import ArticleDraft
from problems.knowledge import Audience
from problems.models import Article
from tenancy.bounds import LONGEST_TEXT

_MARKDOWN = _("Markdown: **bold**, lists with -, headings with #, [links](https://…).")


class SearchForm(forms.Form):
    """Words to look for."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)


class ArticleForm(PointingForm):
    """The facts of an `ArticleDraft`."""

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As people say it when it happens to them."))
    summary = forms.CharField(label=_("In one sentence"), max_length=300, required=False)
    audience = forms.ChoiceField(label=_("Who reads it once it is published?"), choices=Article.Readers.choices)
    workaround = text_field(_("Workaround"), required=False, rows=4, help_text=_MARKDOWN)
    body = text_field(_("Text"), required=False, rows=10, help_text=_MARKDOWN)
    cause = text_field(_("Cause, for staff only"), required=False, rows=3)
    error_code = forms.CharField(label=_("Error code"), max_length=100, required=False)
    services: Any = forms.ModelMultipleChoiceField(
        label=_("Services"), queryset=None, required=False, to_field_name="public_id"
    )
    categories: Any = forms.ModelMultipleChoiceField(
        label=_("Categories"), queryset=None, required=False, to_field_name="public_id"
    )
    owner = PersonField(label=_("Owner"), required=False, help_text=_("Who keeps it true; you, unless you say so."))
    review_on = forms.DateField(
        label=_("Review on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, starts: ArticleDraft | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields
        offered["services"].queryset = Service.objects.filter(is_active=True)
        offered["categories"].queryset = Category.objects.filter(is_active=True)
        if starts:
            self.initial = {**_values(starts), **self.initial}

    def draft(self) -> ArticleDraft:
        """What was said."""
        facts = self.cleaned_data
        many = {name: tuple(facts[name]) for name in ("services", "categories")}
        return ArticleDraft(**{**facts, **many, "audience": Audience(facts["audience"])})


def _values(draft: ArticleDraft) -> dict[str, Any]:
    texts = {name: getattr(draft, name) for name in ("title", "summary", "body", "workaround", "cause", "error_code")}
    many = {name: [one.public_id for one in getattr(draft, name)] for name in ("services", "categories")}
    owner = line(draft.owner) if draft.owner else ""
    return {**texts, **many, "audience": draft.audience, "owner": owner, "review_on": draft.review_on}


class VoteForm(forms.Form):
    """Whether it helped, and if somebody wants to say more, why."""

    YES, NO = "yes", "no"

    helped = forms.ChoiceField(choices=[(YES, _("This helped")), (NO, _("This did not help"))])
    words = forms.CharField(label=_("What is missing or wrong?"), required=False, max_length=500)


class InsertForm(forms.Form):
    """Which article's text goes into the reply that is being written."""

    article = forms.UUIDField()
    body = forms.CharField(required=False, max_length=LONGEST_TEXT, strip=False)


class MissedForm(forms.Form):
    """Words for which nothing was found."""

    words = forms.CharField(max_length=200)

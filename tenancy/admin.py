"""What administrators set up and auditors look at: people, teams, invitations, branding, the trail."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tenancy import clock
from tenancy.actions import addresses, branding, people, teams, tokens
from tenancy.calendar_admin import CalendarAdmin
from tenancy.desk import DeskAdmin, DeskInline, LookingAdmin, ObjectVerb
from tenancy.drafts import TeamDraft, grants
from tenancy.facts import shown
from tenancy.forms import BrandingForm, InvitationForm, ProfileForm
from tenancy.members import Member
from tenancy.models import (
    Calendar,
    Host,
    Invitation,
    Membership,
    Organisation,
    RoleGrant,
    Team,
    TeamSeat,
    Token,
    TrailEntry,
)
from tenancy.models.people import ROLE_LABELS
from tenancy.queries import names_of
from tenancy.roles import Role
from tenancy.wall import current_organisation_id
from tenancy.words import told

admin.register(Calendar)(CalendarAdmin)


class RoleInline(DeskInline):
    """The roles somebody has, each for all teams or one."""

    model = RoleGrant
    fields = ("role", "team")


@admin.register(Membership)
class MembershipAdmin(DeskAdmin):
    """People: profiles, roles, leaving. Whoever is added here is a contact; a login comes by invitation."""

    form = ProfileForm
    fields = (
        "name",
        "mail",
        "phone",
        "department",
        "manager",
        "language",
        "time_zone",
        "state",
        "has_login",
        "joined_at",
        "mail_refused_at",
        "mail_refused_why",
    )
    readonly_fields = ("state", "has_login", "joined_at", "mail_refused_at", "mail_refused_why")
    list_display = ("name", "mail", "department", "role_words", "has_login", "state")
    list_filter = ("state", "grants_held__role")
    search_fields = ("name", "mail", "phone", "department")
    autocomplete_fields = ("manager",)
    inlines = (RoleInline,)
    verbs = (
        ObjectVerb(
            "leave",
            label=_("Has left"),
            question=_(
                "They can't sign in here any more and lose their roles and teams. What they reported passes to their "
                "manager, what they worked on goes back to the team."
            ),
            act=lambda member, membership: people.leave(member, membership=membership),
            done=_("Marked as left. Their work has passed on."),
            offered=lambda membership: membership.is_active,
        ),
        ObjectVerb(
            "trust-address",
            label=_("Send mails again"),
            question=_(
                "The mail server has refused this address for good, so nothing was sent to it since. Mails will go to "
                "it again from now on; what happened meanwhile is not sent."
            ),
            act=lambda member, membership: addresses.trust(member, membership=membership),
            done=_("Mails go to this address again."),
            offered=lambda membership: membership.mail_refused_at is not None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Membership]:
        """Read the roles in one go."""
        return super().get_queryset(request).prefetch_related("grants_held__team")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Offer only those who still belong here where somebody is to be chosen."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        choosing = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        return (found.filter(state=Membership.State.ACTIVE) if choosing else found), may_repeat

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever adds somebody learns that a login takes an invitation."""
        if obj:
            return super().get_fieldsets(request, obj)
        invite = reverse(f"{self.admin_site.name}:tenancy_invitation_add")
        words = _("They can be written to and reported for, but can't sign in. For that, <a href='{}'>invite them</a>.")
        fields = [name for name in self.fields if name not in self.readonly_fields]
        return [(None, {"fields": fields, "description": format_html(str(words), invite)})]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Roles are given to somebody who is there."""
        return self.inlines if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People leave; records keep pointing to them."""
        return False

    def carry_out(self, member: Member, form: Any, formsets: list[Any], *, change: bool) -> Membership:
        """Add a contact, or change a profile and roles."""
        if not change:
            return people.add_contact(member, profile=form.profile())
        membership = people.edit_member(member, membership=form.instance, profile=form.profile())
        for formset in formsets:
            if formset.has_changed():
                people.set_roles(member, membership=membership, roles=grants(_pairs(formset)))
        return membership

    @admin.display(description=_("roles"))
    def role_words(self, membership: Membership) -> str:
        """The roles in words."""
        return ", ".join(str(grant) for grant in membership.grants_held.all()) or str(ROLE_LABELS[Role.REQUESTER])

    @admin.display(description=_("can sign in"), boolean=True)
    def has_login(self, membership: Membership) -> bool:
        """Whether a login stands behind the human."""
        return membership.person_id is not None


def _pairs(formset: Any) -> list[tuple[str, int | None]]:
    given = [
        row.cleaned_data for row in formset.forms if row not in formset.deleted_forms and row.cleaned_data.get("role")
    ]
    return [(row["role"], row["team"].pk if row["team"] else None) for row in given]


class SeatInline(DeskInline):
    """Who sits in the team."""

    model = TeamSeat
    fields = ("membership",)
    autocomplete_fields = ("membership",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Call a member what readers call them."""
        return super().formfield_for_foreignkey(db_field, request, **{"label": _("Person"), **kwargs})


@admin.register(Team)
class TeamAdmin(DeskAdmin):
    """Teams and their seats; a team that is not needed any more is made inactive."""

    fields = ("name", "description", "is_active")
    list_display = ("name", "description", "is_active")
    search_fields = ("name",)
    inlines = (SeatInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Records keep pointing to their team."""
        return False

    def carry_out(self, member: Member, form: Any, formsets: list[Any], *, change: bool) -> Team:
        """Add or edit the team with all its seats."""
        given = {key: form.cleaned_data[key] for key in self.fields}
        draft = TeamDraft(**given, seats=frozenset(seat for formset in formsets for seat in _seated(formset)))
        return (
            teams.edit_team(member, team=form.instance, draft=draft) if change else teams.add_team(member, draft=draft)
        )


def _seated(formset: Any) -> list[int]:
    given = [row.cleaned_data for row in formset.forms if row not in formset.deleted_forms]
    return [row["membership"].pk for row in given if row.get("membership")]


@admin.register(Invitation)
class InvitationAdmin(DeskAdmin):
    """Invitations: sent here, withdrawn here, never changed."""

    form = InvitationForm
    fields = ("mail", "name", "roles", "team")
    list_display = ("mail", "name", "role_words", "invited_by", "invited_at", "standing")
    search_fields = ("mail", "name")
    list_select_related = ("invited_by",)
    verbs = (
        ObjectVerb(
            "withdraw",
            label=_("Withdraw"),
            question=_("The link in the mail stops working."),
            act=lambda member, invitation: people.withdraw_invitation(member, invitation=invitation),
            done=_("The invitation is withdrawn."),
            offered=lambda invitation: invitation.standing(clock.now()) == Invitation.Standing.OPEN,
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What was sent is only looked at."""
        return self.list_display if obj else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A mail that is out can't be changed: withdraw it and send another."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was sent stays known."""
        return False

    def carry_out(self, member: Member, form: Any, formsets: list[Any], *, change: bool) -> Invitation:
        """Send it."""
        given = form.cleaned_data
        return people.invite(member, mail=given["mail"], name=given["name"], roles=form.grants())

    @admin.display(description=_("roles"))
    def role_words(self, invitation: Invitation) -> str:
        """The promised roles in words."""
        words = ", ".join(str(ROLE_LABELS[Role(role)]) for role, _team_id in invitation.roles)
        return words or str(ROLE_LABELS[Role.REQUESTER])

    @admin.display(description=_("state"))
    def standing(self, invitation: Invitation) -> str:
        """Whether it can still be accepted."""
        return str(invitation.standing(clock.now()).label)


@admin.register(Token)
class TokenAdmin(LookingAdmin):
    """Everybody's API tokens: administrators see and end them; each is made by whoever it speaks for."""

    fields = readonly_fields = (
        "name",
        "membership",
        "scope_words",
        "made_at",
        "last_used_at",
        "expires_at",
        "standing",
        "revoked_at",
    )
    list_display = ("name", "membership", "scope_words", "last_used_at", "expires_at", "standing")
    search_fields = ("name", "membership__name")
    list_select_related = ("membership",)
    verbs = (
        ObjectVerb(
            "revoke",
            label=_("Revoke"),
            question=_("Whatever uses this token is refused from now on. That can't be taken back."),
            act=lambda member, token: tokens.revoke(member, token=token),
            done=_("The token is revoked. Whatever used it is refused from now on."),
            offered=lambda token: token.revoked_at is None,
        ),
    )

    @admin.display(description=_("scopes"))
    def scope_words(self, token: Token) -> str:
        """What it is good for."""
        return token.scope_words

    @admin.display(description=_("state"))
    def standing(self, token: Token) -> str:
        """Whether it opens anything."""
        return str(token.standing(clock.now()).label)


@admin.register(Organisation)
class OrganisationAdmin(DeskAdmin):
    """The organisation's own page: name, look, language, and how staff sign in."""

    named_by = "slug"
    form = BrandingForm
    fields = (
        "name",
        "colour",
        "present_logo",
        "picture",
        "remove_picture",
        "language",
        "time_zone",
        "requires_second_factor",
        "sender_address",
        "host_names",
    )
    readonly_fields = ("present_logo", "sender_address", "host_names")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Organisation]:
        """The bound one: the table itself is readable over the wall."""
        return super().get_queryset(request).filter(pk=current_organisation_id())

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one, so go there."""
        return redirect(self._address("change", self.name_of(self.get_queryset(request).get())))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The operator founds organisations."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The operator closes organisations."""
        return False

    def carry_out(self, member: Member, form: Any, formsets: list[Any], *, change: bool) -> Organisation:
        """Change what is different."""
        return branding.change_branding(member, draft=form.draft())

    @admin.display(description=_("Logo"))
    def present_logo(self, organisation: Organisation) -> str:
        """The logo as it is now."""
        url = organisation.logo_url
        return format_html('<img src="{}" alt="" height="48">', url) if url else str(_("None"))

    @admin.display(description=_("Host names"))
    def host_names(self, organisation: Organisation) -> str:
        """Where the organisation is found; the operator changes them."""
        return ", ".join(Host.objects.filter(organisation=organisation).order_by("pk").values_list("name", flat=True))


@admin.register(TrailEntry)
class TrailAdmin(LookingAdmin):
    """The trail, for auditors."""

    read_right = write_right = "trail.read"
    has_history = False
    fields = readonly_fields = ("at", "actor", "what", "kind", "record", "about", "version", "facts_shown")
    list_display = ("at", "actor", "what", "about", "kind")
    list_display_links = ("at",)
    list_select_related = ("actor",)
    search_fields = ("kind",)
    ordering = ("-id",)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Read what the records on the page are called, in one go."""
        page = super().get_changelist_instance(request)
        _name(page.result_list)
        return page

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> TrailEntry | None:
        """Read what the entry's record is called."""
        entry: TrailEntry | None = super().get_object(request, object_id, from_field)
        _name([entry] if entry else [])
        return entry

    @admin.display(description=_("record"), ordering="record_id")
    def about(self, entry: TrailEntry) -> str:
        """What it happened to, by its name; what is gone has none."""
        return getattr(entry, "about", "") or entry.record

    @admin.display(description=_("in words"), ordering="kind")
    def what(self, entry: TrailEntry) -> str:
        """What happened, in words."""
        return told(entry)

    @admin.display(description=_("facts"))
    def facts_shown(self, entry: TrailEntry) -> str:
        """The facts, laid out."""
        return format_html("<pre>{}</pre>", json.dumps(shown(entry.facts), indent=2, ensure_ascii=False))


def _name(entries: Iterable[Any]) -> None:
    names = names_of(entries)
    for entry in entries:
        entry.about = names.get((entry.record, entry.record_id), "")

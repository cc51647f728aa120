"""Logins, and the humans behind them as each organisation knows them."""

import hashlib
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.roles import Role
from tenancy.wall import PublicModel, TenantForeignKey, TenantModel, public, walled

ROLE_LABELS = {
    Role.REQUESTER: _("Requester"),
    Role.STAKEHOLDER: _("Stakeholder"),
    Role.AGENT: _("Agent"),
    Role.TEAM_LEAD: _("Team lead"),
    Role.PROBLEM_MANAGER: _("Problem manager"),
    Role.INCIDENT_MANAGER: _("Incident manager"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
}
ROLE_CHOICES = [(role.value, label) for role, label in ROLE_LABELS.items()]


class PersonManager(BaseUserManager["Person"]):
    """Makes logins; mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Make a person who can sign in once the mail address is verified."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """A login, known to the whole installation: mail, password, second factor."""

    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    membership_here: "Membership | None" = None
    """What they are in the bound organisation, once `tenancy.logins` has read it."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.email


class Team(PublicModel):
    """A group of agents; incidents are assigned to a team and then to an agent."""

    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("what it takes care of"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(PublicModel.Meta):
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        constraints = [
            *walled("tenancy_team"),
            *public("tenancy_team"),
            models.UniqueConstraint("organisation", Lower("name"), name="tenancy_team_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(PublicModel):
    """A human in one organisation, with a login behind it or none (a contact who only mails or phones)."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        LEFT = "left", _("Left")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    mail = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    department = models.CharField(_("department"), max_length=80, blank=True)
    manager = TenantForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("manager"),
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    mail_refused_at = models.DateTimeField(_("address refused"), null=True, editable=False)
    mail_refused_why = models.CharField(
        _("why it was refused"), max_length=500, blank=True, default="", db_default="", editable=False
    )

    class Meta(PublicModel.Meta):
        verbose_name = _("member")
        verbose_name_plural = _("people")
        ordering = ["name", "id"]
        constraints = [
            *walled("tenancy_membership", manager="tenancy_membership"),
            *public("tenancy_membership"),
            models.UniqueConstraint("organisation", "person", name="tenancy_membership_person"),
            models.UniqueConstraint(
                "organisation", Lower("mail"), name="tenancy_membership_mail", condition=~models.Q(mail="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """One or two letters that stand for the name."""
        words = self.name.split()
        return "".join(word[0] for word in ([*words[:1], *words[-1:]] if len(words) > 1 else words)).upper()

    @property
    def takes_mail(self) -> bool:
        """Whether there is an address that its server has not refused for good."""
        return bool(self.mail) and self.mail_refused_at is None

    @property
    def is_active(self) -> bool:
        """Whether the human still belongs to the organisation."""
        return self.state == self.State.ACTIVE


class RoleGrant(TenantModel):
    """A role that a membership has, everywhere or for one team's records."""

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="grants_held")
    role = models.CharField(_("role"), max_length=20, choices=ROLE_CHOICES)
    team = TenantForeignKey(
        Team,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only for team"),
    )

    class Meta(TenantModel.Meta):
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            *walled("tenancy_rolegrant", membership="tenancy_membership", team="tenancy_team"),
            models.UniqueConstraint(
                "organisation",
                "membership",
                "role",
                "team",
                name="tenancy_rolegrant_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} ({self.team})" if self.team_id else str(self.get_role_display())


class TeamSeat(TenantModel):
    """An agent's place in a team."""

    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="seats")
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="seats")

    class Meta(TenantModel.Meta):
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        constraints = [
            *walled("tenancy_teamseat", team="tenancy_team", membership="tenancy_membership"),
            models.UniqueConstraint("organisation", "team", "membership", name="tenancy_teamseat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.membership} - {self.team}"


class Invitation(PublicModel):
    """A promise that whoever proves this mail address may join; only the token's hash is kept.

    ``roles`` is a list of [role, team id or null].
    """

    class Standing(models.TextChoices):
        OPEN = "open", _("Open")
        USED = "used", _("Accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    mail = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=100)
    roles = models.JSONField(_("roles"), default=list)
    token_hash = models.CharField(max_length=64)
    invited_by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(PublicModel.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at"]
        constraints = [
            *walled("tenancy_invitation", invited_by="tenancy_membership"),
            *public("tenancy_invitation"),
            models.UniqueConstraint(fields=["organisation", "token_hash"], name="tenancy_invitation_token"),
        ]

    def __str__(self) -> str:
        return self.mail

    def standing(self, at: datetime) -> "Invitation.Standing":
        """Whether it can be accepted at that instant, or why not."""
        if self.accepted_at:
            return self.Standing.USED
        if self.withdrawn_at:
            return self.Standing.WITHDRAWN
        return self.Standing.OPEN if at < self.expires_at else self.Standing.EXPIRED

    @staticmethod
    def hash_of(token: str) -> str:
        """What is kept of a token."""
        return hashlib.sha256(token.encode()).hexdigest()

"""The operator's verbs: organisations and their hosts. They act as the database's owner; nobody signed in can."""

import re
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenancy import clock, trail
from tenancy.actions.invitations import issue
from tenancy.drafts import Founding
from tenancy.models import Host, Organisation
from tenancy.refusal import NotPossible
from tenancy.roles import Role
from tenancy.wall import bound

HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


@transaction.atomic
def found(draft: Founding, *, at: datetime | None = None) -> tuple[Organisation, str]:
    """Make an organisation with its hosts and what a new one comes with.

    Returns it with the link by which its first administrator joins; without an administrator's mail there is none.
    """
    at = at or clock.now()
    if Organisation.objects.filter(slug=draft.slug).exists():
        raise NotPossible(_("There is an organisation %(slug)s already.") % {"slug": draft.slug})
    organisation = Organisation.objects.create(
        name=draft.name,
        slug=draft.slug,
        language=draft.language,
        time_zone=draft.time_zone,
        sender_address=_sender(draft),
    )
    for name in draft.hosts:
        add_host(organisation, name=name, is_canonical=name == draft.hosts[0], at=at)
    with bound(organisation.id), override(draft.language):
        link = _furnish(organisation, draft, at)
    return organisation, link


def _sender(draft: Founding) -> str:
    address = draft.sender_address or f"desk@{draft.hosts[0]}"
    try:
        validate_email(address)
    except ValidationError as error:  # every single mail would fail
        raise NotPossible(
            _("No mail can come from %(address)s: name another sender.") % {"address": address}
        ) from error
    return address


def _furnish(organisation: Organisation, draft: Founding, at: datetime) -> str:
    trail.record("organisation.founded", record=("organisation", organisation.id), actor=None, at=at)
    for hook in settings.NEW_ORGANISATION_HOOKS:
        import_string(hook)()
    if not draft.admin_mail:
        return ""
    roles = frozenset({(Role.ADMINISTRATOR, None)})
    issued = issue(None, mail=draft.admin_mail, name=draft.admin_name, roles=roles, at=at)
    return Host.objects.canonical().address + issued.path


@transaction.atomic
def add_host(organisation: Organisation, *, name: str, is_canonical: bool = False, at: datetime | None = None) -> Host:
    """Let a host name lead to the organisation; a canonical one takes the place of the former."""
    name = name.strip().lower().rstrip(".")
    if not HOST_NAME.fullmatch(name):
        raise NotPossible(_("%(name)s is not a host name: write it like help.example.com.") % {"name": name})
    host = Host.objects.filter(name=name).first()
    if host and (host.organisation_id != organisation.id or host.is_canonical or not is_canonical):
        raise NotPossible(_("The host %(name)s is taken.") % {"name": name})
    if is_canonical:
        Host.objects.filter(organisation=organisation, is_canonical=True).update(is_canonical=False)
    host, _is_new = Host.objects.update_or_create(
        name=name, defaults={"organisation": organisation, "is_canonical": is_canonical}
    )
    with bound(organisation.id):
        facts = {"host": name, "canonical": is_canonical}
        record = ("organisation", organisation.id)
        trail.record("organisation.host_added", record=record, actor=None, at=at or clock.now(), facts=facts)
    return host

"""What the trail's kinds of this room are called, and the fields that changed."""

from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from tenancy.models import TrailEntry

KINDS = {
    "access.denied": _("tried what they may not"),
    "invitation.sent": _("sent the invitation"),
    "invitation.withdrawn": _("withdrew the invitation"),
    "membership.address_refused": _("noted that the mail server refuses the address"),
    "membership.address_trusted": _("lets mails go to the address again"),
    "membership.added": _("added the contact"),
    "membership.edited": _("changed the profile"),
    "membership.joined": _("joined"),
    "membership.left": _("marked as left"),
    "membership.roles_set": _("changed the roles"),
    "organisation.changed": _("changed the organisation"),
    "organisation.founded": _("founded the organisation"),
    "organisation.host_added": _("added a host name"),
    "team.added": _("added the team"),
    "team.edited": _("changed the team"),
    "token.made": _("made the API token"),
    "token.revoked": _("revoked the API token"),
}


# What happened to a setting of any room.
SETTINGS = {"added": _("added"), "changed": _("changed"), "removed": _("removed"), "rested": _("let it rest")}
# What changes beside a record's own fields.
BESIDES = {
    "membership": _("people"),
    "team": _("teams"),
    "roles": _("roles"),
    "follower": _("stakeholders"),
    "edition": _("what it says"),
}


def told(entry: TrailEntry) -> str:
    """What happened, in words; upper rooms tell of their records."""
    for hook in settings.TRAIL_WORDS:
        if words := import_string(hook)(entry):
            return str(words)
    what = entry.kind.partition(".")[2]
    words = str(KINDS.get(entry.kind) or SETTINGS.get(what) or what.replace("_", " "))
    changed = [_field(entry.record, key) for key in entry.facts.get("changed") or {}]
    return f"{words}: {', '.join(changed)}" if changed else words


def _field(record: str, key: str) -> str:
    name = key.removesuffix("_ids").removesuffix("_id")
    model = next((model for model in apps.get_models() if model._meta.model_name == record), None)
    for field in model._meta.fields if model else ():
        if field.name == name:
            return str(field.verbose_name)
    return str(BESIDES.get(name) or name.replace("_", " "))

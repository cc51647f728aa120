"""What the trail's kinds of this room are called."""

from django.utils.translation import gettext_lazy as _

from tenancy.models import TrailEntry

KINDS = {
    "access.denied": _("tried what they may not"),
    "invitation.sent": _("sent the invitation"),
    "invitation.withdrawn": _("withdrew the invitation"),
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


def told(entry: TrailEntry) -> str:
    """What happened, in words; the kinds of other rooms in their own."""
    words = str(KINDS.get(entry.kind) or entry.kind.partition(".")[2].replace("_", " "))
    changed = [
        key.removesuffix("_ids").removesuffix("_id").replace("_", " ") for key in entry.facts.get("changed") or {}
    ]
    return f"{words}: {', '.join(changed)}" if changed else words

"""The fields of this room's facts, beside those of every room's."""

from django.db.models import QuerySet

from incidents.models import Attachment
from tenancy.api import fields
from tenancy.members import Member


class KeptFiles(fields.KeptFiles):
    """Files that wait to be handed in with a report or a message."""

    def waiting(self, member: Member) -> "QuerySet[Attachment]":
        """Those of the incidents' room."""
        return Attachment.objects.kept_for(member.id)

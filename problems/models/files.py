"""Files that staff bring to a problem; they never leave the desk."""

import uuid
from typing import ClassVar

from django.db import models

from problems.models.problem import Note, Problem
from tenancy.members import Member
from tenancy.models import StoredFile
from tenancy.wall import TenantForeignKey, TenantManager, TenantQuerySet, current_organisation_id, walled

FOLDER = "problem-files"


class FileQuerySet(TenantQuerySet["File"]):
    """Readings of the files."""

    def open_to(self, member: Member) -> "FileQuerySet":
        """What the member may download: of a problem they see, or their own that wait for a form; never a virus."""
        own = models.Q(problem=None, uploaded_by=member.id)
        seen = models.Q(problem__in=Problem.objects.visible_to(member).values("pk"))
        return self.filter(own | seen).exclude(scan=StoredFile.Scan.INFECTED)

    def kept_for(self, membership_id: int) -> "FileQuerySet":
        """Uploaded by this member and not yet part of a problem: a form they haven't finished."""
        return self.filter(problem=None, uploaded_by=membership_id)


FileManager = TenantManager.from_queryset(FileQuerySet)


def storage_name(file: "File", filename: str) -> str:
    """A random name in the organisation's own folder; the given name is only ever a label."""
    return f"org-{current_organisation_id()}/{FOLDER}/{uuid.uuid4().hex}"


class File(StoredFile):
    """A file brought to a problem; without a problem it waits for its form to be finished."""

    problem = TenantForeignKey(Problem, on_delete=models.CASCADE, null=True, related_name="files")
    note = TenantForeignKey(Note, on_delete=models.CASCADE, null=True, related_name="files")
    """The note that it came with; none: it was added by itself."""
    file = models.FileField(upload_to=storage_name, max_length=120)

    objects: ClassVar[FileManager] = FileManager()

    class Meta(StoredFile.Meta):
        ordering = ["id"]
        constraints = [
            *walled(
                "problems_file",
                problem="problems_problem",
                note="problems_note",
                uploaded_by="tenancy_membership",
            ),
            models.UniqueConstraint(fields=["organisation", "uuid"], name="problems_file_uuid"),
            models.CheckConstraint(
                condition=models.Q(note=None) | models.Q(problem__isnull=False), name="problems_file_note_of_problem"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "problem", "id"], name="problems_files")]

"""A form's files: several at once, within the organisation's limits, and none lost by an error elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.models import DeskRules
from tenancy.models import StoredFile

MEGABYTE = 1024 * 1024


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Like a FileField, for a list of files."""

    widget = _SeveralFiles

    def __init__(self, **kwargs: Any) -> None:
        # An empty file is the form's to refuse: here it would take the others along.
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        return [cast(UploadedFile, super(SeveralFilesField, self).clean(one, initial)) for one in sent]


class FilesMixin(forms.Form):
    """Adds files to a form. ``good_files`` are those within the limits, also when the form as a whole is refused."""

    uploads = SeveralFilesField(required=False, label=gettext_lazy("Files"))

    def __init__(self, *args: Any, rules: DeskRules, kept: Sequence[StoredFile] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        self.kept = list(kept)[: rules.attachment_max_count]
        self.good_files: list[UploadedFile] = []

    @property
    def limits(self) -> str:
        """The limits in a sentence."""
        return _("Up to %(count)s files of %(size)s MB each.") % {
            "count": self.rules.attachment_max_count,
            "size": self.rules.attachment_max_megabytes,
        }

    def clean_uploads(self) -> list[UploadedFile]:
        room = self.rules.attachment_max_count - len(self.kept)
        for file in self.cleaned_data["uploads"]:
            if not file.size:
                self.add_error("uploads", _("“%(name)s” is empty. It was left out.") % {"name": file.name})
            elif (file.size or 0) > self.rules.attachment_max_megabytes * MEGABYTE:
                self.add_error("uploads", self._too_large(file))
            elif len(self.good_files) >= room:
                self.add_error("uploads", self._too_many(file))
            else:
                self.good_files.append(file)
        return self.good_files

    def _too_large(self, file: UploadedFile) -> str:
        return _("“%(name)s” is %(size)s; the limit is %(limit)s MB. It was left out.") % {
            "name": file.name,
            "size": filesizeformat(file.size or 0),
            "limit": self.rules.attachment_max_megabytes,
        }

    def _too_many(self, file: UploadedFile) -> str:
        return _("Not more than %(count)s files: “%(name)s” was left out.") % {
            "name": file.name,
            "count": self.rules.attachment_max_count,
        }

    @property
    def uuids(self) -> tuple[UUID, ...]:
        """The files that go with the form, once they are kept."""
        return tuple(attachment.uuid for attachment in self.kept)


def ids_in(data: Mapping[str, Any], name: str) -> list[UUID]:
    """The ids of files that were sent under this name; nonsense is passed over."""
    found = []
    for text in getattr(data, "getlist", lambda _name: [])(name):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found

"""A verb's form that takes files, as the incidents' forms do."""

from typing import Any

from incidents.forms.files import FilesMixin, ids_in
from problems.forms.verb import ProblemForm

__all__ = ["FilesForm", "FilesMixin", "ids_in"]


class FilesForm(FilesMixin, ProblemForm):
    """The facts for one verb, and files."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uploads"].help_text = self.limits

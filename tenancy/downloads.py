"""Stored files leave the house only through here: as downloads that no browser runs."""

from typing import Any

from django.http import FileResponse, Http404

from tenancy import files

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def served(stored: Any) -> FileResponse:
    """The file of this row, which whoever asks may have; or 404 where there is none."""
    if stored is None:
        raise Http404
    try:
        content = stored.file.open()
    except FileNotFoundError as lost:
        raise Http404 from lost
    response = FileResponse(
        content,
        as_attachment=True,
        filename=stored.name,
        content_type=files.served_type(stored.content_type),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response

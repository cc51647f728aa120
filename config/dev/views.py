"""The mails that the development catcher kept: a list, one mail, and its HTML in a page of its own."""

from csp.utils import build_policy
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from config.dev import mailbox

POLICY = "Content-Security-Policy"
# It may look as it likes, and do nothing; its links open beside the frame.
ALONE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails, the newest first."""
    words = request.GET.get("q", "").strip()
    page = Paginator(mailbox.recent(words), 50).get_page(request.GET.get("page"))
    return render(request, "dev/mails.html", {"page": page, "words": words})


@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail."""
    response = render(request, "dev/mail.html", {"letter": _letter(name)})
    response.headers[POLICY] = build_policy(update={"frame-src": "'self'"})
    return response


@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """Serve the HTML of a mail, to be framed."""
    return HttpResponse(_letter(name).html, headers={POLICY: ALONE})


def _letter(name: str) -> mailbox.Letter:
    letter = mailbox.find(name)
    if letter is None:
        raise Http404
    return letter

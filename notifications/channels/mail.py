"""E-mail: what a message looks like, and how it is handed to the SMTP server."""

import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import cast

from django.core.files.storage import default_storage
from django.core.mail.backends.smtp import EmailBackend
from django.utils.crypto import salted_hmac

from notifications.channels import Interrupted, Postponed, Undeliverable, Unreachable
from notifications.channels.envelope import BadAddress, checked, mailbox, subject
from notifications.channels.letter import Letter, picture
from notifications.channels.page import Page
from notifications.models import OutboxMessage
from tenancy.pictures import BadPicture, shrunk

HANG_UP = 421
# Enhanced status codes 5.7.x speak of the relay's rules: somebody can change them, the address is not wrong.
_POLICY = re.compile(rb"^5\.7\.")


def build(message: OutboxMessage) -> Letter:
    """Make the mail from the row alone, and the logo's file: nothing else is looked up."""
    page = Page.of(message)
    organisation = message.facts["organisation"]
    thread = _thread_root(message)
    headers = {
        "Subject": subject(page.subject),
        "From": mailbox(organisation["name"], organisation["sender"]),
        "To": mailbox(message.name, message.address),
        "Message-ID": message.message_id,
        **({"In-Reply-To": thread, "References": thread} if thread else {}),
        "Content-Language": page.language,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Stillwater-Loop": organisation["host"],
    }
    return Letter(
        sender=checked(organisation["sender"]),
        to=checked(message.address),
        headers=tuple(headers.items()),
        text=page.text,
        html=page.html,
        picture=_logo(organisation.get("logo", "")),
    )


def _logo(name: str) -> bytes:
    """The logo travels with the mail: whoever reads it asks nobody for anything. Nothing if it was taken down."""
    if not name:
        return b""
    try:
        with default_storage.open(name) as file:
            return picture(shrunk(file.read()), "png", "logo")
    except (OSError, BadPicture):
        return b""


def _thread_root(message: OutboxMessage) -> str:
    """All mails of one thread answer the same mail, which never existed: so they stand together for everybody."""
    threads = {message.thread, *(one.thread for one in message.carries)}
    thread = message.bundle if len(threads) > 1 else message.thread
    if not thread:
        return ""
    host = message.facts["organisation"]["host"]
    name = salted_hmac("notifications.thread", f"{host}/{thread}", algorithm="sha256").hexdigest()[:32]
    return f"<{name}.thread@{host}>"


@contextmanager
def session() -> Iterator[Callable[[OutboxMessage], None]]:
    """Open one connection; the value sends a message or raises why it was not sent."""
    backend = EmailBackend()
    try:
        backend.open()
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(_words(error)) from error
    try:
        line = cast(smtplib.SMTP, backend.connection)  # it is there once it was opened
        yield lambda message: _send(line, message)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            backend.close()


def _send(line: smtplib.SMTP, message: OutboxMessage) -> None:
    try:
        letter = build(message)
    except BadAddress as error:
        raise Undeliverable(str(error)) from error
    try:
        line.sendmail(letter.sender, [letter.to], bytes(letter))
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        raise _refusal(code, reply) from error
    except smtplib.SMTPResponseException as error:
        raise (Interrupted if error.smtp_code == HANG_UP else Postponed)(_words(error)) from error
    except smtplib.SMTPServerDisconnected as error:
        raise Interrupted(_words(error)) from error
    except smtplib.SMTPException as error:
        raise Postponed(_words(error)) from error
    except OSError as error:
        raise Interrupted(_words(error)) from error


def _refusal(code: int, reply: bytes) -> Exception:
    words = f"{code} {reply.decode(errors='replace')}"
    if code == HANG_UP:
        return Interrupted(words)
    return Undeliverable(words) if code >= 500 and not _POLICY.match(reply) else Postponed(words)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        return f"{error.smtp_code} {reply.decode(errors='replace') if isinstance(reply, bytes) else reply}"
    return f"{type(error).__name__}: {error}"

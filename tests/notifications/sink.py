"""A real SMTP server in this process, which behaves as badly as it is told to."""

import asyncio
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """What aiosmtpd asks at every step; ``kept`` is what the server has accepted."""

    def __init__(self) -> None:
        self.kept: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.connections = 0
        self.refuses: dict[str, str] = {}
        """Recipient to the answer at RCPT."""
        self.answer = "250 OK"
        """The answer at the end of DATA."""
        self.hangs_up = 0
        """So many mails are kept, and then the line is cut instead of an answer."""
        self.takes = 0.0
        """Seconds before the answer."""

    async def handle_EHLO(  # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # likewise
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self.refuses.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # likewise
        await asyncio.sleep(self.takes)
        if not self.answer.startswith("250"):
            return self.answer
        parsed = message_from_bytes(envelope.original_content or b"", EmailMessage, policy=policy.default)
        self.kept.append(parsed)
        self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        if self.hangs_up:
            self.hangs_up -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return self.answer

    @property
    def ids(self) -> list[str]:
        """The Message-IDs in the order of arrival."""
        return [str(mail["Message-ID"]) for mail in self.kept]

    def mail_to(self, address: str) -> EmailMessage:
        """The only mail to this address."""
        (found,) = [mail for mail, (_, to) in zip(self.kept, self.envelopes, strict=True) if to == [address]]
        return found


def serve(sink: Sink, port: int = 0) -> Controller:
    """Start the server on the loopback; ``controller.port`` tells where."""
    controller = Controller(sink, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    return controller


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

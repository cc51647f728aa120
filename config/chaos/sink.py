"""The mail server of a run, in a process that nobody kills: it misbehaves as planned, and writes down what it took.

A mail that was kept is noted with what became of the line afterwards: only where the line ended right there, by our
drop or by the sender's death, may a copy of that mail come.
"""

import argparse
import asyncio
import json
import signal
import time
from collections import Counter
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any, AnyStr, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from config.chaos.journal import Journal
from config.chaos.plan import Mail

SLOW_FOR = 0.4
# So often an address or a mail is refused or cut off, and no more: what a server goes on refusing has to wait for
# longer and longer, and could not arrive within the time that is counted.
ADDRESS_PATIENCE, MAIL_PATIENCE = 1, 2
# So often it hangs up right behind a mail, for each that sends some: whatever mail comes next meets a broken line.
HANGS_UP = 4


class Moods:
    """Which way it misbehaves now; the times stand in a file that is written when the faults begin."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._times: list[tuple[float, float, str]] = []

    @property
    def now(self) -> Mail | None:
        """The way of this moment."""
        if not self._times and self._file.exists():
            self._times = json.loads(self._file.read_text())
        moment = time.time()
        return next((Mail(way) for begins, ends, way in self._times if begins <= moment < ends), None)


class Line(SMTP):
    """One connection."""

    def __init__(self, sink: "Sink", **options: Any) -> None:
        super().__init__(sink, hostname="localhost", **options)
        self.sink = sink
        self.last: str | None = None
        """The mail that was kept last, until the sender says another word."""
        self.is_refused = False
        self.hangs_up = False
        """It closes right after its next answer, and not before, however late that comes."""

    async def push(self, status: AnyStr) -> None:
        await super().push(status)
        if self.hangs_up:
            self.hang_up()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        mood = self.sink.moods.now
        if mood not in {Mail.UNREACHABLE, Mail.CLOSED}:
            super().connection_made(transport)
            return
        self.is_refused = True
        self.sink.fault(mood)
        transport = cast(asyncio.Transport, transport)
        if mood is Mail.CLOSED:
            transport.write(b"421 4.3.2 closed for a moment\r\n")
            transport.close()
        else:
            transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.is_refused:
            super().connection_lost(error)
            self.tell("ended")

    def eof_received(self) -> bool | None:
        return None if self.is_refused else super().eof_received()

    def drop(self) -> None:
        """Cut the line: what was not read yet is lost."""
        if self.transport:
            cast(asyncio.Transport, self.transport).abort()

    def hang_up(self) -> None:
        """Close the line: what was said before is heard."""
        if self.transport:
            self.transport.close()

    def tell(self, how: str) -> None:
        """Note what became of the line after the mail that was kept last."""
        if self.last:
            self.sink.journal.note("line", id=self.last, became=how)
            self.last = None

    async def smtp_MAIL(self, arg: str) -> None:
        self.tell("went on")
        await super().smtp_MAIL(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        self.tell("went on")
        await super().smtp_QUIT(arg)

    async def smtp_RSET(self, arg: str) -> None:
        self.tell("went on")
        await super().smtp_RSET(arg)


class Sink:
    """What aiosmtpd asks at every step."""

    def __init__(self, journal: Journal, moods: Moods) -> None:
        self.journal = journal
        self.moods = moods
        self.refused: Counter[str] = Counter()

    def fault(self, way: Mail, mail: str = "") -> None:
        """Note that it misbehaved."""
        self.journal.note("fault", way=way, id=mail)

    def may_refuse(self, what: str, patience: int = MAIL_PATIENCE) -> bool:
        """Count how often this mail or address was refused."""
        self.refused[what] += 1
        return self.refused[what] <= patience

    async def handle_RCPT(
        self, server: Line, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or not now; only addresses that get a single story's mails are refused."""
        mood = self.moods.now
        if (
            mood in {Mail.BUSY, Mail.POLICY}
            and address.startswith("story")
            and self.may_refuse(address, ADDRESS_PATIENCE)
        ):
            self.fault(mood)
            return "451 4.3.0 busy, try again" if mood is Mail.BUSY else "550 5.7.1 not at this hour"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Line, session: Session, envelope: Envelope) -> str:
        """Keep the mail, or not."""
        content = envelope.original_content or b""
        mail = str(message_from_bytes(content)["Message-ID"])
        mood = self.moods.now
        if mood in {Mail.FULL, Mail.CUT} and self.may_refuse(mail):
            self.fault(mood, mail)
            if mood is Mail.CUT:
                server.drop()
            return "452 4.3.1 full, try again"
        server.last = mail
        self.journal.note("kept", id=mail, to=envelope.rcpt_tos)
        await self._misbehave(server, mail, str(envelope.mail_from), mood)
        return "250 Kept"

    async def _misbehave(self, server: Line, mail: str, sender: str, mood: Mail | None) -> None:
        """Spoil the answer to a mail that is kept."""
        if mood is Mail.SLOW:
            self.fault(mood, mail)
            await asyncio.sleep(SLOW_FOR)
        elif mood is Mail.DROPPED and self.may_refuse(mail):
            self.fault(mood, mail)
            server.drop()
        elif mood is Mail.HUNG_UP and self.may_refuse(sender, HANGS_UP):
            self.fault(mood, mail)
            server.tell("hung up after the answer")
            server.hangs_up = True


async def serve(port: int, journal: Journal, moods: Moods) -> None:
    """Take mails on the loopback until told to end."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    sink = Sink(journal, moods)
    async with await loop.create_server(partial(Line, sink, loop=loop), "127.0.0.1", port):
        await ended.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser("python -m config.chaos.sink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--moods", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, Journal(options.journal), Moods(options.moods)))


if __name__ == "__main__":
    main()

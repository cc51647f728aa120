"""A mail server for development: takes every mail and keeps it as a file; nothing ever leaves the machine."""

import argparse
import asyncio
import os
import secrets
import signal
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST = 40 * 1024 * 1024


class Catcher:
    """Writes each mail as one ``.eml`` file whose name sorts by the time of its arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail exactly as it came, and answer that it is kept only when it is."""
        content = envelope.original_content or b""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}"
        draft = self.folder / f".{name}"
        draft.write_bytes(content)
        os.replace(draft, self.folder / f"{name}.eml")
        return "250 Kept"


async def serve(port: int, folder: Path) -> None:
    """Take mails on the loopback until told to end."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    protocol = partial(SMTP, Catcher(folder), data_size_limit=LARGEST, hostname="localhost", loop=loop)
    async with await loop.create_server(protocol, "127.0.0.1", port):
        await ended.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser("python -m config.mailcatcher", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.folder))


if __name__ == "__main__":
    main()

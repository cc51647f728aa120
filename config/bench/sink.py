"""A mail server that takes every mail and keeps none: `python -m config.bench.sink PORT`."""

import asyncio
import sys
from functools import partial

from aiosmtpd.smtp import SMTP, Envelope, Session


class Nothing:
    """Forgets what it took."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Say yes."""
        return "250 Taken"


async def serve(port: int) -> None:
    """Take mails on the loopback until ended."""
    loop = asyncio.get_running_loop()
    async with await loop.create_server(partial(SMTP, Nothing(), hostname="localhost", loop=loop), "127.0.0.1", port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))

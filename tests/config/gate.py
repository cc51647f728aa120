"""A gate in front of a server: what goes through it can be cut off at once, and let through again."""

import socket
import socketserver
import threading
from contextlib import suppress
from typing import Any


class Gate:
    """Forwards ``port`` to another address while it is open."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.is_open = True
        self.lines: set[socket.socket] = set()
        gate = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                gate.pass_through(self.request)

        self.server: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.port: int = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def pass_through(self, visitor: socket.socket) -> None:
        if not self.is_open:
            return
        with socket.create_connection(self.target) as inside:
            self.lines |= {visitor, inside}
            back = threading.Thread(target=_pump, args=[inside, visitor], daemon=True)
            back.start()
            _pump(visitor, inside)
            back.join()
            self.lines -= {visitor, inside}

    def close(self) -> None:
        """Cut every line, and refuse new ones."""
        self.is_open = False
        for line in list(self.lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def open(self) -> None:
        self.is_open = True

    def end(self) -> None:
        self.close()
        self.server.shutdown()
        self.server.server_close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)

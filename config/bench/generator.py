"""The load: a process of its own that keeps some connections busy for a slice of time, and counts.

It reads one JSON order per line and answers with one JSON line. The standard library only, so that it costs little of
the processor that it shares with what it measures.
"""

import contextlib
import json
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

TIMEOUT = 30.0
Deeds = dict[str, Callable[[dict[str, Any]], dict[str, Any]]]
"""What a process can be told to do, by name."""


@dataclass
class Line:
    """A connection that is kept alive."""

    port: int
    wire: socket.socket = field(init=False)
    rest: bytes = b""

    def __post_init__(self) -> None:
        self.wire = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT)
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send a request; return status, head and body of the answer."""
        self.wire.sendall(request)
        head = self._until(b"\r\n\r\n")
        status, lower = int(head[9:12]), head.lower()
        start = lower.find(b"\r\ncontent-length:")
        if start >= 0:
            body = self._exactly(int(lower[start + 17 : lower.index(b"\r\n", start + 2)]))
        elif b"transfer-encoding: chunked" in lower:
            body = b"".join(self._chunks())
        else:
            body = b""
        return status, head, body

    def _chunks(self) -> Any:
        while size := int(self._until(b"\r\n"), 16):
            yield self._exactly(size)
            self._exactly(2)
        self._exactly(2)

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.rest:
            self._more()
        part, _mark, self.rest = self.rest.partition(mark)
        return part + mark

    def _exactly(self, size: int) -> bytes:
        while len(self.rest) < size:
            self._more()
        part, self.rest = self.rest[:size], self.rest[size:]
        return part

    def _more(self) -> None:
        got = self.wire.recv(65536)
        if not got:
            raise ConnectionError("The server closed the connection.")
        self.rest += got


def load(order: dict[str, Any]) -> dict[str, Any]:
    """Ask the same thing over and over, on all connections, until the time is over."""
    times: list[float] = []
    wrong: list[int] = []
    began = time.perf_counter()
    until = began + order["seconds"]
    request = order["request"].encode()

    def work() -> None:
        line = Line(order["port"])
        while (asked := time.perf_counter()) < until:
            status, _head, _body = line.ask(request)
            if status >= 300:
                wrong.append(status)
                return
            times.append(time.perf_counter() - asked)
        line.wire.close()

    workers = [threading.Thread(target=work) for _ in range(order["connections"])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    middle = sorted(times)[len(times) // 2] if times else 0.0
    return {"rate": len(times) / took, "median": middle, "wrong": wrong}


def fetch(order: dict[str, Any]) -> dict[str, Any]:
    """Ask once, and give the whole answer."""
    line = Line(order["port"])
    status, head, body = line.ask(order["request"].encode())
    line.wire.close()
    return {"status": status, "head": head.decode("latin-1"), "body": body.decode("latin-1")}


held: list[socket.socket] = []


def hold(order: dict[str, Any]) -> dict[str, Any]:
    """Open idle streams, turn by turn for each request, and keep them; with a count of 0 let go of all."""
    for one in held:
        one.close()
    held.clear()
    for request in islice(cycle(order["requests"]), order["count"]):
        one = socket.create_connection(("127.0.0.1", order["port"]), timeout=TIMEOUT)
        one.sendall(request.encode())
        held.append(one)
    answers = [one.recv(4096)[9:12].decode() for one in held]
    return {"open": answers.count("200")}


DEEDS: Deeds = {"load": load, "fetch": fetch, "hold": hold}


def serve(deeds: Deeds) -> None:
    """Do what the lines on the standard input say, until there are no more."""
    for text in sys.stdin:
        order = json.loads(text)
        try:
            answer = deeds[order["do"]](order)
        except Exception as error:  # whoever gave the order ends the run
            traceback.print_exc()
            answer = {"error": repr(error)}
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve(DEEDS)

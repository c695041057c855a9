"""A small load generator: one process, a few connections, one request at a time on each.

A connection is closed and made anew after `PER_CONNECTION` answers, as visitors come and go: a process of
the server that is busy takes fewer of the new ones, so that all its processes get their part.

It sends bytes made beforehand and reads no more of an answer than its length, so that it takes little of
the machine it shares with the server; how much it took is part of each result (`client_cpu`).
Every run is bounded in time.
"""

import os
import selectors
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

PER_CONNECTION: Final = 20


@dataclass(frozen=True)
class LoadResult:
    """What one run measured. Times are milliseconds, the rate is answers per second."""

    answers: int
    rate: float
    p50: float
    p95: float
    #: Mean size of an answer on the wire, headers included, in bytes.
    size: int
    #: Part of one core that the generator itself took, 0 to 1.
    client_cpu: float
    #: Milliseconds of processor time that the server's processes took for one answer: unlike the rate, it is
    #: hardly touched by what else runs on the machine.
    server_cpu: float


class WrongAnswer(RuntimeError):
    """The server did not answer what was expected; a rate of errors is no rate."""


def request_bytes(port: int, path: str, headers: dict[str, str] | None = None) -> bytes:
    """One GET as a browser's first line and headers."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept: text/html", "Accept-Encoding: gzip"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def form_bytes(port: int, path: str, fields: Mapping[str, str]) -> bytes:
    """One POST of a form, as a browser sends it from a page of the site."""
    body = urlencode(fields)
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Accept: text/html",
        "Accept-Encoding: gzip",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Sec-Fetch-Site: same-origin",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("ascii")


def fetch(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """One ordinary request: status, headers (names in lower case), body as sent."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", **(headers or {})})
        response = connection.getresponse()
        body = response.read()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, body
    finally:
        connection.close()


class _Caller:
    """One connection: sends a request, takes the answer, says how long it took."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.socket = self._connect()
        self._buffer = b""
        self._left = -1
        self._size = 0
        self.began = 0.0
        self._closing = False
        self._answers = 0

    def _connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def send(self, request: bytes) -> bool:
        """Send; True where a new connection had to be made for it."""
        self.began = time.perf_counter()
        renewed = self._closing or self._answers >= PER_CONNECTION
        if renewed:
            self.socket.close()
            self.socket = self._connect()
            self._closing, self._answers = False, 0
        self._buffer, self._left, self._size = b"", -1, 0
        self.socket.sendall(request)
        return renewed

    def receive(self, expected: bytes) -> int | None:
        """Take what has come; the size of the answer once it is whole, else None."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise WrongAnswer("the server closed the connection before its answer was whole")
        self._size += len(piece)
        if self._left < 0:
            self._buffer += piece
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = self._buffer[:end].lower()
            if head[9:12] != expected:
                raise WrongAnswer(f"expected {expected.decode()}, got {head[:60]!r}")
            self._closing = b"connection: close" in head
            self._left = _length(head) - (len(self._buffer) - end - 4)
        else:
            self._left -= len(piece)
        if self._left > 0:
            return None
        self._answers += 1
        return self._size


def _length(head: bytes) -> int:
    if head[9:12] == b"304":
        return 0
    at = head.find(b"content-length:")
    if at < 0:
        raise WrongAnswer("an answer without a length")
    return int(head[at + 15 :].split(b"\r\n", 1)[0])


def measure(
    port: int,
    requests: Sequence[bytes],
    *,
    seconds: float,
    status: int = 200,
    connections: int = 8,
    processes: Sequence[int] = (),
) -> LoadResult:
    """Send `requests` in turn, over and over, for `seconds`; raise `WrongAnswer` at any other status.

    `processes` are the server's, for `LoadResult.server_cpu`.
    """
    expected = str(status).encode()
    times: list[float] = []
    sizes = 0
    turn = 0
    with selectors.DefaultSelector() as selector:
        callers = [_Caller(port) for _ in range(connections)]
        began, cpu, server = time.perf_counter(), time.process_time(), _processor_time(processes)
        until = began + seconds
        for caller in callers:
            caller.send(requests[turn % len(requests)])
            turn += 1
            selector.register(caller.socket, selectors.EVENT_READ, caller)
        waiting = connections
        while waiting:
            ready = selector.select(timeout=60)
            if not ready:
                raise WrongAnswer("no answer for a minute")
            for key, _ in ready:
                caller = key.data
                size = caller.receive(expected)
                if size is None:
                    continue
                now = time.perf_counter()
                times.append(now - caller.began)
                sizes += size
                if now >= until:
                    selector.unregister(caller.socket)
                    caller.socket.close()
                    waiting -= 1
                    continue
                old = key.fd
                if caller.send(requests[turn % len(requests)]):
                    selector.unregister(old)
                    selector.register(caller.socket, selectors.EVENT_READ, caller)
                turn += 1
        took = time.perf_counter() - began
        cpu = time.process_time() - cpu
        server = _processor_time(processes) - server
    times.sort()
    return LoadResult(
        answers=len(times),
        rate=len(times) / took,
        p50=1000 * times[len(times) // 2],
        p95=1000 * times[min(len(times) - 1, int(len(times) * 0.95))],
        size=sizes // len(times),
        client_cpu=cpu / took,
        server_cpu=1000 * server / len(times),
    )


def _processor_time(processes: Sequence[int]) -> float:
    """Seconds of processor time that these processes took since they began, in their own code and the system's."""
    ticks = 0
    for process in processes:
        # After the name in brackets, which may hold anything: fields 14 and 15 of the line are utime and stime.
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")

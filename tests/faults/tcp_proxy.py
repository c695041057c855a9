"""A TCP proxy that breaks connections where a test says: real sockets, real bytes, a server that knows nothing of it.

    with TcpProxy("127.0.0.1", 5432) as proxy:
        proxy.cut(COMMIT, after=b"INSERT INTO progress ")     # before the server has read COMMIT
        proxy.cut(COMMIT, answered=True)                      # once the server has done it, before it says so
        proxy.down() … proxy.up()                             # nobody is there
        proxy.freeze() … proxy.thaw()                         # it is there and says nothing

The client connects to `proxy.port`.
"""

import re
import select
import socket
import struct
import threading
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from sqlalchemy.engine import make_url

#: What PostgreSQL's clients send to commit: a simple query.
COMMIT: Final = b"Q\0\0\0\x0bCOMMIT\0"
_AT_ONCE: Final = 65_536
#: Close with RST instead of FIN: what a firewall or a dead machine does.
_LINGER_NOT: Final = struct.pack("ii", 1, 0)


class TcpProxy:
    """Forwards to one server; thread-safe. `cuts` counts the connections that were broken as asked."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._ended = False
        self._is_down = False
        self._flows = threading.Event()
        self._flows.set()
        self._pattern: bytes | None = None
        self._after: bytes | None = None
        self._answered = False
        self._hard = False
        self._asked = 0
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self.thaw()
        self._listener.close()
        self._break_all()

    def cut(
        self, pattern: bytes, *, after: bytes | None = None, answered: bool = False, hard: bool = False
    ) -> None:
        """Break, once, the connection whose client sends `pattern` from now on, at that moment.

        With `after`, only once that client has sent these bytes. With `answered` the server gets it and does it, and
        its answer is lost. With `hard` the client sees a reset instead of an end.
        """
        with self._lock:
            self._pattern, self._after, self._answered, self._hard = pattern, after, answered, hard
            self._asked += 1

    def down(self) -> None:
        """Break all connections, and each new one at once."""
        self._is_down = True
        self._break_all()

    def up(self) -> None:
        """Let clients in again."""
        self._is_down = False

    def freeze(self) -> None:
        """Forward nothing more, and say nothing."""
        self._flows.clear()

    def thaw(self) -> None:
        """Forward what waits, and what follows."""
        self._flows.set()

    def _break_all(self) -> None:
        with self._lock:
            victims = list(self._open)
        for each in victims:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._ended:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            if self._is_down:
                client.close()
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target, timeout=10)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        with self._lock:
            self._open |= {client, server}
        try:
            self._forward(client, server)
        except OSError:
            pass
        finally:
            with self._lock:
                self._open -= {client, server}
            client.close()
            server.close()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        sent = bytearray()  # the end of what this client sent: a pattern may come in two pieces
        asked = self._asked
        while True:
            readable, _, _ = select.select([client, server], [], [])
            self._flows.wait()
            if asked != self._asked:
                sent, asked = bytearray(), self._asked
            for source in readable:
                data = source.recv(_AT_ONCE)
                if not data:
                    return
                if source is server:
                    client.sendall(data)
                    continue
                sent += data
                if self._is_to_cut(bytes(sent)):
                    self._cut(client, server, data)
                    return
                server.sendall(data)
                del sent[: -4 * _AT_ONCE]

    def _is_to_cut(self, sent: bytes) -> bool:
        with self._lock:
            if self._pattern is None:
                return False
            start = 0 if self._after is None else sent.rfind(self._after)
            if start < 0 or re.search(re.escape(self._pattern), sent[start:]) is None:
                return False
            self._pattern = None
            self.cuts += 1
            return True

    def _cut(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        if self._answered:
            server.sendall(data)
            server.recv(_AT_ONCE)  # done, and nobody hears of it
        if self._hard:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)


def through(proxy: TcpProxy, url: str) -> str:
    """A database's URL that leads through the proxy; unencrypted, for the proxy reads along."""
    made = make_url(url).set(host="127.0.0.1", port=proxy.port).update_query_dict({"sslmode": "disable"})
    return made.render_as_string(hide_password=False)


def proxy_to(url: str) -> TcpProxy:
    """A proxy to the server of a database's URL."""
    parsed = make_url(url)
    return TcpProxy(parsed.host or "127.0.0.1", parsed.port or 5432)

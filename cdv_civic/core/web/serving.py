"""gunicorn beside `gunicorn.conf.py`: the addresses it may bind, what it logs, how long it waits for slow requests."""

import re
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, Final

from gunicorn import glogging
from gunicorn.workers.gthread import ThreadWorker

from cdv_civic.core.external_services import UnusableSetting
from cdv_civic.core.web.error_pages import without_words

#: Seconds for a request to arrive whole; the proxy in front takes its time with slow ones (docs/running.md).
REQUEST_SECONDS: Final = 30
#: The same while others wait for a thread.
HURRY_SECONDS: Final = 0.5
_CROWDED_SECONDS: Final = 0.2
#: How gunicorn begins what it says of an error in a request.
_OF_A_REQUEST: Final = ("Error handling request", "Socket error", "Exception in post_request")
#: What only processes of this machine reach.
_LOOPBACK: Final = re.compile(r"127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3}|localhost")


def refuse_open_bind(addresses: Sequence[object], environ: Mapping[str, str]) -> None:
    """Raise `UnusableSetting` where production would listen to strangers with no proxy before it.

    `addresses` are gunicorn's: (host, port), or the path of a socket. A few slow connections stop a gunicorn that
    anybody reaches, and its visitors say themselves from where they come.
    """
    if environ.get("CDV_ENV", "production") != "production" or int(environ.get("PROXIES") or 0) > 0:
        return
    for address in addresses:
        if isinstance(address, tuple) and not (address[0] and _LOOPBACK.fullmatch(str(address[0]))):
            raise UnusableSetting(
                f"BIND lets everybody reach gunicorn ({address[0]}:{address[1]}), and PROXIES is 0: put nginx or Caddy "
                "in front (docs/running.md, 5), set BIND=127.0.0.1:8000 and PROXIES=1; where the proxy runs on "
                "another machine, set PROXIES=1 and let no other machine through to this port."
            )


class Logger(glogging.Logger):  # type: ignore[misc]
    """gunicorn's log, without who asked and for what: IP addresses, paths with their secrets, headers."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """A request that cannot be read is told by the kind of its error."""
        if msg.startswith("Invalid request from ip="):
            error = sys.exc_info()[0]
            self.error_log.warning("Invalid request: %s", error.__name__ if error else "unknown")
        else:
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *args: Any, **kwargs: Any) -> None:
        """An error in a request is told by its kind and its lines of code (`problems.without_words`)."""
        error = sys.exc_info()[1]
        if error is not None and str(msg).startswith(_OF_A_REQUEST):
            self.error_log.error("%s: %s", str(msg).partition(" %s")[0], without_words(error))
        else:
            super().exception(msg, *args, **kwargs)


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads, of which a slow connection holds none for longer than others wait.

    The read side of a connection that takes too long is closed: a request that had arrived whole is answered all the
    same, one that had not is refused.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Since when connections wait for a thread, and have one.
        self._waiting: dict[Any, float] = {}
        self._held: dict[Any, float] = {}
        #: The requests that have arrived, by connection.
        self._requests: dict[Any, Any] = {}

    def enqueue_req(self, conn: Any) -> None:
        """Let a connection wait for a thread."""
        self._waiting[conn] = monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Serve a connection, and close it here: the loop of the process waits for no farewell."""
        self._waiting.pop(conn, None)
        self._held[conn] = monotonic()
        try:
            kept = super().handle(conn)
        finally:
            self._held.pop(conn, None)
            self._requests.pop(conn, None)
        if not kept:
            conn.close(graceful=True)
            conn.close = _closed
        return kept

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request, which is known meanwhile: where reading stops, the answer says that the connection ends."""
        self._requests[conn] = req
        return super().handle_request(req, conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait less long where somebody waits for a thread: `murder_pending` comes next."""
        super().wait_for_and_dispatch_events(min(timeout, _CROWDED_SECONDS) if self._waiting else timeout)

    def murder_pending(self) -> None:
        """Called each second at least: also end the patience with those who are slow."""
        super().murder_pending()
        now = monotonic()
        crowded = any(now - since > _CROWDED_SECONDS for since in list(self._waiting.values()))
        patience = HURRY_SECONDS if crowded else REQUEST_SECONDS
        for conn, since in list(self._held.items()):
            if now - since > patience:
                # A proxy that was promised another answer would send a form into a connection that is gone: 502.
                if (request := self._requests.get(conn)) is not None:
                    request.force_close()
                _stop_reading(conn.sock)


def _closed(graceful: bool = False) -> None:
    """It is closed already."""


def _stop_reading(connection: Any) -> None:
    with suppress(OSError):  # it is gone
        connection.shutdown(socket.SHUT_RD)

"""A real SMS gateway on loopback: it keeps what it is given, refuses, or takes its time."""

import dataclasses
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask

from cdv_civic.core.external_services import TextGateway


@dataclass
class TextBox:
    """What the gateway does with messages, and those it took."""

    status: int = 202
    location: str = ""
    seconds: float = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    asked: int = 0
    url: str = ""


@contextmanager
def sms_gateway() -> Iterator[TextBox]:
    box = TextBox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            box.asked += 1
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(box.seconds)
            if 200 <= box.status < 300:
                box.taken.append(json.loads(body))
                box.headers.append({name.lower(): value for name, value in self.headers.items()})
            try:
                self.send_response(box.status)
                if box.location:
                    self.send_header("Location", box.location)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")
            except OSError:
                pass  # the site did not wait

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    box.url = f"http://127.0.0.1:{server.server_address[1]}/messages"
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def use_gateway(app: Flask, monkeypatch: pytest.MonkeyPatch, box: TextBox, **changes: Any) -> None:
    """Set the site to hand its messages to `box`."""
    gateway = TextGateway(box.url, **{"token": "t0ken", "sender": "MonQuartier", **changes})
    settings = dataclasses.replace(
        app.extensions["settings"], sms=gateway, base_url="https://site.example.org"
    )
    monkeypatch.setitem(app.extensions, "settings", settings)


@pytest.fixture
def texts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[TextBox]:
    """A gateway that the site is set to use."""
    with sms_gateway() as box:
        use_gateway(app, monkeypatch, box)
        yield box

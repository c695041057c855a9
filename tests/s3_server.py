"""A service that speaks S3 on loopback (localbucket), behind a front that checks signatures and fails where a test says.

    storage.front.fail("SlowDown", 503, times=2)      # the next two requests
    storage.front.cut(answer_after=100)               # the next download ends there
    storage.written("ab/ab12.pdf", two_days_ago)

The service is another's, a folder of files that any tool may look at. It keeps no versions and lets everybody in, so that
the front asks for the signature that the site sent what it says it sent, and for both keys.
"""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from localbucket import S3Handler

from cdv_civic.core.external_services import S3_KEYS, ObjectStorage
from cdv_civic.core.uploads.s3.signing import Signer

REGION: Final = "fr-par"
ACCESS_KEY: Final = "SCWTESTACCESSKEY"
SECRET_KEY: Final = "a/secret+key-of/tests"
_ERROR: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>No.</Message></Error>'

#: Does something with a request in place of the service; True: it is done with it.
Fault = Callable[["_Handler"], bool]


class Front:
    """What the site speaks to: hands requests on to the service, and counts them."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.signer = Signer(ACCESS_KEY, SECRET_KEY, REGION)
        #: Strangers may read.
        self.public = False
        #: What is deleted stays as a version.
        self.versions = False
        self.faults: list[tuple[str, Fault]] = []
        self.asked: list[tuple[str, str]] = []
        self.stops = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.front = self  # type: ignore[attr-defined]
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.stops.set()
        self._server.shutdown()
        self._server.server_close()

    def requests(self, method: str) -> int:
        """How many there were."""
        return sum(each == method for each, _path in self.asked)

    def _add(self, fault: Fault, method: str, times: int) -> None:
        self.faults += [(method, fault)] * times

    def fail(self, code: str, status: int, *, method: str = "", times: int = 1) -> None:
        """Answer the next requests with an error; a page that is no S3 where `code` is empty."""
        content = (_ERROR.format(code) if code else "<html>a proxy</html>").encode()

        def fault(handler: "_Handler") -> bool:
            handler.answer(status, {}, content)
            return True

        self._add(fault, method, times)

    def say(self, content: bytes, *, method: str = "", times: int = 1) -> None:
        """Answer the next requests with 200 and some bytes."""

        def fault(handler: "_Handler") -> bool:
            handler.answer(200, {}, content)
            return True

        self._add(fault, method, times)

    def cut(self, *, answer_after: int, times: int = 1) -> None:
        """Break the next downloads off after so many bytes."""

        def fault(handler: "_Handler") -> bool:
            handler.answer(*handler.forward(), only=answer_after)
            handler.close_connection = True
            return True

        self._add(fault, "GET", times)

    def lose(self, *, times: int = 1) -> None:
        """Do what the next uploads ask, and break the connection before the answer."""

        def fault(handler: "_Handler") -> bool:
            handler.forward()
            handler.close_connection = True
            return True

        self._add(fault, "PUT", times)

    def hang(self, *, method: str = "", times: int = 1) -> None:
        """Say nothing for as long as the test takes."""

        def fault(handler: "_Handler") -> bool:
            self.stops.wait(60)
            handler.close_connection = True
            return True

        self._add(fault, method, times)

    def take_fault(self, method: str) -> Fault | None:
        for place, (of, fault) in enumerate(self.faults):
            if of in ("", method):
                del self.faults[place]
                return fault
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    body = b""

    def do_GET(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def _serve(self) -> None:
        front: Front = self.server.front  # type: ignore[attr-defined]
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        front.asked.append((self.command, self.path))
        if len(self.body) < length:  # the site, or somebody between, broke off: S3 keeps nothing of it
            self.close_connection = True
            return
        fault = front.take_fault(self.command)
        if fault is not None and fault(self):
            return
        refused = self._refused(front)
        if refused:
            self.answer(403, {}, _ERROR.format(refused).encode())
        else:
            self.answer(*self.forward())

    def _refused(self, front: Front) -> str:
        """The code of a request that did not come from whoever has the keys; empty where it did."""
        said = self.headers.get("Authorization", "")
        if not said:
            return "" if front.public and self.command in ("GET", "HEAD") else "AccessDenied"
        if f"Credential={ACCESS_KEY}/" not in said:
            return "InvalidAccessKeyId"
        signed = re.search(r"SignedHeaders=([a-z0-9;-]+)", said)
        names = signed[1].split(";") if signed else []
        url = urlsplit(self.path)
        again = front.signer.headers(
            self.command,
            self.headers["Host"],
            unquote(url.path),
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers={name: self.headers[name] for name in names},
            body=self.body,
            at=datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC),
        )
        return "" if again["authorization"] == said else "SignatureDoesNotMatch"

    def forward(self) -> tuple[int, dict[str, str], bytes]:
        """What the service says."""
        front: Front = self.server.front  # type: ignore[attr-defined]
        connection = HTTPConnection(*front.target, timeout=30)
        connection.request(self.command, self.path, self.body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        said = dict(answer.getheaders())
        if front.versions and self.command == "DELETE":
            said["x-amz-delete-marker"] = "true"
        return answer.status, said, content

    def answer(self, status: int, headers: dict[str, str], content: bytes, only: int | None = None) -> None:
        """Say it; with `only`, so many bytes of it."""
        with suppress(OSError):  # the site did not wait
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in ("content-length", "connection", "date", "server"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content[:only])

    def log_message(self, *_args: object) -> None:
        pass


class _Service(S3Handler):  # type: ignore[misc]  # it has no types
    def log_message(self, *_args: object) -> None:
        pass


@dataclass
class Storage:
    """A bucket of its own, and who may use it."""

    front: Front
    #: Where the service keeps the objects of the bucket.
    folder: Path
    #: What a site is set to.
    settings: ObjectStorage

    @property
    def _root(self) -> Path:
        return self.folder / self.settings.prefix

    @property
    def names(self) -> list[str]:
        """All keys in the bucket, below the prefix of the site."""
        return sorted(
            path.relative_to(self._root).as_posix() for path in self._root.rglob("*") if path.is_file()
        )

    def put(self, key: str, content: bytes) -> None:
        """Write an object, past the site."""
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def read(self, key: str) -> bytes:
        return (self._root / key).read_bytes()

    def remove(self, key: str) -> None:
        """Delete an object, past the site."""
        (self._root / key).unlink()

    def written(self, key: str, at: datetime) -> None:
        """Let the service say that an object was written then."""
        os.utime(self._root / key, (at.timestamp(),) * 2)

    def drop(self) -> None:
        """The bucket is gone."""
        shutil.rmtree(self.folder)

    def environment(self, keys_dir: Path) -> dict[str, str]:
        """Settings of a process of its own; its keys are written into KEYS_DIR."""
        keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        (keys_dir / S3_KEYS).write_text(f"{self.settings.access_key}\n{self.settings.secret_key}\n")
        return {
            "S3_URL": self.settings.url,
            "S3_BUCKET": self.settings.bucket,
            "S3_REGION": self.settings.region,
            "S3_PREFIX": self.settings.prefix,
        }


@contextmanager
def s3_server() -> Iterator[Storage]:
    """A service with an empty bucket."""
    with TemporaryDirectory(prefix="cdv_s3_") as folder:
        data = Path(folder)
        (data / "files-of-towns").mkdir()
        handler = type("Service", (_Service,), {"data_root": data})
        service = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        service.daemon_threads = True
        threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True).start()
        front = Front(("127.0.0.1", service.server_address[1]))
        settings = ObjectStorage(
            f"http://127.0.0.1:{front.port}", "files-of-towns", REGION, ACCESS_KEY, SECRET_KEY, "a-town/"
        )
        try:
            yield Storage(front, data / "files-of-towns", settings)
        finally:
            front.close()
            service.shutdown()
            service.server_close()

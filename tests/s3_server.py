"""A service that speaks S3 on loopback (localbucket), behind a front that checks signatures and fails where a test says.

    storage.front.fail("SlowDown", 503, times=2)      # the next two requests
    storage.front.cut(answer_after=100)               # the next download ends there
    storage.written("ab/ab12.pdf", two_days_ago)

The service is another's, a folder of files that any tool may look at. It keeps no versions and lets everybody in, so that
the front asks for the signature that the site sent what it says it sent, and for both keys.
"""

import io
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from localbucket import S3Handler

from cdv_civic.core.external_services import S3_KEYS, ObjectStorage
from cdv_civic.core.uploads.s3.signing import Signer

BUCKET: Final = "files-of-towns"
REGION: Final = "fr-par"
ACCESS_KEY: Final = "SCWTESTACCESSKEY"
SECRET_KEY: Final = "a/secret+key-of/tests"
_ERROR: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>No.</Message></Error>'

#: Does something with a request in place of the service; True: it is done with it.
Fault = Callable[["Handler"], bool]


class Front:
    """What fails, and what was asked."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, Fault]] = []
        self.asked: list[tuple[str, str]] = []
        self.ended = threading.Event()
        self.signer = Signer(ACCESS_KEY, SECRET_KEY, REGION)
        #: Strangers may read.
        self.public = False
        #: What is deleted stays as a version.
        self.versions = False

    def requests(self, method: str) -> int:
        """How many there were."""
        return sum(each == method for each, _path in self.asked)

    def _add(self, fault: Fault, method: str, times: int) -> None:
        self.faults += [(method, fault)] * times

    def take_fault(self, method: str) -> Fault | None:
        """What a request of this method meets."""
        for place, (of, fault) in enumerate(self.faults):
            if of in ("", method):
                del self.faults[place]
                return fault
        return None

    def fail(self, code: str, status: int, *, method: str = "", times: int = 1) -> None:
        """Answer the next requests with an error; with a page that is no S3 where `code` is empty."""
        content = _ERROR.format(code) if code else "<html>a proxy</html>"
        self.say(content.encode(), status=status, method=method, times=times)

    def say(self, content: bytes, *, status: int = 200, method: str = "", times: int = 1) -> None:
        """Answer the next requests with some bytes."""

        def fault(handler: "Handler") -> bool:
            handler.answer(status, content)
            return True

        self._add(fault, method, times)

    def cut(self, *, answer_after: int, times: int = 1) -> None:
        """Break the next downloads off after so many bytes."""

        def fault(handler: "Handler") -> bool:
            headers, end, content = handler.result().partition(b"\r\n\r\n")
            handler.wfile.write(headers + end + content[:answer_after])
            handler.close_connection = True
            return True

        self._add(fault, "GET", times)

    def drip(self, pieces: int, *, seconds: float, headers: bool = False) -> list[bytes]:
        """Send the next answer, or its `headers`, byte by byte, so many, with a pause before each; what was sent."""
        sent: list[bytes] = []

        def fault(handler: "Handler") -> bool:
            handler.close_connection = True
            if headers:
                handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            else:
                handler.send_response(200)
                handler.send_header("Content-Length", str(pieces))
                handler.end_headers()
            while len(sent) < pieces and not self.ended.wait(seconds):
                handler.wfile.write(b"x")
                sent.append(b"x")
            return True

        self._add(fault, "GET", 1)
        return sent

    def lose(self, *, times: int = 1) -> None:
        """Do what the next uploads ask, and break the connection before the answer."""

        def fault(handler: "Handler") -> bool:
            handler.result()
            handler.close_connection = True
            return True

        self._add(fault, "PUT", times)

    def hang(self, *, method: str = "", times: int = 1) -> None:
        """Say nothing for as long as the test takes."""

        def fault(handler: "Handler") -> bool:
            self.ended.wait(60)
            handler.close_connection = True
            return True

        self._add(fault, method, times)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: object) -> None:
        """A client that went away."""


class Handler(S3Handler):  # type: ignore[misc]  # it has no types
    """One request: the front, then the service."""

    front: Front
    rfile: Any
    wfile: Any
    body = b""

    def do_GET(self) -> None:  # noqa: N802  as http.server asks for it
        self._serve()

    def do_PUT(self) -> None:  # noqa: N802  as http.server asks for it
        self._serve()

    def do_DELETE(self) -> None:  # noqa: N802  as http.server asks for it
        self._serve()

    def do_HEAD(self) -> None:  # noqa: N802  as http.server asks for it
        self._serve()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        self.front.asked.append((self.command, self.path))
        # The site, or somebody between, broke off: S3 keeps nothing of it. Or nobody is there any more.
        if len(self.body) < length or self.front.ended.is_set():
            self.close_connection = True
            return
        with suppress(OSError):  # the site did not wait
            fault = self.front.take_fault(self.command)
            if fault is not None and fault(self):
                return
            refused = self._refused()
            if refused:
                self.answer(403, _ERROR.format(refused).encode())
            else:
                self.wfile.write(self.result())

    def _refused(self) -> str:
        """The code of a request that did not come from whoever has the keys; empty where it did."""
        said = self.headers.get("Authorization", "")
        if not said:
            return "" if self.front.public and self.command in ("GET", "HEAD") else "AccessDenied"
        if f"Credential={ACCESS_KEY}/" not in said:
            return "InvalidAccessKeyId"
        signed = re.search(r"SignedHeaders=([a-z0-9;-]+)", said)
        names = signed[1].split(";") if signed else []
        url = urlsplit(self.path)
        again = self.front.signer.headers(
            self.command,
            self.headers["Host"],
            unquote(url.path),
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers={name: self.headers[name] for name in names},
            body=self.body,
            at=datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC),
        )
        return "" if again["authorization"] == said else "SignatureDoesNotMatch"

    def result(self) -> bytes:
        """What the service says, once it has done what was asked: a whole answer of HTTP."""
        client = self.rfile, self.wfile
        self.rfile, self.wfile = io.BytesIO(self.body), io.BytesIO()
        try:
            getattr(super(), f"do_{self.command}")()
            said: bytes = self.wfile.getvalue()
        finally:
            self.rfile, self.wfile = client
        if self.front.versions and self.command == "DELETE":
            return said.replace(b"\r\n", b"\r\nx-amz-delete-marker: true\r\n", 1)
        return said

    def answer(self, status: int, content: bytes) -> None:
        """Say something in place of the service."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        pass


@dataclass
class Storage:
    """A bucket of its own, and who may use it."""

    front: Front
    server: ThreadingHTTPServer
    #: Where the service keeps the objects of the bucket.
    folder: Path
    #: What a site is set to.
    settings: ObjectStorage

    @property
    def root(self) -> Path:
        """Where the files of the site lie."""
        return self.folder / self.settings.prefix

    @property
    def names(self) -> list[str]:
        """All keys in the bucket, below the prefix of the site."""
        return sorted(
            path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file()
        )

    def put(self, key: str, content: bytes) -> None:
        """Write an object, past the site."""
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def read(self, key: str) -> bytes:
        return (self.root / key).read_bytes()

    def remove(self, key: str) -> None:
        """Delete an object, past the site."""
        (self.root / key).unlink()

    def written(self, key: str, at: datetime) -> None:
        """Let the service say that an object was written then."""
        os.utime(self.root / key, (at.timestamp(),) * 2)

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

    def stop(self) -> None:
        """Nobody is there any more."""
        self.front.ended.set()
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def s3_server() -> Iterator[Storage]:
    """A service with an empty bucket."""
    with TemporaryDirectory(prefix="cdv_s3_") as folder:
        data, front = Path(folder), Front()
        (data / BUCKET).mkdir()
        server = _Server(("127.0.0.1", 0), type("OfBucket", (Handler,), {"data_root": data, "front": front}))
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        port = server.server_address[1]
        settings = ObjectStorage(
            f"http://127.0.0.1:{port}", BUCKET, REGION, ACCESS_KEY, SECRET_KEY, "a-town/"
        )
        storage = Storage(front, server, data / BUCKET, settings)
        try:
            yield storage
        finally:
            storage.stop()

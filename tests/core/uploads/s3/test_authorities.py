"""A service whose certificate is of an authority of its own: believed where S3_CA_FILE says so, else never spoken to."""

import dataclasses
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cdv_civic.core.external_services import ObjectStorage
from cdv_civic.core.settings import Settings
from cdv_civic.core.uploads.file_store import StoreUnavailable
from cdv_civic.core.uploads.s3 import client as s3_client
from cdv_civic.core.uploads.s3.store import S3Store

NAME = "ab12cd.pdf"


class _TakesAll(BaseHTTPRequestHandler):
    taken: list[bytes]

    def do_PUT(self) -> None:
        self.taken.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Not in the output of tests."""


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_args: object) -> None:
        """A client that does not believe the certificate goes away."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that no authority knows but itself, and its key, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine")
    folder = tmp_path_factory.mktemp("authority")
    key, made = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=a town",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    made.write_text(made.read_text() + key.read_text())
    return made


@pytest.fixture
def service(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[ObjectStorage, list[bytes]]]:
    """What a site sends there, and how it is described without S3_CA_FILE."""
    monkeypatch.setattr(s3_client, "_PAUSES", (0.01, 0.01))
    monkeypatch.setattr(_TakesAll, "taken", [], raising=False)
    server = _Quiet(("127.0.0.1", 0), _TakesAll)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"https://127.0.0.1:{server.server_port}"
    yield ObjectStorage(url, "files", "garage", "key", "secret"), _TakesAll.taken
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_kept_by_a_service_that_the_named_authority_stands_for(
    service: tuple[ObjectStorage, list[bytes]], certificate: Path
) -> None:
    storage, taken = service
    S3Store(dataclasses.replace(storage, ca_file=str(certificate))).save(NAME, b"a file")
    assert taken == [b"a file"]


def test_nothing_is_sent_to_a_service_that_nobody_known_stands_for(
    service: tuple[ObjectStorage, list[bytes]], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage, taken = service
    # Nor does a variable for other programs let it in.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with pytest.raises(StoreUnavailable) as refusal:
        S3Store(storage).save(NAME, b"a file")
    assert refusal.value.reason == "SSLError"
    assert taken == []


def test_the_authority_is_read_from_the_environment(certificate: Path, tmp_path: Path) -> None:
    (tmp_path / "s3.credentials").write_text("key\nsecret\n")
    settings = Settings.from_environment(
        {
            "CDV_ENV": "development",
            "KEYS_DIR": str(tmp_path),
            "S3_URL": "https://s3.a-town.example",
            "S3_BUCKET": "files",
            "S3_REGION": "garage",
            "S3_CA_FILE": str(certificate),
        }
    )
    assert settings.s3 is not None
    assert settings.s3.ca_file == str(certificate)

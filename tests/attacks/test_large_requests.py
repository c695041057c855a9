"""What a request holds is bounded: by its route, before it is read, and never more than 64 MB of memory."""

import gzip
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from wtforms import StringField

from cdv_civic import bodies, commitments, pages  # noqa: F401  (their forms are declared)
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.forms.base import StaffForm, longest_of
from cdv_civic.core.web import request_limits
from cdv_civic.core.web.request_limits import LARGEST_BODY, MOST_FIELDS, MOST_FILES, MOST_TEXT, taken_by
from tests import factories as make
from tests.conftest import Site
from tests.gunicorn_server import Gunicorn, gunicorn
from tests.signing_in import open_browser
from tests.voices.voices import make_place

#: What is refused before a database is asked says the same on both.
pytestmark = pytest.mark.one_database

MB = 1024 * 1024
MOST_MEMORY = 64 * MB
SPEAK = "/fr/contrats/val/instances/conseil/parole"
FORM = "application/x-www-form-urlencoded"
#: All that may be heavier than a long text: add a line here with the declaration.
HEAVY = {
    "bodies_desk.change_publication": (60 * MB, MOST_TEXT),
    "bodies_desk.publish": (60 * MB, MOST_TEXT),
    "commitments_desk.publish_progress": (60 * MB, MOST_TEXT),
    "consultation_answer.answer": (0, 2 * MB),
    "consultation_comments_desk.document": (0, MB),
    "consultation_in_person.table": (30 * MB, MOST_TEXT),
    "consultation_paper.photo": (12 * MB, MOST_TEXT),
    "consultation_paper.table": (6 * MB, MOST_TEXT),
    "consultation_results_desk.late": (6 * MB, MOST_TEXT),
    "consultation_voices.add": (4 * MB, MOST_TEXT),
    "consultation_voices.replace": (4 * MB, MOST_TEXT),
    "consultations_desk.change_option": (20 * MB, MOST_TEXT),
    "draws_desk.import_list": (10 * MB, 5 * MB),
    "hint_list_desk.add": (3 * MB, 3 * MB),
    "ideas.propose": (30 * MB, MOST_TEXT),
    "voices.speak": (30 * MB, MOST_TEXT),
}


def test_the_routes_that_take_more_than_a_long_text_are_these(app: Flask) -> None:
    taken = {rule.endpoint: taken_by(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert {endpoint: each for endpoint, each in taken.items() if each != (0, MOST_TEXT)} == HEAVY
    assert all(max(each) <= LARGEST_BODY for each in taken.values())


class Endless:
    """A browser that goes on sending; a moment passes at each piece, where `moment` says so."""

    def __init__(self, moment: float) -> None:
        self.read_so_far, self.now, self.waits = 0, 0.0, [0.0]
        self._moment = moment

    def read(self, size: int) -> bytes:
        self.now += self._moment
        self.read_so_far += size
        if self.read_so_far > 2 * LARGEST_BODY:
            raise OSError("nobody reads so much")
        return b"x" * size

    def settimeout(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.mark.parametrize(("moment", "read"), [(0.0, LARGEST_BODY), (0.75, 3 * 64 * 1024)])
def test_the_rest_of_a_refused_body_is_read_for_a_moment_and_up_to_the_largest_body(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, moment: float, read: int
) -> None:
    browser = Endless(moment)
    monkeypatch.setattr(request_limits, "monotonic", lambda: browser.now)
    monkeypatch.setattr(request_limits, "LINGER_SECONDS", 2.0)
    answer = client.post(
        SPEAK,
        content_type=FORM,
        environ_overrides={"CONTENT_LENGTH": "99999999", "gunicorn.socket": browser, "wsgi.input": browser},
    )
    assert answer.status_code == 413
    answer.close()
    assert browser.read_so_far == read
    assert max(browser.waits) <= 2.0, "it waits for no piece longer than is left of the moment"


def pieces(total: int, piece: bytes) -> Iterator[bytes]:
    for _ in range(total // len(piece)):
        yield piece


def chunked(body: Iterable[bytes]) -> Iterator[bytes]:
    for each in body:
        yield f"{len(each):x}\r\n".encode() + each + b"\r\n"
    yield b"0\r\n\r\n"


def parts(count: int, size: int, *, files: bool) -> Iterator[bytes]:
    name = b'; filename="a.jpg"' if files else b""
    for number in range(count):
        head = b'--edge\r\nContent-Disposition: form-data; name="f%d"%s\r\n\r\n' % (number, name)
        yield head + b"x" * size + b"\r\n"
    yield b"--edge--\r\n"


MULTIPART = "multipart/form-data; boundary=edge"
MANY = b"a=1&" * 16_384
#: What is sent: how, and its bytes.
BODIES: dict[str, tuple[str, Callable[[], Iterator[bytes]]]] = {
    "57 MB of one field": (FORM, lambda: pieces(57 * MB, b"a" * 65_536)),
    "57 MB of tiny fields": (FORM, lambda: pieces(57 * MB, MANY)),
    "57 MB of escapes": (FORM, lambda: pieces(57 * MB, b"%3C" * 16_384)),
    "250 kB of tiny fields": (FORM, lambda: pieces(250_000, b"b&" * 1000)),
    "250 kB to escape": (FORM, lambda: iter([b"words=" + b"<" * 250_000])),
    "10,000 parts": (MULTIPART, lambda: parts(10_000, 5, files=False)),
    "10,000 files": (MULTIPART, lambda: parts(10_000, 2000, files=True)),
    "57 MB of fields beside no file": (MULTIPART, lambda: parts(228, 250_000, files=False)),
    "one file of 29 MB": (MULTIPART, lambda: parts(1, 29 * MB, files=True)),
    "one field without an end": (MULTIPART, lambda: parts(1, 57 * MB, files=False)),
    "57 MB packed": (FORM, lambda: iter([gzip.compress(b"a" * (57 * MB))])),
}


class Memory:
    """What the process that serves has needed at its highest, above what it needed before."""

    def __init__(self, server: Gunicorn) -> None:
        (self.pid,) = server.workers
        self.before = self._status("VmRSS")
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _status(self, name: str) -> int:
        found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        assert found
        return int(found[1]) * 1024

    @property
    def peak(self) -> int:
        return self._status("VmHWM") - self.before


def post(
    server: Gunicorn, path: str, kind: str, body: Iterable[bytes], *, whole: bool, cookie: str = ""
) -> bytes:
    head = f"POST {path} HTTP/1.1\nHost: localhost\nContent-Type: {kind}\n" + (
        cookie and f"Cookie: {cookie}\n"
    )
    if kind == FORM and "packed" in path:
        head += "Content-Encoding: gzip\n"
    if whole:
        sent = list(body)
        return server.ask(f"{head}Content-Length: {sum(map(len, sent))}\n\n", *sent)
    return server.ask(f"{head}Transfer-Encoding: chunked\n\n", *chunked(body))


def cookie_of(client: FlaskClient, account: SignedIn) -> str:
    with clock.frozen_everywhere(datetime.now(UTC)):  # as late as the server's clock says
        open_browser(client, account)
    cookie = client.get_cookie("session")
    assert cookie is not None
    return f"session={cookie.value}"


@pytest.mark.long
def test_no_request_costs_64_megabytes(site: Site, app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    """From strangers and from staff; where a request says how long it is, and where it does not (chunks)."""
    account = make.make_account(role="administrator")
    commitment = make.make_commitment(make_place().contract)
    cookie = cookie_of(client, account)
    staff = f"/fr/bureau/engagements/{commitment.id}/avancement"
    with gunicorn(site.settings, tmp_path, OPEN_FORM_LIMIT="1000 per hour") as server:
        for path, who in (
            ("/fr/connexion/equipe", ""),
            (SPEAK, ""),
            (staff, cookie),
            ("/fr/bureau/engagements/annuler", cookie),
        ):
            for name, (kind, make_body_of) in BODIES.items():
                for whole in (True, False):
                    memory = Memory(server)
                    answer = post(server, path, kind, make_body_of(), whole=whole, cookie=who)
                    case = f"{name} to {path}{' in chunks' if not whole else ''}: {answer[:60]!r}"
                    assert memory.peak < MOST_MEMORY, f"{memory.peak // MB} MB for {case}"
                    assert re.match(rb"HTTP/1.1 (200|303|400|413|422) ", answer), case
                    if "57 MB of" in name:
                        assert b" 413 " in answer[:20], case
                        assert "trop lourd" in answer.decode(), case
        assert b" 200 " in server.get("/fr/mentions-legales")
        assert "Error" not in server.log


def test_a_body_that_is_too_long_is_refused_before_it_is_read(site: Site, app: Flask, tmp_path: Path) -> None:
    """Not a byte of it was sent yet."""
    with gunicorn(site.settings, tmp_path) as server, server.connect() as connection:
        connection.sendall(
            b"POST /fr/connexion/equipe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        connection.settimeout(5)
        assert connection.recv(12) == b"HTTP/1.1 413"
        # And the connection ends, whatever still comes.
        connection.settimeout(10)
        while connection.recv(65536):
            pass


def test_a_form_cut_short_is_not_taken_for_a_whole_one(site: Site, app: Flask, tmp_path: Path) -> None:
    """The connection breaks in the middle of a word."""
    make_place()
    with gunicorn(site.settings, tmp_path) as server, server.connect() as connection:
        form = f"words=Trois+pommes&kind=idea&theme=autre&client_key={secrets.token_hex(16)}&quartier="
        connection.sendall(
            f"POST {SPEAK} HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Length: {len(form) + 30}\r\nContent-Type: {FORM}\r\n\r\n{form}".encode()
        )
        connection.shutdown(1)
        connection.settimeout(10)
        assert connection.recv(12) == b"HTTP/1.1 400"


def test_a_text_that_is_too_long_for_its_route_gets_a_sentence_of_ours(client: FlaskClient) -> None:
    answer = client.post("/fr/connexion/equipe", data={"email": "a" * (MOST_TEXT + 1)})
    assert answer.status_code == 413
    assert "Revenez à la page d’avant et envoyez un texte plus court." in answer.text
    assert client.post("/fr/connexion/equipe", data={"email": "a" * 200_000}).status_code != 413


def test_a_text_that_is_too_long_beside_a_photo_is_not_told_of_files(client: FlaskClient) -> None:
    """Nor that all is kept: browsers forget fields that they are asked not to complete, as the way to answer."""
    make_place()
    answer = client.post(
        SPEAK, content_type=MULTIPART, data={"words": "a" * (MOST_TEXT + 1), "contact": "a@b.fr"}
    )
    assert answer.status_code == 413
    assert "envoyez un texte plus court." in answer.text
    assert "Relisez chaque réponse" in answer.text
    assert "Mo" not in answer.text.partition("<main")[2].partition("</main")[0]


def test_photos_that_are_too_heavy_together_get_their_own_sentence(app: Flask, client: FlaskClient) -> None:
    make_place()
    answer = client.post(SPEAK, content_type=MULTIPART, environ_overrides={"CONTENT_LENGTH": str(31 * MB)})
    assert answer.status_code == 413
    assert "choisissez 12 fichiers au plus, de moins de 10 Mo chacun." in answer.text


def test_fields_and_files_are_counted(app: Flask, client: FlaskClient) -> None:
    assert (
        client.post("/fr/connexion/equipe", data="a&" * (MOST_FIELDS + 1), content_type=FORM).status_code
        == 413
    )
    make_place()
    for count, status in ((MOST_FILES, 422), (MOST_FILES + 1, 413)):
        sent = b"".join(parts(count, 10, files=True))
        answer = client.post(
            SPEAK, data=sent, content_type=MULTIPART, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.status_code == status


def _forms(kind: type[StaffForm] = StaffForm) -> Iterator[type[StaffForm]]:
    for each in kind.__subclasses__():
        yield each
        yield from _forms(each)


def test_every_text_field_of_every_form_has_a_longest_length(app: Flask) -> None:
    """And says so beside the field; what was typed comes back whole."""
    seen = 0
    for kind in sorted(set(_forms()), key=lambda each: (each.__module__, each.__name__)):
        with app.test_request_context("/", method="POST"):
            form = kind()
            for field in form:
                if getattr(field, "choices", ()) is None:
                    field.choices = []
            for field in form:
                if not isinstance(field, StringField) or field.name == "csrf_token":
                    continue
                most = longest_of(field)
                assert most, (kind, field.name)
                assert most <= 2 * MB, (kind, field.name)
                field.data = typed = "é" * (most + 1)
                form.validate()
                # What is wrong with a hidden field is said at the top.
                assert field.errors or form.form_errors, (kind, field.name)
                assert field.data == typed, (kind, field.name)
                seen += 1
    assert seen > 60


def test_no_form_goes_around_the_longest_lengths() -> None:
    """Every form is a `StaffForm`."""
    assert {each.__module__ for each in FlaskForm.__subclasses__()} <= {"cdv_civic.core.forms.base"}


def test_a_long_address_is_refused_before_the_site_sees_it(site: Site, app: Flask, tmp_path: Path) -> None:
    with gunicorn(site.settings, tmp_path) as server:
        assert b" 414 " in server.get(f"/fr/?q={'a' * 5000}")[:20]
        assert b" 431 " in server.ask(f"GET /fr/ HTTP/1.1\nHost: localhost\nCookie: a={'b' * 9000}\n\n")[:20]
        assert b" 431 " in server.ask("GET /fr/ HTTP/1.1\nHost: localhost\n" + "X-A: b\n" * 70 + "\n")[:20]

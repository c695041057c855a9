"""The pages of whoever gives voices, and whoever listens to them while answering."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cdv_civic.consultations.recordings.operations import remove_recording
from cdv_civic.core.uploads.file_store import FolderStore
from cdv_civic.core.uploads.stored_files import store
from tests import factories
from tests.consultations.answering.answers import Asked, make_asked
from tests.consultations.recordings.voices import address_of, kept, record, relais_of, voice
from tests.consultations.test_pictures import withdraw_consultation
from tests.core.sounds import sounds
from tests.page_forms import PageForm
from tests.signing_in import open_browser

pytestmark = pytest.mark.one_database

M4A = sounds.mp4(2)


@pytest.fixture
def asked(app: Flask) -> Asked:
    return make_asked()


@pytest.fixture
def relais(client: FlaskClient, asked: Asked) -> FlaskClient:
    open_browser(client, relais_of(asked.quartiers[0]), way="password")
    return client


def typed(page: str, content: bytes | None = M4A, field: str = "recorded", **values: str) -> dict[str, Any]:
    """The form of a voice, as a browser sends it."""
    sent: dict[str, Any] = PageForm(page, "client_key").filled({"agreed": "y", **values})
    return sent if content is None else {**sent, field: (io.BytesIO(content), "voix.m4a")}


def test_a_relais_finds_the_page_records_listens_replaces_and_removes(
    relais: FlaskClient, asked: Asked, session: Session
) -> None:
    index = f"/fr/bureau/consultations/{asked.row.slug}/voix"
    assert f'href="{index}"' in relais.get(f"/fr/relais/consultations/{asked.row.slug}").text
    form = f"{index}/{asked.tenant.id}"
    assert f'href="{form}"' in relais.get(index).text
    page = relais.get(form).text
    assert re.search(r'<input [^>]*accept="audio/\*"[^>]* capture [^>]*name="recorded"', page)
    sent = typed(page, language="snk")
    done = relais.post(form, data=sent)
    assert done.location == f"{index}#question-{asked.tenant.id}"
    sent["recorded"] = (io.BytesIO(M4A), "voix.m4a")
    assert relais.post(form, data=sent).location == done.location, "sent twice"
    assert kept(session) == [(asked.tenant.id, "snk")]
    listed = relais.get(index).text
    (address,) = re.findall(r'<audio [^>]*preload="none" src="([^"]+)"', listed)
    assert relais.get(address).data == store_of(address)
    assert 'value="snk"' not in relais.get(form).text, "it is there already"
    other = relais.get(f"{form}/snk").text
    assert relais.post(f"{form}/snk", data=typed(other, sounds.mp3_frames(2), "chosen")).status_code == 302
    assert relais.get(address).status_code == 404
    (removal,) = re.findall(r'href="([^"]+/retirer)"', relais.get(index).text)
    question = relais.get(removal).text
    assert relais.post(removal, data=PageForm(question, "csrf_token").filled({})).status_code == 302
    assert kept(session) == []
    assert relais.get(f"{form}/snk").status_code == 404


def store_of(address: str) -> bytes:
    place = store()
    assert isinstance(place, FolderStore)
    with place.open(f"{address.rpartition('/')[2]}.m4a") as file:
        return file.read()


@pytest.mark.parametrize(
    ("content", "changed", "said"),
    [
        (None, {}, "Enregistrez une voix, ou choisissez un fichier."),
        (M4A, {"agreed": ""}, "Demandez son accord"),
        (M4A, {"language": ""}, "Choisissez une réponse de la liste."),
        (b"PK\x03\x04" + bytes(99), {}, "Tous les téléphones ne liraient pas ce fichier"),
        (b"", {}, "Ce fichier est vide"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(
    relais: FlaskClient,
    asked: Asked,
    session: Session,
    content: bytes | None,
    changed: dict[str, str],
    said: str,
) -> None:
    form = f"/fr/bureau/consultations/{asked.row.slug}/voix/{asked.tenant.id}"
    sent = typed(relais.get(form).text, content, **{"language": "ar", **changed})
    if not sent["agreed"][0]:
        del sent["agreed"]
    answer = relais.post(form, data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    if "language" not in changed:
        assert re.search(r'<option selected value="ar">', answer.text)
    assert kept(session) == []


def test_whoever_answers_hears_the_language_of_the_page_first(
    client: FlaskClient, asked: Asked, count_statements: Callable[[], Any]
) -> None:
    with count_statements() as silent:
        assert "<audio" not in client.get(asked.url).text
    staff = factories.make_account(contract=asked.contract)
    addresses = {tag: address_of(record(staff, asked.tenant, tag)) for tag in ("snk", "ar", "fr")}
    with count_statements() as spoken:
        answer = client.get(asked.url)
    assert len(spoken) == len(silent) + 1
    assert "media-src 'self';" in answer.headers["Content-Security-Policy"]
    page = answer.text
    heard = re.findall(r'<audio [^>]*src="([^"]+)"', page)
    assert heard == [addresses["fr"], addresses["ar"], addresses["snk"]]
    names = re.findall(r'lang="(\w+)" dir="(\w+)"><p aria-hidden="true">.*?</svg> ([^<]+)</p>', page)
    assert names == [
        ("fr", "ltr", "Écouter la question"),
        ("ar", "rtl", "الاستماع إلى السؤال"),
        ("fr", "ltr", "Écouter la question\u00a0: soninké"),
    ]
    assert re.search(r"<summary>.*العربية</bdi> · <bdi lang=\"fr\">soninké</bdi>", page), (
        "the others are folded"
    )
    arabic = client.get(asked.url.replace("/fr/", "/ar/")).text
    assert re.findall(r'<audio [^>]*src="([^"]+)"', arabic)[0] == addresses["ar"]


def test_a_player_gets_the_bytes_that_it_asks_for(client: FlaskClient, asked: Asked) -> None:
    upload = voice(M4A)
    (content,) = upload.names.values()
    address = address_of(record(factories.make_account(contract=asked.contract), asked.tenant, "ar", upload))
    whole = client.get(address)
    assert (whole.status_code, whole.content_type, whole.data) == (200, "audio/mp4", content)
    assert whole.headers["Content-Length"] == str(len(content))
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Cache-Control"] == "public, no-cache"
    assert whole.headers["Accept-Ranges"] == "bytes"
    first = client.get(address, headers={"Range": "bytes=0-1"})
    assert (first.status_code, first.data) == (206, content[:2])
    assert first.headers["Content-Range"] == f"bytes 0-1/{len(content)}"
    last = client.get(address, headers={"Range": "bytes=-5", "If-Range": whole.headers["ETag"]})
    assert (last.status_code, last.data) == (206, content[-5:])
    assert client.get(address, headers={"Range": f"bytes={len(content)}-"}).status_code == 416
    assert client.get(address, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert client.head(address).headers["Content-Length"] == str(len(content))


def test_an_mp3_is_called_one(client: FlaskClient, asked: Asked) -> None:
    address = address_of(record(factories.make_account(contract=asked.contract), asked.tenant))
    assert client.get(address).content_type == "audio/mpeg"


def test_a_voice_that_comes_or_goes_is_heard_at_once(client: FlaskClient, asked: Asked) -> None:
    assert "<audio" not in client.get(asked.url).text
    actor = relais_of(asked.quartiers[0])
    mine = record(actor, asked.tenant, "fr")
    assert "<audio" in client.get(asked.url).text
    remove_recording(actor, asked.row.id, mine)
    assert "<audio" not in client.get(asked.url).text


def test_a_voice_is_public_with_its_consultation(client: FlaskClient) -> None:
    asked = make_asked(stage="draft")
    staff = factories.make_account(contract=asked.contract)
    address = address_of(record(staff, asked.tenant))
    assert client.get(address).status_code == 404
    open_browser(client, staff)
    assert client.get(address).headers["Cache-Control"] == "private, no-store"
    assert 'src="/fichiers/voix/' in client.get(f"/fr/bureau/consultations/{asked.row.slug}/apercu").text


def test_nobody_hears_a_voice_of_one_that_is_withdrawn(client: FlaskClient, asked: Asked) -> None:
    address = address_of(record(factories.make_account(contract=asked.contract), asked.tenant))
    assert client.get(address).status_code == 200
    withdraw_consultation(asked.row)
    assert client.get(address).status_code == 404
    assert client.get("/fichiers/voix/0123456789abcdef0123456789abcdef").status_code == 404


def test_the_desk_leads_there_and_says_what_a_withdrawal_erases(client: FlaskClient, asked: Asked) -> None:
    staff = factories.make_account(contract=asked.contract)
    open_browser(client, staff)
    desk = f"/fr/bureau/consultations/{asked.row.slug}"
    assert f'href="{desk}/voix"' in client.get(desk).text
    assert "Les voix enregistrées sont effacées" not in client.get(f"{desk}/retirer").text
    record(staff, asked.tenant)
    assert "Les voix enregistrées sont effacées" in client.get(f"{desk}/retirer").text

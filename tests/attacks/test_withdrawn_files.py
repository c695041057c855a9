"""What was taken back is gone at once, for whoever kept its address or its bytes."""

import io
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.bodies.models import PublicationFile
from cdv_civic.bodies.operations.publications import change_publication, withdraw_publication
from cdv_civic.commitments.models import Evidence
from cdv_civic.commitments.operations.progress import (
    EvidenceFile,
    NewProgress,
    publish_progress,
    withdraw_progress,
)
from cdv_civic.core.db import SITE, transaction
from cdv_civic.core.uploads.receiving import read_upload
from cdv_civic.ideas.models import IdeaBox
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.territory.models import Body
from tests.bodies.bodies import make_body
from tests.bodies.test_publications import a_pdf, opinion, put
from tests.consultations.factories import make_consultation
from tests.consultations.test_pictures import picture_of, withdraw_consultation
from tests.core.uploads.files import picture
from tests.factories import make_account, make_commitment, make_contract
from tests.ideas.boxes import decide, make_a_box, put_one, stored_idea
from tests.signing_in import open_browser
from tests.voices.voices import make_place
from tests.voices.voices import said as say

#: The routes that hand out files; a new one comes with a test here.
ROUTES = {
    "commitments.evidence_file",
    "bodies_files.publication_file",
    "consultation_pictures.show",
    "ideas.photo",
    "moderation_desk.photo",
    "moderation_desk.staff_photo",
    "voices_desk.photo",
}


def test_each_route_that_hands_out_files_is_known(app: Flask) -> None:
    found = {rule.endpoint for rule in app.url_map.iter_rules() if "size" in rule.arguments}
    assert found == ROUTES


def news_with_photo() -> tuple[str, Callable[[], object]]:
    actor, commitment = make_account(), make_commitment(make_contract())
    upload = read_upload(io.BytesIO(picture()), field="file_1")
    progress = publish_progress(
        actor,
        commitment.id,
        NewProgress("en_cours", date(2026, 11, 1), "Le chantier a commencé.", "une-clef-unique",
                    files=[EvidenceFile(upload, "Une grue")]),
    )  # fmt: skip
    with transaction() as session:
        file_id = session.execute(select(Evidence.file_id)).scalar()
    return (
        f"/fichiers/{file_id}/petite",
        lambda: withdraw_progress(actor, progress.id, "C’était une autre rue."),
    )


def paper_with_file() -> tuple[int, Body, str]:
    body = make_body(make_contract("val"), slug="conseil")
    number = put(make_account(), body, opinion(files=[a_pdf()]))
    with transaction() as session:
        file_id = session.execute(select(PublicationFile.file_id)).scalar()
    return number, body, f"/fichiers/instances/{file_id}/document"


def withdrawn_paper() -> tuple[str, Callable[[], object]]:
    number, _body, address = paper_with_file()
    return address, lambda: withdraw_publication(make_account(), number, {"fr": "En double."}, version=1)


def hidden_file() -> tuple[str, Callable[[], object]]:
    number, _body, address = paper_with_file()
    with transaction() as session:
        line = session.execute(select(PublicationFile.id)).scalar_one()
    return address, lambda: change_publication(make_account(), number, opinion(), version=1, hide=[line])


def closed_body() -> tuple[str, Callable[[], object]]:
    _number, body, address = paper_with_file()

    def close() -> None:
        with transaction(publishes=SITE) as session:
            session.execute(update(Body).where(Body.id == body.id).values(kind="comite_pilotage"))

    return address, close


def withdrawn_picture() -> tuple[str, Callable[[], object]]:
    consultation = make_consultation(make_contract())
    address = picture_of(consultation)
    return address, lambda: withdraw_consultation(consultation)


def idea_with_photo() -> tuple[str, Callable[[], object]]:
    box = make_a_box()
    got = put_one(box, photo=read_upload(io.BytesIO(picture()), field="photo"))
    case = stored_idea(got.idea_id).case_id
    decide(case, "publie")
    return f"{box.url}/{got.idea_id}/photo/petite", lambda: decide(case, "masque")


@pytest.mark.parametrize(
    "make", [news_with_photo, withdrawn_paper, hidden_file, closed_body, withdrawn_picture, idea_with_photo]
)
def test_a_kept_file_is_asked_for_again_and_gone_once_it_is_taken_back(
    client: FlaskClient, make: Callable[[], tuple[str, Callable[[], object]]]
) -> None:
    address, take_back = make()
    first = client.get(address)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "public, no-cache"
    kept = {"If-None-Match": first.headers["ETag"], "If-Modified-Since": first.headers["Last-Modified"]}
    again = client.get(address, headers=kept)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "public, no-cache"
    assert again.headers["ETag"] == first.headers["ETag"]
    take_back()
    for headers in ({}, kept, {**kept, "Range": "bytes=0-99"}):
        for method in (client.get, client.head):
            gone = method(address, headers=headers)
            assert gone.status_code == 404
            assert "max-age" not in gone.headers.get("Cache-Control", "")


def test_a_file_that_did_not_change_costs_no_reading(app: Flask, client: FlaskClient) -> None:
    address, _take_back = news_with_photo()
    tag = client.get(address).headers["ETag"]
    shutil.rmtree(Path(app.extensions["settings"].data_dir) / "files")
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(address).status_code == 404
    for other in ('"x"', f'{tag[:-1]}0"'):
        assert client.get(address, headers={"If-None-Match": other}).status_code == 404
    assert client.get(address.replace("petite", "enorme"), headers={"If-None-Match": "*"}).status_code == 404


def test_the_photo_of_a_word_is_kept_by_no_cache_and_shown_to_no_stranger(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    place = make_place()
    upload = read_upload(io.BytesIO(picture()), field="photo")
    got = say(place, photo=upload)
    address = f"/fr/bureau/instances/{place.body.id}/parole/{got.voice_id}/photo/petite"
    assert client.get(address).status_code in (302, 303, 401, 403, 404)
    open_browser(client, place.moderator)
    seen = client.get(address)
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "no-store")
    assert "ETag" not in seen.headers


@pytest.mark.parametrize("of_body", [True, False])
def test_the_photo_of_a_moderated_text_is_kept_by_no_cache_and_shown_to_no_stranger(
    client: FlaskClient, of_body: bool
) -> None:
    box = make_a_box()
    got = put_one(box, photo=read_upload(io.BytesIO(picture()), field="photo"))
    case, place = stored_idea(got.idea_id).case_id, box.place
    who = place.moderator
    address = f"/fr/bureau/instances/{place.body.id}/moderation/{case}/photo/petite"
    if not of_body:
        with transaction() as session:
            session.execute(update(ModeratedText).where(ModeratedText.id == case).values(body_id=None))
            session.execute(update(IdeaBox).where(IdeaBox.id == box.id).values(body_id=None))
        who = make_account(role="administrator")
        address = f"/fr/bureau/moderation/contrats/{place.contract.id}/{case}/photo/petite"
    assert client.get(address).status_code in (302, 303, 401, 403, 404)
    open_browser(client, who)
    seen = client.get(address)
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "no-store")
    assert "ETag" not in seen.headers

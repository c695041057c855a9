"""Photos of ideas: each waits for a person who looks at it, none says where it was taken, and no face is asked for."""

import html
import io
from fractions import Fraction

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from cdv_civic.accounts.limits import limiter
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.uploads.stored_files import PHOTO_SIZES
from cdv_civic.moderation.appeals.operations.contesting import NewAppeal, contest_by_receipt
from cdv_civic.moderation.models import ModeratedText, ModerationDecision
from cdv_civic.moderation.operations.deciding import decide, publish_many
from cdv_civic.moderation.rules.appeals import AppealOutcome
from cdv_civic.moderation.rules.decisions import ModerationAct
from cdv_civic.participation.rules.receipts import read_receipt
from tests import factories as make
from tests.ideas.boxes import BoxWithPeople, make_a_box, put_one, stored_idea
from tests.ideas.test_pages import OURS, follow, receipt_in, send
from tests.page_forms import PageForm
from tests.signing_in import open_browser

#: What a telephone writes into a photo beside the picture.
_MAKE, _GPS, _LATITUDE = 0x010F, 0x8825, 2


def taken_by_a_telephone() -> bytes:
    """A photo that says where it was taken, and by which telephone."""
    exif = Image.Exif()
    exif[_MAKE] = "Telephone de Mme Untel"
    exif.get_ifd(_GPS).update({1: "N", _LATITUDE: (Fraction(48), Fraction(44), Fraction(30))})
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#4f8a4b").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box(read_before=False)


def put_with_photo(client: FlaskClient, box: BoxWithPeople) -> ModeratedText:
    """The case of an idea that came with a photo."""
    answer = send(client, box, photo=(io.BytesIO(taken_by_a_telephone()), "parc.jpg"))
    assert answer.status_code == 200
    case = db.session.get_one(ModeratedText, stored_idea(1).case_id)
    db.session.expunge(case)
    db.session.rollback()
    return case


def test_a_photo_waits_where_words_alone_are_public_at_once(client: FlaskClient, box: BoxWithPeople) -> None:
    assert put_with_photo(client, box).state == "en_attente"
    assert not put_one(box, "Un arbre", "Devant la mairie.").waits


def test_the_photo_says_nothing_of_where_it_was_taken(client: FlaskClient, box: BoxWithPeople) -> None:
    assert b"Untel" in taken_by_a_telephone()
    case = put_with_photo(client, box)
    decide(box.moderator, case.id, ModerationAct.PUBLISH, version=case.version)
    for size in PHOTO_SIZES:
        photo = client.get(f"{box.url}/1/photo/{size}")
        assert photo.status_code == 200
        assert b"Untel" not in photo.data
        with Image.open(io.BytesIO(photo.data)) as picture:
            assert not picture.getexif(), size


def test_no_photo_is_published_unseen_from_the_list(
    client: FlaskClient, app: Flask, box: BoxWithPeople
) -> None:
    """The list shows words alone: a face in the photo is seen on the page of the text only."""
    case = put_with_photo(client, box)
    assert publish_many(box.moderator, [case.id]) == ()
    assert client.get(f"{box.url}/1/photo/petite").status_code == 404
    browser = app.test_client()
    open_browser(browser, box.moderator)
    at = f"/fr/bureau/instances/{box.place.body.id}/moderation/{case.id}"
    assert f"{at}/photo/" in browser.get(at).text, "it is shown beside the words"
    looked = browser.get(f"{at}/photo/grande")
    assert (looked.status_code, looked.content_type) == (200, "image/jpeg")
    assert "no-store" in looked.headers["Cache-Control"]


def test_the_form_asks_for_no_face(client: FlaskClient, box: BoxWithPeople) -> None:
    page = html.unescape(client.get(f"{box.url}/proposer").text)
    assert "Pas de visage, surtout d’enfant" in page


def test_a_moderator_hides_the_photo_alone_in_place_and_an_appeal_gives_it_back(
    client: FlaskClient, app: Flask, box: BoxWithPeople
) -> None:
    """Faces of children in a photo: the idea stays, its author reads what is hidden and why, contests, and wins."""
    answer = send(client, box, photo=(io.BytesIO(taken_by_a_telephone()), "parc.jpg"))
    receipt, photo = receipt_in(answer), f"{box.url}/1/photo/petite"
    case_id = stored_idea(1).case_id
    decide(box.moderator, case_id, ModerationAct.PUBLISH, version=1)
    browser, at = app.test_client(), f"/fr/bureau/instances/{box.place.body.id}/moderation/{case_id}"
    open_browser(browser, box.moderator)
    assert f'href="{at}/masquer-la-photo"' in browser.get(at).text
    form = PageForm(browser.get(f"{at}/masquer-la-photo").text, "facts_fr")
    why = {"ground": "loi-enfants", "facts_fr": "On voit des visages d’enfants."}
    sent = browser.post(f"{at}/masquer-la-photo", data=form.filled(why), headers=OURS)
    assert sent.status_code == 303, sent.text
    assert client.get(photo).status_code == 404
    page = html.unescape(client.get(f"{box.url}/1").text)
    assert "Devant l’école" in page
    assert "/photo/" not in page
    assert "Une partie de cette idée est masquée" in page
    assert f"{at}/masquer-la-photo" not in browser.get(at).text
    followed = html.unescape(follow(client, receipt))
    assert all(each in followed for each in ("la photo", "On voit des visages d’enfants.", "Contester"))
    # Another moderator answers: the photo is seen again.
    other = make.make_account(
        role=Role.MODERATOR.value, scope=Scope(ScopeKind.BODY, box.place.body.id), organisation_name="Conseil"
    )
    decision_id = db.session.execute(select(func.max(ModerationDecision.id))).scalar_one()
    db.session.rollback()
    contested = NewAppeal(decision_id, "On ne voit que des dos.", "un-recours-0001", "fr")
    appeal_id = contest_by_receipt(read_receipt(receipt), contested)
    second = app.test_client()
    open_browser(second, other)
    answering = f"/fr/bureau/recours/{appeal_id}"
    form = PageForm(second.get(answering).text, "answer_fr")
    assert ("without_photo", "y") in form.sent
    won = {"outcome": AppealOutcome.REVERSED.value, "answer_fr": "Ce sont des dos."}
    assert second.post(answering, data=form.filled(won), headers=OURS).status_code == 303
    assert client.get(photo).status_code == 200


def test_where_there_is_no_photo_nobody_is_offered_to_hide_it(app: Flask, box: BoxWithPeople) -> None:
    case_id = stored_idea(put_one(box).idea_id).case_id
    browser, at = app.test_client(), f"/fr/bureau/instances/{box.place.body.id}/moderation/{case_id}"
    open_browser(browser, box.moderator)
    assert "masquer-la-photo" not in browser.get(at).text
    assert browser.get(f"{at}/masquer-la-photo").status_code == 404
    assert 'name="without_photo"' not in browser.get(f"{at}/masquer-une-partie").text
    assert 'name="title"' in browser.get(f"{at}/masquer-une-partie").text

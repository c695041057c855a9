"""The pages of reviews: by the receipt, with one's account, at the desk, and the photos that everybody sees."""

import html
import re
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cdv_civic.accounts.limits import limiter
from cdv_civic.core import clock
from cdv_civic.fund.reviews.operations.deciding import show_photo, take
from cdv_civic.fund.reviews.operations.finding import by_receipt
from cdv_civic.fund.reviews.operations.stopping import stop_by_carrier
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.participation.rules.receipts import written
from tests import factories as make
from tests.conftest import TODAY
from tests.fund.reviews.reviews import PDF, PaidProject, make_paid, photo, photo_bytes, proof, tell_all
from tests.page_forms import PageForm
from tests.signing_in import open_browser

OURS = {"Origin": "http://localhost"}
TELL, STOP = "/fr/fonds/suivi/bilan", "/fr/fonds/suivi/renoncer"


@pytest.fixture
def paid(app: Flask) -> PaidProject:
    limiter.reset()
    return make_paid()


def asked(client: FlaskClient, paid: PaidProject, url: str = TELL) -> TestResponse:
    """What the receipt alone leads to."""
    return client.post(url, data={"receipt": written(paid.code)}, headers=OURS)


def filled(page: TestResponse, paid: PaidProject, **typed: object) -> dict[str, object]:
    """The form of a page, filled."""
    form = PageForm(page.text, "client_key").filled({})
    return {
        **form,
        "happened_on": (clock.today() - timedelta(days=2)).isoformat(),
        "words": "On a dansé.",
        "people": "80",
        f"spent_{paid.lines[0]}": "480,50 €",
        **typed,
    }


def said(page: TestResponse) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.text))


def send(client: FlaskClient, data: Mapping[str, object], url: str = TELL) -> TestResponse:
    return client.post(url, data=data, headers=OURS)


def test_a_carrier_tells_with_the_receipt_in_one_page(client: FlaskClient, paid: PaidProject) -> None:
    page = asked(client, paid)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "Pas de visage d’enfant" in said(page)
    files = {"photo_1": (BytesIO(photo_bytes()), "fete.jpg"), "proof_1": (BytesIO(PDF), "facture.pdf")}
    answer = send(client, filled(page, paid, photo_1_caption="La place", **files))
    assert answer.status_code == 200
    assert "Votre bilan est arrivé" in said(answer)
    assert "119,50 € reviennent au fonds" in said(answer).replace("\u202f", " ").replace("\u00a0", " ")
    assert paid.row.state == "done"
    assert [(each.kind, each.caption) for each in paid.files] == [("photo", "La place"), ("proof", "")]


def test_a_form_sent_twice_tells_once_and_says_the_same(client: FlaskClient, paid: PaidProject) -> None:
    data = filled(asked(client, paid), paid)
    assert send(client, data).status_code == 200
    again = send(client, data)
    assert again.status_code == 200
    assert "Votre bilan est arrivé" in said(again)
    assert paid.review is not None
    assert paid.review.version == 1


def test_what_is_wrong_is_said_and_all_that_was_typed_comes_back(
    client: FlaskClient, paid: PaidProject
) -> None:
    line = f"spent_{paid.lines[0]}"
    wrong = {"people": "beaucoup", line: "quatre cents", "happened_on": "31/02/2026"}
    answer = send(client, filled(asked(client, paid), paid, **wrong))
    assert answer.status_code == 422
    for sentence in ("Écrivez un nombre entier", "Écrivez le montant en chiffres", "Cette date ne va pas"):
        assert sentence in said(answer)
    for typed in ("On a dansé.", "quatre cents", "beaucoup"):
        assert typed in html.unescape(answer.text)
    assert paid.review is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1,250", "se lire de deux façons"),
        ("-5", "zéro ou plus"),
        ("2000000", "trop grand"),
        ("", "Rien ? Écrivez 0."),
    ],
)
def test_each_amount_that_is_none_says_why(
    client: FlaskClient, paid: PaidProject, typed: str, sentence: str
) -> None:
    answer = send(client, filled(asked(client, paid), paid, **{f"spent_{paid.lines[0]}": typed}))
    assert answer.status_code == 422
    assert sentence in said(answer).replace("\u00a0", " ")


def test_a_document_is_no_photo_and_its_name_comes_back(client: FlaskClient, paid: PaidProject) -> None:
    answer = send(client, filled(asked(client, paid), paid, photo_1=(BytesIO(PDF), "facture.pdf")))
    assert answer.status_code == 422
    assert "Envoyez une photo" in said(answer)
    assert "facture.pdf" in said(answer)


def test_more_than_planned_is_allowed_and_its_meaning_is_said(client: FlaskClient, paid: PaidProject) -> None:
    answer = send(client, filled(asked(client, paid), paid, **{f"spent_{paid.lines[0]}": "650"}))
    assert "c’est à votre charge" in said(answer)


def test_a_review_is_corrected_where_two_people_write_the_second_sees_both(
    client: FlaskClient, paid: PaidProject
) -> None:
    first, second = (filled(asked(client, paid), paid) for _ in range(2))
    send(client, first)
    answer = send(client, second | {"people": "12"})
    assert answer.status_code == 409
    assert "Deux textes" in said(answer)
    again = PageForm(answer.text, "client_key").filled({})
    assert send(client, again).status_code == 200
    assert paid.review is not None
    assert paid.review.people == 12


def test_a_correction_changes_captions_and_takes_files_away(client: FlaskClient, paid: PaidProject) -> None:
    tell_all(paid, files=[photo(), proof()])
    picture, document = paid.files
    page = asked(client, paid)
    assert "Corriger votre bilan" in said(page)
    send(client, filled(page, paid, removed=str(document.id), **{f"caption_{picture.id}": "Le bal"}))
    assert [(each.kind, each.caption) for each in paid.files] == [("photo", "Le bal")]


def test_a_complete_review_is_shown_and_no_more_changed(client: FlaskClient, paid: PaidProject) -> None:
    late = filled(asked(client, paid), paid)
    tell_all(paid, 480_00)
    take(paid.staff, paid.id, 120_00, {}, version=1)
    page = asked(client, paid)
    assert "Votre bilan est complet" in said(page)
    answer = send(client, late | {"words": "Des mots tardifs"})
    assert answer.status_code == 409
    assert "Des mots tardifs" in said(answer)


def test_a_receipt_that_is_none_leads_back_to_where_one_is_typed(
    client: FlaskClient, paid: PaidProject
) -> None:
    for url in (TELL, STOP):
        answer = client.post(url, data={"receipt": "ACE34-HJK79"}, headers=OURS)
        assert answer.status_code == 422
        assert "reçu" in said(answer)
    assert send(client, {"receipt": written(paid.code)} | {"client_key": "x"}).status_code == 422


def test_nothing_is_told_from_another_site(client: FlaskClient, paid: PaidProject) -> None:
    data = filled(asked(client, paid), paid)
    answer = client.post(TELL, data=data, headers={"Origin": "https://ailleurs.example"})
    assert answer.status_code in (400, 422)
    assert paid.review is None


def test_a_carrier_stops_the_project_after_being_asked(client: FlaskClient, paid: PaidProject) -> None:
    page = asked(client, paid, STOP)
    assert "sont déjà versés" in said(page)
    assert paid.row.state == "paid"
    refused = client.post(STOP, data={"receipt": written(paid.code), "reason": " "}, headers=OURS)
    assert refused.status_code == 422
    for _twice in range(2):
        done = client.post(STOP, data={"receipt": written(paid.code), "reason": "Je déménage."}, headers=OURS)
        assert done.status_code == 200
        assert "Votre projet est arrêté" in said(done)
    assert paid.row.state == "abandoned"


def test_somebody_signed_in_tells_of_their_own_project_alone(client: FlaskClient, app: Flask) -> None:
    author = make.make_account(role=None)
    own, other = make_paid(author_id=author.actor_id), make_paid()
    open_browser(client, author)
    url = f"/fr/moi/projets/{own.id}/bilan"
    data = filled(client.get(url), own)
    assert client.post(url, data=data).status_code == 200
    assert own.row.state == "done"
    assert client.get(f"/fr/moi/projets/{other.id}/bilan").status_code == 404
    assert client.get(f"/fr/moi/projets/{other.id}/arreter").status_code == 404
    assert "ne peut plus être arrêté" in said(client.get(f"/fr/moi/projets/{own.id}/arreter"))


def test_the_desk_lists_what_waits_and_takes_a_review(client: FlaskClient, paid: PaidProject) -> None:
    tell_all(paid, 480_00, files=[photo(), proof()])
    picture, document = paid.files
    open_browser(client, paid.staff)
    listed = said(client.get("/fr/bureau/bilans"))
    assert "Un goûter au pied des tours" in listed
    assert "À lire (1)" in re.sub(r"\s+", " ", listed)
    url = f"/fr/bureau/bilans/{paid.id}"
    page = client.get(url)
    assert "120" in said(page)
    for path in (f"fichiers/{picture.id}/petite", f"preuves/{document.id}"):
        assert client.get(f"{url}/{path}").status_code == 200
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token is not None
    data = {"csrf_token": token[1], "version": "1"}
    refused = client.post(f"{url}/complet", data=data | {"returned": "10", "reason_fr": "Mes mots"})
    assert refused.status_code == 422
    assert "entre 120" in said(refused).replace("\u202f", " ")
    assert "Mes mots" in said(refused)
    done = client.post(f"{url}/complet", data=data | {"returned": "120"}, follow_redirects=True)
    assert "le projet est terminé" in said(done)
    assert paid.row.state == "closed"


def test_the_desk_asks_stops_and_notes_money(client: FlaskClient, paid: PaidProject) -> None:
    open_browser(client, paid.staff)
    url = f"/fr/bureau/bilans/{paid.id}"
    page = client.get(f"{url}/saisir")
    assert client.post(f"{url}/saisir", data=filled(page, paid)).status_code == 303
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token is not None
    data = {"csrf_token": token[1]}
    day = (clock.today() + timedelta(days=9)).isoformat()
    asked_for = data | {"version": "1", "asked": "La facture du DJ", "due_on": day}
    with clock.frozen_everywhere(TODAY + timedelta(minutes=1)):
        assert client.post(f"{url}/completer", data=asked_for).status_code == 303
    assert "La facture du DJ" in said(asked(client, paid))
    stopping = data | {"version": str(paid.row.version), "reason_fr": "Annulé", "returned": "10"}
    assert client.post(f"{url}/arreter", data=stopping).status_code == 303
    back = data | {"version": str(paid.row.version), "returned": "90,00"}
    assert client.post(f"{url}/argent-revenu", data=back).status_code == 303
    assert paid.row.returned_cents == 90_00
    assert "Un goûter" in said(client.get("/fr/bureau/bilans?etape=arrete"))


def test_before_the_payment_the_desk_is_not_asked_what_came_back(client: FlaskClient, app: Flask) -> None:
    project = make_paid(ProjectState.SELECTED)
    open_browser(client, project.staff)
    page = client.get(f"/fr/bureau/bilans/{project.id}/arreter").text
    assert 'name="returned"' not in page


def test_the_desk_of_another_contract_sees_nothing(client: FlaskClient, paid: PaidProject) -> None:
    tell_all(paid, files=[photo()])
    open_browser(client, make_paid().staff)
    assert "Un goûter" not in said(client.get("/fr/bureau/bilans"))
    assert client.get(f"/fr/bureau/bilans/{paid.id}").status_code == 403
    assert client.get(f"/fr/bureau/bilans/{paid.id}/preuves/{paid.files[0].id}").status_code == 403


def test_everybody_sees_a_photo_once_the_review_was_taken_and_until_it_is_hidden(
    client: FlaskClient, paid: PaidProject
) -> None:
    tell_all(paid, files=[photo(), proof()])
    picture, document = paid.files
    number = paid.row.number
    project = f"/fr/fonds/{paid.fund.slug}/{paid.fund_round.slug}/{number}/bilan"
    assert client.get(f"{project}/{picture.file_id}/petite").status_code == 404
    take(paid.staff, paid.id, 0, {}, version=1)
    assert client.get(f"{project}/{picture.file_id}/petite").status_code == 200
    assert client.get(f"{project}/{document.file_id}/document").status_code == 404
    show_photo(paid.staff, paid.id, picture.id, shown=False)
    assert client.get(f"{project}/{picture.file_id}/petite").status_code == 404


def test_a_stopped_project_awaits_no_review(client: FlaskClient, paid: PaidProject) -> None:
    stop_by_carrier(by_receipt(paid.code), "Je déménage.")
    assert "n’attend pas de bilan" in said(asked(client, paid))

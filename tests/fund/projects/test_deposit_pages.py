"""The form of a project without an account: typed as people type, refused in kind sentences, received once."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.accounts.limits import limiter
from cdv_civic.core import clock
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectCost, ProjectFile
from cdv_civic.fund.rules.fund_rules import PersonRules
from tests.conftest import TODAY
from tests.fund.funds import RULES, make_envelope, make_fund, make_round
from tests.fund.projects.deposits import FIELDS, FOLLOW, OURS, address, stored_project


@pytest.fixture
def fund(app: Flask) -> Fund:
    limiter.reset()
    fund = make_fund()
    make_envelope(fund)
    return fund


@pytest.fixture
def fund_round(fund: Fund) -> FundRound:
    return make_round(fund)


def key_in(page: str) -> str:
    found = re.search(r'name="client_key"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def receipt_in(answer: TestResponse) -> str:
    found = re.search(r'<strong dir="ltr">([0-9A-Z-]{11})</strong>', answer.text)
    assert found is not None, answer.text
    return found[1]


def send(client: FlaskClient, url: str, **fields: object) -> TestResponse:
    data = {"client_key": key_in(client.get(url).text), **FIELDS, **fields}
    return client.post(url, data=data, headers=OURS)


def how_many(session: Session, table: type = FundProject) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_project_is_put_without_an_account_and_followed_by_its_receipt(
    client: FlaskClient, fund: Fund, fund_round: FundRound, session: Session
) -> None:
    answer = send(client, address(fund, fund_round))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "Projet numéro 1" in answer.text
    project = stored_project(session.execute(select(FundProject.id)).scalar_one())
    assert (project.asked_cents, project.own_cents, project.cost_cents) == (1400_00, 100_50, 1500_50)
    assert (project.contact_kind, project.contact) == ("email", "quelqu-un@example.org")
    assert project.envelope_id is not None, "the only one is obvious"
    followed = client.post(FOLLOW, data={"receipt": receipt_in(answer)}, headers=OURS).text
    assert "Déposé" in followed
    assert "Corriger mon projet" in followed
    for unsaid in ("quelqu-un@example.org", "Personne d’exemple", "de la musique"):
        assert unsaid not in followed, "a receipt may be lost"


def test_the_same_form_sent_twice_is_one_project_and_one_receipt(
    client: FlaskClient, fund: Fund, fund_round: FundRound, session: Session
) -> None:
    url = address(fund, fund_round)
    data = {"client_key": key_in(client.get(url).text), **FIELDS}
    first, second = (client.post(url, data=data, headers=OURS) for _each in range(2))
    assert receipt_in(first) == receipt_in(second)
    assert how_many(session) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"asked": "quinze cents"}, "Écrivez le montant en chiffres"),
        ({"asked": "1,400"}, "de deux façons"),
        ({"amount_1": "-3"}, "au-dessus de zéro"),
        ({"amount_1": "0"}, "Écrivez combien coûte cette dépense"),
        ({"asked": "1 300"}, "Il manque 100 €"),
        ({"own": "200,50"}, "C’est 100 € de trop"),
        ({"asked": "1 500,50", "own": ""}, "au plus 1 500 €"),
        ({"label_2": ""}, "Dites ce que vous payez avec ce montant"),
        ({"amount_2": ""}, "Écrivez combien coûte cette dépense"),
        ({"carrier_kind": "association"}, "Écrivez le nom de l’association"),
        ({"carrier_kind": "association", "carrier_name": "A", "siret": "12345678901234"}, "SIRET"),
        ({"carrier_kind": "association", "carrier_name": "A", "rna": "751"}, "W et 9 chiffres"),
        ({"contact": ""}, "Laissez un e-mail ou un téléphone"),
        ({"contact": "nulle part"}, "adresse e-mail"),
        ({"title": "mot " * 100}, "Gardez 120 caractères"),
        ({"funder_1": "La ville"}, "Écrivez combien vous lui demandez"),
    ],
)
def test_what_is_wrong_is_said_in_a_kind_sentence_and_nothing_is_lost(
    client: FlaskClient,
    fund: Fund,
    fund_round: FundRound,
    session: Session,
    changes: dict[str, str],
    sentence: str,
) -> None:
    answer = send(client, address(fund, fund_round), **changes)
    assert answer.status_code == 422
    assert sentence in answer.text.replace("\u202f", " ").replace("\u00a0", " ")
    for typed in ("de la musique", "Personne d’exemple", "1.200,50"):
        if "amount_2" not in changes or typed != "1.200,50":
            assert typed in answer.text
    assert how_many(session) == 0


def test_a_project_that_is_refused_once_is_taken_with_the_next_tap(
    client: FlaskClient, fund: Fund, fund_round: FundRound, session: Session
) -> None:
    assert send(client, address(fund, fund_round), asked="12").status_code == 422
    assert send(client, address(fund, fund_round)).status_code == 200
    assert how_many(session) == 1


def test_after_closing_the_words_are_given_back(
    client: FlaskClient, fund: Fund, fund_round: FundRound, session: Session
) -> None:
    url = address(fund, fund_round)
    key = key_in(client.get(url).text)
    with clock.frozen_everywhere(TODAY + timedelta(days=31)):
        answer = client.post(url, data={"client_key": key, **FIELDS}, headers=OURS)
        assert answer.status_code == 409
        assert "ne reçoit rien en ce moment" in answer.text
        assert "de la musique" in answer.text
        assert "1.200,50" in answer.text
        assert "proposer" not in client.get(url).text.partition("<main")[2]
    assert how_many(session) == 0


def test_the_last_second_counts_and_the_next_does_not(
    client: FlaskClient, fund: Fund, session: Session
) -> None:
    fund_round = make_round(fund, closes_at=TODAY + timedelta(seconds=1))
    assert send(client, address(fund, fund_round)).status_code == 200
    url = address(fund, fund_round)
    key = key_in(client.get(url).text)
    with clock.frozen_everywhere(TODAY + timedelta(seconds=1)):
        late = client.post(url, data={"client_key": key, **FIELDS, "title": "Autre"}, headers=OURS)
    assert late.status_code == 409
    assert how_many(session) == 1


def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#4f8a4b").save(out, "JPEG")
    return out.getvalue()


def test_a_photo_and_quotes_come_with_the_project(
    client: FlaskClient, fund: Fund, fund_round: FundRound, session: Session
) -> None:
    pdf = b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF"
    answer = send(
        client,
        address(fund, fund_round),
        photo=(io.BytesIO(_jpeg()), "place.jpg"),
        quote_1=(io.BytesIO(pdf), "devis du traiteur.pdf"),
        quote_3=(io.BytesIO(_jpeg()), "devis.jpg"),
    )
    assert answer.status_code == 200
    session.rollback()
    captions = session.execute(select(ProjectFile.caption).order_by(ProjectFile.position)).scalars().all()
    assert captions == ["devis du traiteur.pdf", "devis.jpg"]
    assert how_many(session, StoredFile) == 3


@pytest.mark.parametrize(
    ("field", "name", "content", "sentence"),
    [
        ("quote_1", "devis.pdf", b"PK\x03\x04" + b"\0" * 99, "ni une photo ni un PDF"),
        ("photo", "photo.jpg", b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF", "Envoyez une photo"),
        ("quote_1", "devis.pdf", b"%PDF-" + b"\0" * (11 * 1024 * 1024), "trop lourd (11"),
    ],
)
def test_a_file_that_cannot_be_kept_is_refused_and_the_words_stay(
    client: FlaskClient,
    fund: Fund,
    fund_round: FundRound,
    session: Session,
    field: str,
    name: str,
    content: bytes,
    sentence: str,
) -> None:
    answer = send(client, address(fund, fund_round), **{field: (io.BytesIO(content), name)})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "de la musique" in answer.text
    assert (how_many(session), how_many(session, StoredFile)) == (0, 0)


def test_sixty_megabytes_are_refused_before_they_are_read(
    client: FlaskClient, fund: Fund, fund_round: FundRound
) -> None:
    answer = send(
        client, address(fund, fund_round), quote_1=(io.BytesIO(b"%PDF-" + b"\0" * (60 << 20)), "devis.pdf")
    )
    assert answer.status_code == 413
    assert "moins de 10 Mo" in answer.text


def test_money_for_one_person_asks_no_name_that_is_shown(
    client: FlaskClient, fund: Fund, session: Session
) -> None:
    rules = replace(RULES, carriers=frozenset(), person=PersonRules(16, 25, "Vingt heures d’aide"))
    fund_round = make_round(fund, rules=rules)
    url = address(fund, fund_round)
    page = client.get(url).text
    assert "Vingt heures d’aide" in page
    for unasked in ('name="signed"', 'name="carrier_kind"', 'name="photo"', 'name="co_carrier_1"'):
        assert unasked not in page
    young = send(client, url, age="15", agrees="y")
    assert "de 16 à 25 ans" in young.text
    assert "Cochez cette case si vous êtes d’accord" in send(client, url, age="17").text
    assert send(client, url, age="17", agrees="y", signed="Awa").status_code == 200
    project = stored_project(session.execute(select(FundProject.id)).scalar_one())
    assert (project.signed, project.carrier_kind, project.minor, project.age) == (None, None, True, 17)
    assert project.counterpart == "Vingt heures d’aide"


def test_visitors_who_send_too_much_are_told_to_come_back_later(
    client: FlaskClient, fund: Fund, fund_round: FundRound
) -> None:
    url = address(fund, fund_round)
    answers = [send(client, url, title=f"Projet {number}") for number in range(60)]
    assert answers[-1].status_code == 429
    assert "Projet 59" in answers[-1].text


def test_twenty_lines_are_taken_and_lines_between_may_stay_empty(
    client: FlaskClient, fund: Fund, fund_round: FundRound, session: Session
) -> None:
    lines = {f"label_{n}": f"Chose {n}" for n in (1, 2, 9, 20)} | {f"amount_{n}": "10" for n in (1, 2, 9, 20)}
    assert send(client, address(fund, fund_round), **lines, asked="40", own="").status_code == 200
    session.rollback()
    rows = session.execute(
        select(ProjectCost.position, ProjectCost.label).order_by(ProjectCost.position)
    ).all()
    assert [tuple(row) for row in rows] == [(1, "Chose 1"), (2, "Chose 2"), (3, "Chose 9"), (4, "Chose 20")]


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_the_form_is_shown_in_each_language(
    client: FlaskClient, fund: Fund, fund_round: FundRound, language: str
) -> None:
    assert client.get(address(fund, fund_round, language)).status_code == 200

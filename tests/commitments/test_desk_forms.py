"""What staff do at the desk, through its forms: what they type is kept or published, never lost."""

import html
import io
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.models import Commitment, Evidence, IndicatorValue, Progress
from cdv_civic.commitments.operations.editing import Edit, edit_commitment
from cdv_civic.core.db import db
from cdv_civic.core.localized import words_of
from tests.core.uploads.files import PDF, picture
from tests.factories import (
    make_account,
    make_commitment,
    make_commitments,
    make_contract,
    make_indicator,
    make_organisation,
    make_progress,
    make_quartier,
    make_value,
)
from tests.signing_in import send, sign_in, token_of


@pytest.fixture
def staff(app: Flask) -> SignedIn:
    return make_account(organisation_name="Ville d’Orly")


@pytest.fixture
def desk(client: FlaskClient, staff: SignedIn) -> FlaskClient:
    sign_in(client, staff)
    return client


def now(session: Session, commitment: Commitment) -> Commitment:
    session.rollback()
    statement = select(Commitment).where(Commitment.id == commitment.id)
    return session.execute(statement.execution_options(populate_existing=True)).scalar_one()


def said(page: TestResponse) -> str:
    return html.unescape(page.text)


def photo(name: str = "IMG_1.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture(800, 600)), name


def news(**changes: Any) -> dict[str, Any]:
    return {
        "state": "en_cours",
        "happened_on": "2026-11-18",
        "sentence": "Le chantier a commencé mercredi.",
        "client_key": "0" * 32,
        **changes,
    }


def test_a_piece_of_news_with_a_photo_reaches_residents(desk: FlaskClient, session: Session) -> None:
    contract = make_contract("orly")
    commitment = make_commitment(contract, "Ouvrir une médiathèque", code="M-1")
    address = f"/fr/bureau/engagements/{commitment.id}"
    answer = send(
        desk,
        f"{address}/avancement",
        **news(
            file_1=photo(),
            caption_1="Une grue devant le chantier",
            file_2=(io.BytesIO(PDF), "plan.pdf"),
            caption_2="Le plan du chantier",
            link="https://exemple.fr/chantier",
            link_title="La page de la ville",
            sentence_en="Work began on Wednesday.",
            sentence_ar="بدأت الأشغال يوم الأربعاء.",
            detail="Il dure **18 mois**.",
        ),
    )
    assert (answer.status_code, answer.location) == (303, address)
    assert "C’est publié." in said(desk.get(address))
    assert now(session, commitment).state == "en_cours"
    public = said(desk.get("/fr/contrats/orly/engagements/M-1"))
    for words in (
        "Le chantier a commencé mercredi.",
        "Ville d’Orly",
        "<strong>18 mois</strong>",
        'alt="Une grue devant le chantier"',
        "Le plan du chantier",
        "https://exemple.fr/chantier",
    ):
        assert words in public
    assert "بدأت الأشغال يوم الأربعاء." in desk.get("/ar/contrats/orly/engagements/M-1").text
    file_id = session.execute(select(Evidence.file_id).where(Evidence.kind == "photo")).scalar()
    served = desk.get(f"/fichiers/{file_id}/petite")
    assert (served.status_code, served.mimetype) == (200, "image/jpeg")


def test_the_form_sent_twice_publishes_once(desk: FlaskClient, session: Session) -> None:
    commitment = make_commitment(make_contract())
    for _ in range(2):
        assert send(desk, f"/fr/bureau/engagements/{commitment.id}/avancement", **news()).status_code == 303
    session.rollback()
    assert session.execute(select(func.count(Progress.id))).scalar() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"state": None}, "state", "Choisissez où en est l’engagement."),
        ({"state": "a_verifier"}, "state", "Choisissez où en est l’engagement."),
        ({"state": "abandonne"}, "detail", "Dites pourquoi"),
        ({"happened_on": ""}, "happened_on", "Écrivez la date"),
        ({"happened_on": "hier"}, "happened_on", "Cette date ne va pas."),
        ({"happened_on": "2027-01-01"}, "happened_on", "Cette date n’est pas encore passée."),
        ({"sentence": ""}, "sentence", "Écrivez une phrase"),
        ({"sentence": "<script>alert(1)</script>"}, "sentence", "un caractère caché ou du code"),
        ({"sentence_en": "short"}, "sentence_en", "au moins 10 lettres"),
        ({"link": "javascript:alert(1)"}, "link", "Cette adresse ne va pas."),
        ({"file_1": (io.BytesIO(b"MZ" + b"x" * 100), "photo.jpg"), "caption_1": "Une grue"}, "file_1", "ni une photo"),
    ],
)  # fmt: skip
def test_bad_input_is_told_at_the_top_and_beside_its_field_and_nothing_is_lost(
    desk: FlaskClient, session: Session, wrong: dict[str, Any], field: str, sentence: str
) -> None:
    commitment = make_commitment(make_contract())
    typed = news(
        detail="Mon long texte" if field != "detail" else "", caption_3="Mes mots", link_title="Ma page"
    )
    typed.setdefault("link", "https://exemple.fr")
    page = send(desk, f"/fr/bureau/engagements/{commitment.id}/avancement", **{**typed, **wrong})
    assert page.status_code == 422
    text = said(page)
    assert "Il y a 1 chose à corriger" in text
    assert f'<a href="#{field}">' in text
    assert f'id="{field}-error"' in text
    assert sentence in text
    for kept in (typed["detail"], "Mes mots", "Ma page", "0" * 32):
        assert kept in text
    if field != "sentence":
        assert "Le chantier a commencé mercredi." in text
    session.rollback()
    assert session.execute(select(func.count(Progress.id))).scalar() == 0


def test_a_form_that_comes_back_says_beside_each_file_that_it_must_be_chosen_again(desk: FlaskClient) -> None:
    commitment = make_commitment(make_contract())
    typed = news(sentence="", file_1=(io.BytesIO(b"x"), "a.jpg"), file_3=(io.BytesIO(b"x"), "b.pdf"))
    page = send(desk, f"/fr/bureau/engagements/{commitment.id}/avancement", **typed)
    assert page.status_code == 422
    assert page.text.count("Choisissez de nouveau ce fichier, ou un autre.") == 2
    assert "a.jpg" in page.text
    assert "b.pdf" in page.text
    for name in ("file_1", "file_3"):
        (field,) = re.findall(rf'<input [^>]*id="{name}"[^>]*>', page.text)
        assert f'{name}-again"' in field, "the field is described by it"
        assert f'<p class="field-error" id="{name}-again">' in page.text
    (hidden,) = re.findall(r'<input [^>]*id="file_2"[^>]*>', page.text)
    assert "again" not in hidden


def test_far_too_much_at_once_is_refused_with_a_way_on(desk: FlaskClient) -> None:
    commitment = make_commitment(make_contract())
    most = 61 * 2**20  # six files of 10 MB, and a little
    page = desk.post(
        f"/fr/bureau/engagements/{commitment.id}/avancement",
        data={"file_1": (io.BytesIO(b"x" * most), "a.jpg")},
    )
    assert page.status_code == 413
    assert "choisissez 12 fichiers au plus, de moins de 10 Mo chacun." in said(page)


def test_only_states_that_may_follow_are_offered(desk: FlaskClient) -> None:
    commitment = make_commitment(make_contract(), state="realise")

    def offered(question: str = "") -> list[str]:
        page = desk.get(f"/fr/bureau/engagements/{commitment.id}/avancement{question}").text
        return re.findall(r'type="radio" value="(\w+)"', page)

    assert offered() == ["realise", "perenne", "en_cours"] or set(offered()) == {
        "realise",
        "perenne",
        "en_cours",
    }
    assert len(offered("?passe=1")) == 8


def test_where_it_is_can_be_told_only_of_several_quartiers(desk: FlaskClient, session: Session) -> None:
    contract = make_contract()
    here, there = make_quartier(contract, "Navigateurs"), make_quartier(contract, "Aviateurs")
    several = make_commitment(contract, quartiers=[here, there])
    one = make_commitment(contract, quartiers=[here])
    assert 'name="quartier"' not in desk.get(f"/fr/bureau/engagements/{one.id}/avancement").text
    assert send(
        desk, f"/fr/bureau/engagements/{several.id}/avancement", **news(quartier=str(here.id))
    ).status_code == 303  # fmt: skip
    session.rollback()
    assert session.execute(select(Progress.quartier_id)).scalar() == here.id


def test_a_form_left_open_too_long_comes_back_whole(desk: FlaskClient) -> None:
    commitment = make_commitment(make_contract())
    page = desk.post(f"/fr/bureau/engagements/{commitment.id}/avancement", data=news())
    assert page.status_code == 422
    assert "Cette page est restée ouverte trop longtemps." in said(page)
    assert "Le chantier a commencé mercredi." in said(page)


def test_words_sent_after_the_session_ended_wait_until_one_is_back(
    app: Flask, desk: FlaskClient, staff: SignedIn, session: Session
) -> None:
    commitment = make_commitment(make_contract())
    address = f"/fr/bureau/engagements/{commitment.id}/avancement"
    token = token_of(desk.get(address))
    here = {"Sec-Fetch-Site": "same-origin", "Referer": f"http://localhost{address}"}
    desk.delete_cookie("session")
    page = desk.post(address, data={**news(), "csrf_token": token}, headers=here)
    assert page.status_code == 403
    assert page.headers["Cache-Control"] == "no-store"
    assert "Le chantier a commencé mercredi." in said(page)
    assert f'href="/fr/connexion?retour={address}" target="_blank"' in said(page)
    sign_in(desk, staff)
    kept = {"csrf_token": token_of(page)}
    shown = desk.post(address, data={**news(), **kept}, headers=here)
    assert shown.status_code == 422
    assert "Le chantier a commencé mercredi." in said(shown)
    assert desk.post(address, data={**news(), "csrf_token": token_of(shown)}).status_code == 303
    session.rollback()
    assert session.execute(select(func.count(Progress.id))).scalar() == 1


def test_a_button_pressed_after_the_session_ended_leads_to_signing_in_and_back(client: FlaskClient) -> None:
    here = {
        "Sec-Fetch-Site": "same-origin",
        "Referer": "http://localhost/fr/bureau/engagements?tas=a-verifier",
    }
    commitment = make_commitment(make_contract())
    address = f"/fr/bureau/engagements/{commitment.id}/avancement"
    answer = client.post(address, data={"csrf_token": "old"}, headers=here)
    assert answer.status_code == 302
    assert answer.location == "/fr/connexion?retour=/fr/bureau/engagements?tas%3Da-verifier"


def test_a_mistake_is_struck_out_with_its_reason(desk: FlaskClient, session: Session) -> None:
    contract = make_contract("orly")
    commitment = make_commitment(contract, code="M-1")
    progress = make_progress(commitment, sentence="La piscine a ouvert hier.")
    address = f"/fr/bureau/engagements/{commitment.id}/avancement/{progress.id}/retirer"
    assert "Dites pourquoi" in said(send(desk, address, reason=""))
    assert send(desk, address, reason="C’était une autre piscine.").status_code == 303
    assert now(session, commitment).state == "annonce"
    public = said(desk.get("/fr/contrats/orly/engagements/M-1"))
    assert "C’était une autre piscine." in public
    assert "<s>La piscine a ouvert hier.</s>" in public
    assert desk.get(address).status_code == 303
    other = make_progress(make_commitment(contract))
    assert (
        desk.get(f"/fr/bureau/engagements/{commitment.id}/avancement/{other.id}/retirer").status_code == 404
    )


def edit_of(desk: FlaskClient, commitment: Commitment, **changes: Any) -> TestResponse:
    typed = {
        "title": "Deux écoles",
        "nature": "engagement",
        "reason": "Le titre disait le contraire.",
        "version": "1",
    }
    return send(desk, f"/fr/bureau/engagements/{commitment.id}/modifier", **{**typed, **changes})


def test_the_text_is_changed_with_a_reason(desk: FlaskClient, session: Session) -> None:
    commitment = make_commitment(
        make_contract(), "Une école", partners_text=["les parents"], budget_cents=12345
    )
    page = desk.get(f"/fr/bureau/engagements/{commitment.id}/modifier").text
    assert 'value="123,45"' in page
    answer = edit_of(
        desk, commitment, budget="12 500", partners_text="les parents\n\nles enfants", theme="sante"
    )
    assert answer.status_code == 303
    changed = now(session, commitment)
    assert (changed.version, changed.budget_cents, changed.partners_text, changed.theme) == (
        2,
        1250000,
        ["les parents", "les enfants"],
        "sante",
    )
    assert "Le titre disait le contraire." in said(desk.get(f"/fr/bureau/engagements/{commitment.id}"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"nature": "promesse"}, "nature"),
        ({"nature": None}, "nature"),
        ({"budget": "beaucoup"}, "budget"),
        ({"deadline_date": "31/02/2027"}, "deadline_date"),
        ({"reason": ""}, "reason"),
        ({"reason": "court"}, "reason"),
        ({"condition": "<b>gras</b>"}, "condition"),
    ],
)
def test_a_bad_edit_keeps_what_was_typed(
    desk: FlaskClient, session: Session, wrong: dict[str, Any], field: str
) -> None:
    commitment = make_commitment(make_contract(), "Une école")
    page = edit_of(desk, commitment, **{"recurrence": "chaque mardi", **wrong})
    assert page.status_code == 422
    assert f'<a href="#{field}">' in page.text
    assert "chaque mardi" in page.text
    assert now(session, commitment).version == 1


def test_two_editors_see_both_texts_and_lose_none(
    desk: FlaskClient, staff: SignedIn, session: Session
) -> None:
    commitment = make_commitment(make_contract(), "Une école")
    edit_commitment(
        staff, commitment.id, Edit("Trois écoles", "engagement"), version=1, reason="Une école de plus."
    )
    session.rollback()
    page = edit_of(desk, commitment)
    assert page.status_code == 409
    text = said(page)
    assert "Quelqu’un a modifié cet engagement" in text
    assert '<small>Enregistré maintenant</small> <span dir="auto" lang="fr">Trois écoles</span>' in text
    assert 'name="version" type="hidden" value="2"' in text
    assert edit_of(desk, commitment, version="2").status_code == 303
    assert words_of([commitment.title_id], "fr")[commitment.title_id].text == "Deux écoles"


def test_holders_and_quartiers_are_chosen_from_the_contract(desk: FlaskClient, session: Session) -> None:
    contract = make_contract()
    town, landlord = make_organisation(contract, "La ville"), make_organisation(contract, "Le bailleur")
    quartier = make_quartier(contract)
    commitment = make_commitment(contract, holders=[town])
    answer = send(
        desk,
        f"/fr/bureau/engagements/{commitment.id}/liens",
        holders=[str(town.id), str(landlord.id)],
        quartiers=[str(quartier.id)],
        reason="Le bailleur s’engage aussi.",
        version="1",
    )
    assert answer.status_code == 303
    page = said(desk.get(f"/fr/bureau/engagements/{commitment.id}"))
    assert "La ville, Le bailleur" in page
    assert quartier.name in page
    stale = send(
        desk, f"/fr/bureau/engagements/{commitment.id}/liens", reason="Une raison assez longue.", version="1"
    )
    assert stale.status_code == 409
    assert '<span dir="auto">La ville, Le bailleur</span>' in said(stale)
    assert 'name="version" type="hidden" value="2"' in said(stale)


def test_a_translation_is_written_beside_its_original(desk: FlaskClient) -> None:
    commitment = make_commitment(make_contract(), "Une école")
    progress = make_progress(commitment, sentence="Les travaux commencent.")
    address = f"/fr/bureau/engagements/{commitment.id}/traductions?langue=ar"
    page = said(desk.get(address))
    assert "Une école" in page
    assert "Les travaux commencent." in page
    assert re.search(r'checked[^>]*value="draft"', page), "a translation starts as a draft"
    fields = {f"text_{commitment.title_id}": "مدرسة", f"text_{progress.sentence_id}": "تبدأ الأشغال."}
    assert send(desk, address, state="reviewed", **fields).status_code == 303
    assert words_of([commitment.title_id], "ar")[commitment.title_id].text == "مدرسة"
    bad = send(desk, address, state="reviewed", **{**fields, f"text_{commitment.title_id}": "<b>x</b>"})
    assert bad.status_code == 422
    assert f'<a href="#text_{commitment.title_id}">' in bad.text


def test_a_measure_is_entered_and_withdrawn(desk: FlaskClient, session: Session) -> None:
    contract = make_contract()
    indicator = make_indicator(contract, "Places de crèche")
    make_value(indicator, date(2025, 12, 31), 10.0)
    commitment = make_commitment(contract, indicators=[indicator])
    address = f"/fr/bureau/engagements/{commitment.id}/indicateurs"
    bad = send(
        desk,
        address,
        indicator=str(indicator.id),
        value="beaucoup",
        measured_on="2026-06-30",
        source="Le bilan",
    )
    assert bad.status_code == 422
    assert 'value="beaucoup"' in bad.text
    assert 'value="Le bilan"' in bad.text
    good = send(
        desk, address, indicator=str(indicator.id), value="12", measured_on="30/06/2026", source="Le bilan"
    )
    assert good.status_code == 303
    session.rollback()
    value_id = session.execute(select(func.max(IndicatorValue.id))).scalar()
    assert send(desk, f"{address}/{value_id}/retirer", page=address).status_code == 303
    assert "<s>12</s>" in desk.get(address).text


def bulk(desk: FlaskClient, page: TestResponse, address: str, **more: Any) -> TestResponse:
    """Send the form of a page that leads to `address`, as it stands, with what one chose."""
    forms = re.findall(r'<form method="post" action="([^"]+)".*?</form>', page.text, re.S)
    assert address in forms, forms
    start = page.text.index(f'action="{address}"')
    form = page.text[start : page.text.index("</form>", start)]
    data: dict[str, Any] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        data.setdefault(name, []).append(html.unescape(value))
    return desk.post(address, data={**data, **more})


def test_chosen_rows_are_marked_and_it_can_be_undone(desk: FlaskClient, session: Session) -> None:
    ids = make_commitments(make_contract(), 4, state="a_verifier")
    table = desk.get("/fr/bureau/engagements")
    asked = bulk(
        desk, table, "/fr/bureau/engagements/verifier", etendue="choisis", ids=[str(each) for each in ids[:3]]
    )
    assert "Marquer 3 engagements comme vérifiés ?" in said(asked)
    done = bulk(desk, asked, "/fr/bureau/engagements/verifies")
    assert done.status_code == 303
    after = desk.get(done.location)
    assert "3 engagements sont marqués comme vérifiés." in said(after)
    session.rollback()
    counts = select(Commitment.state, func.count()).group_by(Commitment.state)
    assert dict(session.execute(counts).all()) == {"annonce": 3, "a_verifier": 1}
    undone = bulk(desk, after, "/fr/bureau/engagements/annuler")
    assert "3 engagements sont de nouveau à vérifier" in said(desk.get(undone.location))
    session.rollback()
    assert dict(session.execute(counts).all()) == {"a_verifier": 4}


def test_all_that_a_filter_finds_are_marked_beyond_the_page(desk: FlaskClient, session: Session) -> None:
    contract, other = make_contract(), make_contract()
    make_commitments(contract, 120, state="a_verifier")
    make_commitments(other, 5, state="a_verifier")
    table = desk.get(f"/fr/bureau/engagements?contrat={contract.id}")
    asked = bulk(desk, table, "/fr/bureau/engagements/verifier", etendue="filtre")
    assert "Marquer 120 engagements comme vérifiés ?" in said(asked)
    make_commitments(contract, 1, state="a_verifier")
    changed = bulk(desk, asked, "/fr/bureau/engagements/verifies")
    assert changed.status_code == 409
    assert "La liste a changé entre-temps." in said(changed)
    assert "Marquer 121 engagements comme vérifiés ?" in said(changed)
    assert bulk(desk, changed, "/fr/bureau/engagements/verifies").status_code == 303
    session.rollback()
    left = select(func.count()).where(Commitment.state == "a_verifier")
    assert session.execute(left).scalar() == 5


def test_nothing_chosen_is_said_kindly(desk: FlaskClient) -> None:
    make_commitments(make_contract(), 2, state="a_verifier")
    table = desk.get("/fr/bureau/engagements")
    asked = bulk(desk, table, "/fr/bureau/engagements/verifier", etendue="choisis")
    assert "Choisissez d’abord des lignes dans la liste." in said(asked)
    assert desk.get("/fr/bureau/engagements/verifier").status_code == 302


def test_one_commitment_is_marked_on_its_page_and_that_can_be_undone(
    desk: FlaskClient, session: Session
) -> None:
    commitment = make_commitment(make_contract(), state="a_verifier")
    address = f"/fr/bureau/engagements/{commitment.id}"
    done = bulk(desk, desk.get(address), f"{address}/verifier")
    assert now(session, commitment).state == "annonce"
    after = desk.get(done.location)
    undone = bulk(desk, after, "/fr/bureau/engagements/annuler")
    assert undone.location == address
    assert now(session, commitment).state == "a_verifier"


def test_the_trail_tells_who_did_what(desk: FlaskClient) -> None:
    commitment = make_commitment(make_contract(), "Une école", state="a_verifier")
    address = f"/fr/bureau/engagements/{commitment.id}"
    bulk(desk, desk.get(address), f"{address}/verifier")
    send(desk, f"{address}/avancement", **news())
    edit_of(desk, commitment)
    page = said(desk.get(f"{address}/journal"))
    for words in (
        "Marqué comme vérifié",
        "Nouvelle publiée",
        "Texte ou liens modifiés",
        "Ville d’Orly",
        "Deux écoles",
    ):
        assert words in page
    db.session.rollback()

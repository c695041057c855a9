"""The page of one commitment says what is known, and says it plainly where nothing is."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import insert, update

from cdv_civic.commitments.models import Commitment, CommitmentVersion, Evidence, commitment_quartier
from cdv_civic.commitments.queries.page.whole import commitment_page
from cdv_civic.core import clock
from cdv_civic.core.db import SITE, db, transaction
from cdv_civic.core.localized import write_original
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.core.uploads.receiving import read_upload, stored
from cdv_civic.territory.models import Contract
from tests.factories import (
    make_axis,
    make_commitment,
    make_commitments,
    make_commune,
    make_contract,
    make_evidence,
    make_indicator,
    make_organisation,
    make_progress,
    make_quartier,
    make_value,
)


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make_contract("un", short_title="Contrat Un", source_document="Contrat signé")


def show(client: FlaskClient, commitment: Commitment, language: str = "fr") -> str:
    answer = client.get(f"/{language}/contrats/un/engagements/{commitment.code}")
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_commitment_with_only_a_title_has_a_whole_page(client: FlaskClient, contract: Contract) -> None:
    page = show(client, make_commitment(contract, "Ouvrir une école", state="a_verifier"))
    assert "Ouvrir une école" in page
    assert "À vérifier" in page
    assert "Le contrat ne dit pas qui est responsable." in page
    assert "Le contrat ne donne pas de date." in page
    assert "Pas encore de nouvelles." in page
    for absent in ("Argent", "À une condition", "Ce que l’on mesure", "Sa place", "None", "Aussi promis"):
        assert absent not in page


@pytest.mark.parametrize(
    "address",
    [
        "/fr/contrats/un/engagements/rien",
        "/fr/contrats/rien/engagements/E-1",
        "/fr/contrats/un/engagements/%00",
        "/xx/contrats/un/engagements/E-1",
    ],
)
def test_what_does_not_exist_is_a_page_that_helps(
    client: FlaskClient, contract: Contract, address: str
) -> None:
    assert client.get(address).status_code == 404


def trail_of(page: str) -> list[tuple[str, str]]:
    """The steps of the breadcrumb: address and words."""
    trail = page.partition('class="breadcrumb"')[2].partition("</nav>")[0]
    return [
        (address.replace("&amp;", "&"), re.sub(r"<[^>]+>", "", said).strip())
        for address, said in re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', trail, re.DOTALL)
    ]


def test_an_action_of_one_quartier_leads_back_there_and_of_several_to_the_contract(
    client: FlaskClient, contract: Contract
) -> None:
    east, west = (make_quartier(contract, name, slug=name.lower()) for name in ("Est", "Ouest"))
    one = show(client, make_commitment(contract, quartiers=[east]))
    assert trail_of(one) == [
        ("/fr/contrats/un", "Contrat Un"),
        ("/fr/quartiers/est", "Est"),
        ("/fr/engagements?quartier=est", "Les actions du quartier"),
    ]
    assert 'class="site-search" href="/fr/engagements?quartier=est"' in one
    several = show(client, make_commitment(contract, quartiers=[east, west]))
    assert trail_of(several)[-1] == ("/fr/engagements?contrat=un", "Les actions du contrat")
    assert 'class="site-search" href="/fr/engagements"' in several


def test_an_action_has_one_page_whatever_list_one_comes_from(
    app: Flask, client: FlaskClient, contract: Contract
) -> None:
    address = f"/fr/contrats/un/engagements/{make_commitment(contract).code}"
    app.extensions["page_store"].clear()
    for question in ("", "?de=quartier", "?retour=https://example.org", "?quartier=est&etat=en_cours"):
        page = client.get(f"{address}{question}").text
        assert "example.org" not in page
    assert len(app.extensions["page_store"].pages) == 1


def test_an_idea_is_visibly_not_a_promise(client: FlaskClient, contract: Contract) -> None:
    page = show(client, make_commitment(contract, nature="piste"))
    assert "ce n’est pas une promesse" in page
    assert "Ce qui est promis" not in page


def test_holders_are_equal_and_partners_stand_apart(client: FlaskClient, contract: Contract) -> None:
    city, state = make_organisation(contract, "Ville d’Orly"), make_organisation(contract, "État")
    helper = make_organisation(contract, "Mission locale")
    commitment = make_commitment(
        contract, holders=[city, state], partners=[helper], partners_text=["associations du quartier"]
    )
    page = show(client, commitment)
    responsible = page.split("Qui est responsable")[1].split("Avec qui")[0]
    assert responsible.index("Ville d’Orly") < responsible.index("État")
    together = page.split("Avec qui")[1].split("Quand")[0]
    assert "Mission locale" in together
    assert "associations du quartier" in together


def test_all_that_the_document_says_is_shown_as_it_is_written(
    client: FlaskClient, contract: Contract
) -> None:
    page = show(
        client,
        make_commitment(
            contract,
            deadline_text="rentrée 2027",
            recurrence="1 fois par an",
            condition="sous réserve de l’accord de l’État",
            budget_text="150 000 € par an",
            budget_certainty="plafond",
            status_text="étude lancée",
            lines=[12, 14],
        ),
    )
    for written in (
        "rentrée 2027",
        "1 fois par an",
        "sous réserve de l’accord de l’",
        "150 000 € par an",
        "somme à ne pas dépasser",
        "étude lancée",
        "lignes 12, 14",
        "Contrat signé",
    ):
        assert written in page


def test_a_deadline_that_passed_is_never_called_late_before_anybody_looked(
    client: FlaskClient, contract: Contract
) -> None:
    passed: dict[str, Any] = {"deadline_text": "fin 2025", "deadline_date": date(2025, 12, 31)}
    silent = make_commitment(contract, state="annonce", **passed)
    assert "La date prévue est passée. Nous ne savons pas où cela en est." in show(client, silent)
    told = make_commitment(contract, state="annonce", **passed)
    make_progress(told, "en_cours")
    assert "date prévue est passée" not in show(client, told)
    today = make_commitment(contract, deadline_text="aujourd’hui", deadline_date=clock.today())
    assert "date prévue est passée" not in show(client, today)


def test_the_state_stands_with_the_last_sentence_that_was_not_withdrawn(
    client: FlaskClient, contract: Contract
) -> None:
    commitment = make_commitment(contract)
    make_progress(commitment, "en_cours", date(2026, 3, 3), "Le chantier a commencé.")
    make_progress(
        commitment,
        "realise",
        date(2026, 4, 1),
        "Tout est fini.",
        detail="Un texte retiré",
        withdrawn_at=clock.now(),
        withdrawn_reason="C’était un autre bâtiment.",
    )
    page = show(client, commitment)
    head = page.split("commitment-state")[1].split("</header>")[0]
    assert "En cours" in head
    assert "Le chantier a commencé." in head
    story = page.split('class="story"')[1]
    assert "<s>Tout est fini.</s>" in story
    assert "C’était un autre bâtiment." in story
    assert "Un texte retiré" not in page
    assert story.index("Tout est fini.") < story.index("Le chantier a commencé.")


def test_staffs_longer_text_is_markdown_without_danger(client: FlaskClient, contract: Contract) -> None:
    commitment = make_commitment(contract)
    make_progress(commitment, detail="Un **mot** fort\n\n<script>alert(1)</script>[ici](javascript:alert(2))")
    page = show(client, commitment)
    assert "<strong>mot</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_where_quartiers_differ_each_has_its_state(client: FlaskClient, contract: Contract) -> None:
    east, west = make_quartier(contract, "Les Saules"), make_quartier(contract, "Les Tilleuls")
    commitment = make_commitment(contract, state="en_cours", quartiers=[east, west])
    assert "Où cela en est dans chaque quartier" not in show(client, commitment)
    with transaction(publishes=SITE) as session:
        session.execute(
            update(commitment_quartier)
            .where(commitment_quartier.c.quartier_id == west.id)
            .values(state="realise")
        )
    rows = show(client, commitment).split("Où cela en est dans chaque quartier")[1].split("</ul>")[0]
    saules, tilleuls = rows.split("<li>")[1:3]
    assert "Les Saules" in saules
    assert "En cours" in saules
    assert "Les Tilleuls" in tilleuls
    assert "Réalisé" in tilleuls


def test_a_place_without_a_quartier_is_its_commune(client: FlaskClient, contract: Contract) -> None:
    orly = make_commune(contract, "Orly", "orly")
    assert "commune=orly" in show(client, make_commitment(contract, communes=[orly]))


def test_the_same_promise_of_several_institutions_is_said_once(
    client: FlaskClient, contract: Contract
) -> None:
    names = ("Ville d’Orly", "Ville de Thiais", "Ville de Choisy")
    holders = [make_organisation(contract, name) for name in names]
    first, *_others = [
        make_commitment(contract, "Articuler les actions éducatives", holders=[holder]) for holder in holders
    ]
    make_commitment(make_contract("deux"), "Articuler les actions éducatives")
    make_commitment(contract, "Articuler les actions éducatives et sportives")
    make_commitment(contract, "Articuler les actions éducatives", retired_at=clock.now())
    page = show(client, first)
    assert "3 organismes font cette promesse" in page
    also = page.split("Aussi promis par")[1].split("</ul>")[0]
    assert also.count("<li>") == 2
    assert "Ville d’Orly" not in also


def test_its_place_in_the_trees_is_a_way_from_the_top(client: FlaskClient, contract: Contract) -> None:
    top = make_axis(contract, "Vivre en bonne santé")
    middle = make_axis(contract, "Se soigner", parent=top)
    other = make_axis(contract, "Fiche d’Orly", tree="communes")
    page = show(client, make_commitment(contract, axes=[middle, other])).split("Sa place dans le contrat")[1]
    assert page.index("Vivre en bonne santé") < page.index("Se soigner") < page.index("Fiche d’Orly")


def test_indicators_of_diagnosis_are_not_shown(client: FlaskClient, contract: Contract) -> None:
    poverty = make_indicator(contract, "Taux de pauvreté", family="contexte", value_kind="rate")
    homes = make_indicator(contract, "Logements rénovés", family="resultat", target="120", unit="logements")
    unknown = make_indicator(contract, "Personnes accueillies")
    make_value(homes, date(2025, 1, 1), 12, source="Bailleur")
    make_value(homes, date(2026, 1, 1), 1055)
    make_value(homes, date(2026, 2, 1), 7, withdrawn_at=clock.now())
    page = show(client, make_commitment(contract, indicators=[poverty, homes, unknown]))
    assert "Taux de pauvreté" not in page
    assert "But : 120" in page.replace('<span lang="fr" dir="ltr">', "").replace("</span>", "")
    assert '<svg class="chart-drawing"' in page
    assert "1 055 logements" in page
    assert "7 logements" not in page
    assert "À déterminer" in page


def test_values_in_words_are_a_table(client: FlaskClient, contract: Contract) -> None:
    indicator = make_indicator(contract, "Satisfaction", value_kind="qualitative")
    make_value(indicator, date(2026, 5, 1), text="Bonne <b>")
    page = show(client, make_commitment(contract, indicators=[indicator]))
    assert "Bonne &lt;b&gt;" in page
    assert "chart-drawing" not in page


def test_versions_say_what_changed_when_and_why(client: FlaskClient, contract: Contract) -> None:
    commitment = make_commitment(contract)
    with transaction(publishes=SITE) as session:
        session.add(
            CommitmentVersion(
                commitment_id=commitment.id,
                number=2,
                changed_at=clock.now(),
                origin="staff",
                reason="La date était mal recopiée.",
                actor_id=None,
                organisation_name="Ville d’essai",
                changes={
                    "deadline_text": [None, "fin 2026"],
                    "nature": ["idee", "engagement"],
                    "secret": [1, 2],
                },
            )
        )
    page = show(client, commitment).split("Ce qui a changé")[1]
    for said in (
        "1 changement",
        "20 novembre 2026",
        "La date était mal recopiée.",
        "fin 2026",
        "Idée",
        "non renseigné",
    ):
        assert said in page
    assert "secret" not in page


def test_a_retired_commitment_keeps_its_page_and_says_so(client: FlaskClient, contract: Contract) -> None:
    page = show(client, make_commitment(contract, "Parti", retired_at=clock.now()))
    assert "Parti" in page
    assert "n’est plus dans le contrat depuis le 20 novembre 2026" in page


def test_the_page_speaks_the_readers_language_and_marks_what_does_not(
    client: FlaskClient, contract: Contract
) -> None:
    commitment = make_commitment(
        contract, "Ouvrir une école", translations={"ar": "فتح مدرسة"}, condition="si possible"
    )
    make_progress(commitment, sentence="Le chantier commence.", translations={"ar": "تبدأ الأشغال."})
    make_progress(
        commitment, happened_on=date(2026, 1, 1), sentence="On prépare le terrain.", detail="Un détail"
    )
    page = show(client, commitment, "ar")
    assert '<html lang="ar" dir="rtl">' in page
    assert "<title>فتح مدرسة" in page
    assert "Ouvrir une école" not in page
    assert "تبدأ الأشغال." in page
    assert '<span lang="fr" dir="ltr">On prépare le terrain.</span>' in page
    assert '<div lang="fr" dir="ltr"><p>Un détail</p></div>' in page
    assert '<span lang="fr" dir="ltr">si possible</span>' in page


def test_what_is_typed_is_never_code(client: FlaskClient, contract: Contract) -> None:
    evil = '"><img src=x onerror=alert(1)>'
    commitment = make_commitment(contract, evil, condition=evil, budget_text=evil, partners_text=[evil])
    make_evidence(make_progress(commitment, sentence=evil), caption=evil)
    assert "<img src=x" not in show(client, commitment)


def test_visitors_get_no_cookie(client: FlaskClient, contract: Contract) -> None:
    commitment = make_commitment(contract)
    for address in ("/fr/engagements", f"/fr/contrats/un/engagements/{commitment.code}"):
        assert "Set-Cookie" not in client.get(address).headers


# --- Files ----------------------------------------------------------------------------------------


def _stored_evidence(commitment: Commitment, content: bytes, **progress: Any) -> Evidence:
    entry = make_progress(commitment, **progress)
    upload = read_upload(io.BytesIO(content), field="photo_1")
    with stored(upload) as rows_of, transaction(publishes=SITE) as session:
        (row,) = rows_of(session)
        session.flush()
        owner = TextOwner("evidence", reserve_ids(session, Evidence)[0], "caption", commitment.contract_id)
        evidence = Evidence(
            id=owner.id,
            progress_id=entry.id,
            kind="photo" if row.kind == "photo" else "document",
            file_id=row.id,
            url=None,
            caption_id=write_original(session, "La grue", owner).id,
            position=1,
        )
        session.add(evidence)
    return evidence


def _photo() -> bytes:
    content = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(content, "JPEG")
    return content.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_a_photo_is_shown_small_and_opens_large(client: FlaskClient, contract: Contract) -> None:
    commitment = make_commitment(contract)
    evidence = _stored_evidence(commitment, _photo())
    page = show(client, commitment)
    small, large = f"/fichiers/{evidence.file_id}/petite", f"/fichiers/{evidence.file_id}/grande"
    assert f'src="{small}" alt="La grue"' in page
    assert f'href="{large}"' in page
    assert f'property="og:image" content="http://localhost{large}"' in page
    answers = [client.get(small), client.get(large)]
    for answer in answers:
        assert answer.status_code == 200
        assert answer.content_type == "image/jpeg"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert "Set-Cookie" not in answer.headers
        assert (
            "Content-Disposition" not in answer.headers or "inline" in answer.headers["Content-Disposition"]
        )
    assert len(answers[0].data) < len(answers[1].data)
    again = client.get(small, headers={"If-None-Match": answers[0].headers["ETag"]})
    assert again.status_code == 304


def test_a_document_is_saved_not_shown(client: FlaskClient, contract: Contract) -> None:
    commitment = make_commitment(contract)
    evidence = _stored_evidence(commitment, PDF)
    answer = client.get(f"/fichiers/{evidence.file_id}/document")
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.data == PDF


def test_no_other_file_can_be_had(client: FlaskClient, contract: Contract) -> None:
    commitment = make_commitment(contract)
    shown = _stored_evidence(commitment, _photo())
    withdrawn = _stored_evidence(commitment, _photo(), withdrawn_at=clock.now(), withdrawn_reason="Erreur")
    upload = read_upload(io.BytesIO(_photo()), field="photo_1")
    with stored(upload) as rows_of, transaction() as session:
        (alone,) = rows_of(session)
        session.flush()
        alone_id = alone.id
    for address in (
        f"/fichiers/{withdrawn.file_id}/petite",
        f"/fichiers/{alone_id}/petite",
        f"/fichiers/{shown.file_id}/document",
        f"/fichiers/{shown.file_id}/..%2f..%2fapp.py",
        "/fichiers/999999/petite",
        f"/fichiers/{10**30}/petite",
    ):
        assert client.get(address).status_code == 404, address


# --- Cost -----------------------------------------------------------------------------------------


def test_the_page_costs_no_more_statements_however_much_there_is(
    app: Flask, client: FlaskClient, contract: Contract, count_statements: Callable[[], Any]
) -> None:
    bare = make_commitment(contract, "Un titre que rien ne répète")
    holders = [make_organisation(contract) for _ in range(5)]
    quartiers = [make_quartier(contract) for _ in range(6)]
    axis = make_axis(contract, parent=make_axis(contract, parent=make_axis(contract)))
    indicators = [make_indicator(contract) for _ in range(6)]
    full = make_commitment(
        contract, "Même titre", holders=holders, quartiers=quartiers, axes=[axis], indicators=indicators
    )
    for _ in range(10):
        make_commitment(contract, "Même titre", holders=holders)
    for month in range(1, 11):
        make_evidence(make_progress(full, happened_on=date(2026, month, 1), detail="Un **détail**"))
        for indicator in indicators:
            make_value(indicator, date(2026, month, 1), month)
    make_commitments(contract, 500)
    counts = []
    for commitment in (bare, full):
        app.extensions["page_store"].clear()
        show(client, commitment)
        app.extensions["page_store"].clear()
        with count_statements() as statements:
            show(client, commitment)
        counts.append(len(statements))
    # Where nothing was told and nothing is measured, nobody asks what shows it, nor for its values.
    assert counts == [10, 12]


def test_a_page_never_holds_more_than_a_telephone_can_open(contract: Contract) -> None:
    commitment = make_commitment(contract, "Toujours le même")
    for _ in range(70):
        make_commitment(contract, "Toujours le même")
    with transaction() as session:
        session.execute(
            insert(CommitmentVersion),
            [
                {
                    "commitment_id": commitment.id,
                    "number": number,
                    "changed_at": clock.now(),
                    "origin": "import",
                    "reason": "Nouvelle version",
                    "organisation_name": "",
                    "changes": {},
                }
                for number in range(2, 80)
            ],
        )
    page = commitment_page("un", commitment.code, language="fr", today=clock.today())
    assert page is not None
    assert len(page.twins) <= 60
    assert len(page.versions) <= 50
    assert page.versions[0].number == 79
    db.session.rollback()

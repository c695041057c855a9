"""The page of a quartier, from nothing known to everything told."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from cdv_civic.commitments.models import commitment_quartier
from cdv_civic.core.db import SITE, transaction
from cdv_civic.territory.models import (
    Body,
    Commune,
    Contract,
    Quartier,
    QuartierFigure,
    QuartierPopulation,
    body_commune,
    body_quartier,
    quartier_landlord,
)
from tests import factories


def make_body(
    contract: Contract,
    quartier: Quartier | None,
    name: str,
    kind: str,
    communes: Sequence[Commune] = (),
    **values: Any,
) -> None:
    with transaction(publishes=SITE) as session:
        body = Body(
            contract_id=contract.id,
            slug=name.lower().replace(" ", "-"),
            name=name,
            kind=kind,
            **{
                "rules": None,
                "active": None,
                "line": None,
                "position": 1,
                "retired_at": None,
                "source_row": {},
                **values,
            },
        )
        session.add(body)
        session.flush()
        if quartier is not None:
            session.execute(
                insert(body_quartier).values(body_id=body.id, quartier_id=quartier.id, position=0)
            )
        for commune in communes:
            session.execute(insert(body_commune).values(body_id=body.id, commune_id=commune.id, position=0))


def add_figures(quartier: Quartier, *figures: tuple[str, str]) -> None:
    with transaction(publishes=SITE) as session:
        session.add_all(
            QuartierFigure(quartier_id=quartier.id, position=position, name=name, value=value, year=2022)
            for position, (name, value) in enumerate(figures)
        )


@pytest.fixture
def contract(app: object) -> Contract:
    return factories.make_contract("val", short_title="Val 2024-2030")


def test_a_quartier_of_which_nothing_is_known_still_has_a_page_that_helps(
    client: FlaskClient, contract: Contract
) -> None:
    factories.make_quartier(contract, "Parc aux Lièvres", slug="parc", kind="autre")
    page = client.get("/fr/quartiers/parc").text
    assert "Aucune action du contrat ne nomme encore ce quartier" in page
    assert "Nombre d’habitantes et d’habitants\u00a0: non renseigné" in page
    assert "ne nomme pas de conseil" in page
    assert "/fr/contrats/val" in page
    assert "None" not in page


def test_what_is_promised_is_said_in_one_sentence_with_links_to_the_list(
    client: FlaskClient, contract: Contract
) -> None:
    quartier = factories.make_quartier(contract, "Quartier Est", slug="est")
    for state, nature, theme in (
        ("a_verifier", "engagement", "sante"),
        ("a_verifier", "piste", None),
        ("realise", "engagement", "sante"),
        ("en_cours", "poursuite", "emploi"),
    ):
        factories.make_commitment(contract, state=state, nature=nature, theme=theme, quartiers=[quartier])
    factories.make_commitment(contract, "Ailleurs")
    page = client.get("/fr/quartiers/est").text
    assert "Le contrat cite 4 actions\u00a0: 3 promesses, 1 piste ou étude. 1 est réalisée." in page
    assert "Voir les 4 actions" in page
    assert page.count("to-check-note") == 1
    assert "/fr/engagements?etat=a_verifier&amp;quartier=est" in page
    assert "/fr/engagements?theme=sante&amp;quartier=est" in page
    assert "Santé · 2" in page
    assert "Sans thème · 1" in page
    assert "Ailleurs" not in page


def test_news_and_dates_of_the_quartier_are_shown(client: FlaskClient, contract: Contract) -> None:
    quartier = factories.make_quartier(contract, slug="est")
    other = factories.make_quartier(contract, slug="ouest")
    told = factories.make_commitment(contract, "Refaire l’aire de jeux", quartiers=[quartier, other])
    factories.make_progress(told, "en_cours", date(2026, 11, 3), "Les grues sont là.", quartier=quartier)
    factories.make_progress(told, "en_cours", date(2026, 11, 4), "Rien que chez les voisins.", quartier=other)
    factories.make_commitment(
        contract,
        "Ouvrir une crèche",
        quartiers=[quartier],
        deadline_text="rentrée 2027",
        deadline_date=date(2027, 9, 30),
    )
    page = client.get("/fr/quartiers/est").text
    assert "Les grues sont là." in page
    assert "Rien que chez les voisins." not in page
    assert "30 septembre 2027" in page
    assert "Ouvrir une crèche" in page


def test_only_bodies_where_residents_are_heard_are_shown(client: FlaskClient, contract: Contract) -> None:
    quartier = factories.make_quartier(contract, slug="est")
    make_body(contract, quartier, "Conseil citoyen Est", "conseil_citoyen", active=False)
    make_body(contract, quartier, "Maison du projet", "maison_du_projet", active=True)
    make_body(contract, quartier, "CLSPD", "autre", active=True)
    make_body(contract, quartier, "Comité technique", "comite_technique", active=True)
    page = client.get("/fr/quartiers/est").text
    assert "Conseil citoyen Est" in page
    assert "pas en activité aujourd’hui" in page
    assert "Maison du projet" in page
    assert "CLSPD" not in page
    assert "Comité technique" not in page


def test_bodies_of_the_whole_town_are_shown_as_such_in_their_contract_only(
    client: FlaskClient, contract: Contract
) -> None:
    orly, thiais = (factories.make_commune(contract, name, name.lower()) for name in ("Orly", "Thiais"))
    older = factories.make_contract("vieux", period_end="2020")
    here = factories.make_quartier(contract, slug="est", communes=[orly])
    there = factories.make_quartier(contract, slug="ailleurs", communes=[orly])
    make_body(contract, here, "Conseil citoyen Est", "conseil_citoyen", communes=[orly])
    make_body(contract, None, "Conseil des jeunes d’Orly", "conseil_jeunes", communes=[orly])
    make_body(contract, None, "CLSPD d’Orly", "autre", communes=[orly])
    make_body(contract, None, "Conseil des jeunes de Thiais", "conseil_jeunes", communes=[thiais])
    make_body(older, None, "Conseil d’autrefois", "conseil_citoyen", communes=[orly])
    page = client.get("/fr/quartiers/est").text
    assert page.index("Conseil citoyen Est") < page.index("Conseil des jeunes d’Orly")
    assert page.count("· pour toute la ville") == 1
    for elsewhere in ("CLSPD", "Thiais", "autrefois"):
        assert elsewhere not in page
    assert there.slug == "ailleurs"
    assert "Conseil citoyen Est" not in client.get("/fr/quartiers/ailleurs").text


def test_only_harmless_figures_are_shown_and_each_once(client: FlaskClient, contract: Contract) -> None:
    quartier = factories.make_quartier(contract, slug="est")
    add_figures(
        quartier,
        ("Part des moins de 24 ans – fiche Lallier", "37,4 %"),
        ("Part des moins de 24 ans – fiche Les Sorbiers", "37,4 %"),
        ("Part des étrangers dans la population", "21 %"),
        ("Taux de pauvreté (seuil 60 % du revenu disponible)", "35 %"),
        ("Population", "3 130"),
    )
    page = client.get("/fr/quartiers/est").text
    assert page.count("Environ 2 personnes sur 5 ont moins de 24 ans") == 1
    assert "étrangers" not in page
    assert "pauvreté" not in page
    assert "21 %" not in page


def test_populations_say_their_year_and_source_and_are_never_added(
    client: FlaskClient, contract: Contract
) -> None:
    quartier = factories.make_quartier(
        contract, slug="est", population_text="environ 3 000 selon le texte", population=2100
    )
    with transaction(publishes=SITE) as session:
        session.add(QuartierPopulation(quartier_id=quartier.id, value=2300, year=2022, source="fiche"))
    page = client.get("/fr/quartiers/est").text
    assert page.index("2\u202f300") < page.index("2\u202f100")  # the latest first
    assert "En 2022. Source\u00a0: fiche." in page
    assert "En 2018. Source\u00a0: Insee." in page
    assert "4\u202f400" not in page
    assert "environ 3 000 selon le texte" in page


def test_landlords_and_all_communes_are_named(client: FlaskClient, contract: Contract) -> None:
    orly, thiais = (factories.make_commune(contract, name, name.lower()) for name in ("Orly", "Thiais"))
    quartier = factories.make_quartier(
        contract, "Entre-Deux", [orly, thiais], slug="deux", aliases=["Les Deux"]
    )
    landlord = factories.make_organisation(contract, "Bailleur Val", slug="bailleur-val", kind="bailleur")
    with transaction(publishes=SITE) as session:
        session.execute(
            insert(quartier_landlord).values(quartier_id=quartier.id, organisation_id=landlord.id, position=0)
        )
    page = client.get("/fr/quartiers/deux").text
    assert "Orly et Thiais" in page
    assert "Aussi appelé\u00a0: Les Deux" in page
    assert "/fr/contrats/val/organisations/bailleur-val" in page


def test_a_quartier_of_a_contract_that_is_over_says_so(client: FlaskClient) -> None:
    older = factories.make_contract("vieux", period_start="2015", period_end="2020")
    factories.make_quartier(older, "Les Saules", slug="saules-2015")
    page = client.get("/fr/quartiers/saules-2015").text
    assert "Ce contrat est terminé" in page
    assert "2015-2020" in page


def test_the_state_told_for_a_quartier_is_its_own(client: FlaskClient, contract: Contract) -> None:
    est, ouest = (factories.make_quartier(contract, slug=slug) for slug in ("est", "ouest"))
    commitment = factories.make_commitment(contract, quartiers=[est, ouest])

    with transaction(publishes=SITE) as session:
        session.execute(
            commitment_quartier.update()
            .where(
                commitment_quartier.c.commitment_id == commitment.id,
                commitment_quartier.c.quartier_id == est.id,
            )
            .values(state="realise")
        )
    assert "1 promesse. 1 est réalisée." in client.get("/fr/quartiers/est").text
    assert "réalisée" not in client.get("/fr/quartiers/ouest").text

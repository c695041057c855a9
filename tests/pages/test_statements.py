"""A page costs a dozen statements at most, whatever there is in the site."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations.publication_drafts import PublicationDraft
from cdv_civic.bodies.operations.publications import publish
from cdv_civic.commitments.models import commitment_partner
from cdv_civic.core import clock
from cdv_civic.core.db import SITE, transaction
from cdv_civic.glossary.operations import load
from cdv_civic.ideas.operations.boxes import Keeper, make_box, publish_box
from cdv_civic.ideas.operations.putting import NewIdea, put
from cdv_civic.moderation.charter import operations as charter
from cdv_civic.moderation.charter.operations import CharterOf
from cdv_civic.territory.models import Body
from tests import factories
from tests.bodies.bodies import PARIS, announce, make_body
from tests.conftest import counting
from tests.consultations.factories import make_consultation, make_option, make_question, make_step
from tests.consultations.kinds.comments.commented import make_comments, make_subject
from tests.consultations.restitution.replies import make_reply
from tests.draws.draws import make_drawn, make_seat
from tests.fund.funds import make_envelope, make_fund, make_opinion, make_round
from tests.fund.public.lives import WAY, live, make_projects, tell
from tests.ideas.boxes import SETTINGS, stored_box
from tests.language_help.services import make_service
from tests.voices.voices import make_voices

MOST = 12
_numbers = count(1)
PAGES = (
    "/fr/",
    "/fr/en-ce-moment",
    "/ar/en-ce-moment?quartier=est",
    "/fr/dire",
    "/fr/dire?quartier=est",
    "/ar/dire?contrat=val&engagement=C-1",
    "/ar/quartiers",
    "/fr/quartiers?q=est",
    "/fr/quartiers?q=est&fragment=1",
    "/fr/quartiers?commune=orly",
    "/ar/quartiers/est",
    "/fr/quartiers/est/dates",
    "/ar/quartiers/est/nouvelles",
    "/fr/contrats",
    "/ar/contrats/val",
    "/fr/contrats/val?arbre=communes",
    "/fr/contrats/val?arbre=communes&commune=orly",
    "/fr/contrats/val?axe=O1",
    "/fr/contrats/val?axe=O1.1",
    "/fr/contrats/val/organisations",
    "/fr/contrats/val/instances",
    "/ar/contrats/val/organisations/caf",
    "/fr/contrats/val/organisations/caf?role=partenaire",
    "/ar/contrats/val/instances/conseil",
    "/fr/contrats/val/instances/conseil/rencontres",
    "/fr/contrats/val/instances/conseil/rencontres/1",
    "/fr/contrats/val/instances/conseil/publications",
    "/ar/contrats/val/instances/conseil/publications/1",
    "/fr/contrats/val/instances/conseil/paroles",
    "/fr/contrats/val/instances/conseil/parole",
    "/fr/contrats/val/instances/conseil/tirages/1",
    "/fr/contrats/val/instances/conseil/calendrier.ics",
    "/ar/contrats/val/instances/conseil/charte",
    "/fr/contrats/val/charte",
    "/fr/quartiers/est/calendrier.ics",
    "/ar/mots",
    "/fr/mots?q=caf",
    "/fr/consultations",
    "/fr/idees",
    "/ar/idees?q=idee&contrat=val&commune=orly&quartier=est",
    "/fr/idees/une-idee-pour-le-quartier",
    "/ar/fonds",
    "/fr/fonds?q=idee&quartier=est",
    "/ar/fonds/fonds-de-la-mesure",
    "/fr/fonds/fonds-de-la-mesure/appel-de-la-mesure",
    "/ar/fonds/fonds-de-la-mesure/appel-de-la-mesure?etat=retenus",
    "/fr/fonds/fonds-de-la-mesure/appel-de-la-mesure/1",
    "/fr/fonds/fonds-de-la-mesure/appel-de-la-mesure/projets.csv",
    "/fr/fonds/fonds-de-la-mesure/appel-de-la-mesure/projets.json",
    "/ar/consultations?etat=ouvertes&quartier=est",
    "/ar/consultations?q=consultation&etat=ouvertes&quartier=est",
    "/ar/engagements?q=consultation",
    "/ar/consultations/une-rue",
    "/fr/consultations/une-rue/reponse",
    "/fr/consultations/des-avis/avis",
    "/ar/consultations/des-avis/avis/1",
    "/fr/consultations/des-avis/avis.csv",
    "/fr/consultations/des-avis/avis.json",
    "/fr/engagements",
    "/ar/langues",
    "/fr/langues?langue=tr&ville=orly",
    "/fr/langues?quartier=est",
    "/ar/contrats/val/engagements/C-1",
    "/fr/mentions-legales",
    "/fr/vie-privee",
    "/fr/accessibilite",
    "/sitemap.xml",
    "/fr/rien",
)


def a_site(rows: int) -> Callable[[int], None]:
    """`rows` commitments, all of them in one quartier, one organisation, one node, and what a body of that quartier
    holds, publishes, draws and hears; gives back what adds more."""
    contract = factories.make_contract("val")
    orly = factories.make_commune(contract, "Orly", "orly")
    quartier = factories.make_quartier(contract, "Quartier Est", [orly], slug="est", population=1000)
    caf = factories.make_organisation(contract, slug="caf")
    top = factories.make_axis(contract, code="O1")
    node = factories.make_axis(contract, parent=top, code="O1.1", theme="sante")
    shared = factories.make_axis(contract, tree="communes")
    factories.make_axis(contract, parent=shared, tree="communes", commune_id=orly.id)

    staff = factories.make_account()
    body = make_body(contract, slug="conseil", quartiers=[quartier], communes=[orly])
    announce(staff, body, date(2026, 11, 26))
    make_drawn(staff, body)

    answered = make_consultation(
        contract,
        quartiers=[quartier],
        stage="counted",
        slug="une-rue",
        translations={"title": {"ar": "شارع"}},
    )
    factories.make_commitment(contract, code="SUITE")
    make_reply(answered, commitments=("SUITE",))
    asked = make_question(make_step(make_consultation(contract, quartiers=[quartier])), options=[])
    make_option(asked, axis_id=node.id)

    box = make_box(staff, Keeper(contract.id, body_id=body.id), SETTINGS, client_key="une-boite-de-la-mesure")
    box_id = stored_box(box).id
    publish_box(staff, box_id, version=1)

    fund = make_fund(contract, slug="fonds-de-la-mesure", help_id=None)
    envelope = make_envelope(fund, 10_000_000_00)
    fund_round = make_round(fund, slug="appel-de-la-mesure")
    lived = live(fund_round, *WAY, envelope=envelope, contract_id=contract.id, number=1)
    tell(lived)
    make_opinion(lived, body.id)

    commenting = make_consultation(contract, quartiers=[quartier], slug="des-avis")
    thing = make_subject(
        make_step(commenting, "comments"),
        factories.make_commitment(contract, code="AVIS"),
    )
    for whose in (CharterOf(contract.id, body.id), CharterOf(contract.id, None)):
        charter.adopt_example(staff, whose, version=0)
        charter.publish_charter(staff, whose, version=1)

    def ask(more: int) -> None:
        for _number in range(more):
            key = f"une-idee-de-la-mesure-{next(_numbers)}"
            put(NewIdea(box_id, f"Une idée {key}", f"Avec {key}.", "sante", key))
        make_comments(thing, more // 20)
        make_projects(fund_round, more, envelope)
        for _number in range(more // 20):
            make_envelope(make_fund(contract))
            make_round(fund)
        for number in range(more):
            stage = ("open", "coming", "closed", "answered")[number % 4]
            make_consultation(
                contract,
                quartiers=[quartier],
                stage=stage,
                body_id=body.id,
                translations={"title": {"ar": "شارع"}},
            )

    def add_to_body(more: int) -> None:
        ask(more // 20)
        make_body(contract, quartiers=[quartier], communes=[orly])
        make_voices(body, more, published_at=clock.now())
        for each in range(more // 20):
            announce(staff, body, date(2026, 12, 1) + timedelta(each))
            make_seat(staff, body, f"Prénom {next(_numbers)}")
            publish_opinion(staff, body)

    def add(more: int) -> None:
        add_to_body(more)
        ids = factories.make_commitments(
            contract, more, axis=node, holder=caf, quartier=quartier, searchable=False
        )
        with transaction(publishes=SITE) as session:
            session.execute(
                insert(commitment_partner),
                [{"commitment_id": each, "organisation_id": caf.id, "position": 0} for each in ids],
            )

    make_service(contract, quartier=quartier)
    add(rows)
    for each in range(6):
        factories.make_progress(
            factories.make_commitment(contract, code=f"C-{each}", quartiers=[quartier]),
            sentence=f"Fait {each}.",
        )
    load()
    return add


def publish_opinion(staff: SignedIn, body: Body) -> None:
    draft = PublicationDraft("avis", {"fr": "Oui."}, title={"fr": "Avis"}, said_on=date(2026, 11, 2))
    publish(staff, body.id, draft, client_key=f"un-avis-numero-{next(_numbers)}", zone=PARIS)


def costs(app: Flask, client: FlaskClient) -> dict[str, int]:
    """Statements of each page, made from nothing: no page and no part of one in memory."""
    found = {}
    for path in PAGES:
        app.extensions["page_store"].clear()
        with counting(app) as statements:
            answer = client.get(path)
        assert answer.status_code == (404 if path == "/fr/rien" else 200), path
        found[path] = len(statements)
    return found


def test_any_page_costs_a_dozen_statements_at_most_with_20_rows_and_with_2000(
    app: Flask, client: FlaskClient
) -> None:
    add = a_site(20)
    few = costs(app, client)
    assert {path: count for path, count in few.items() if count > MOST} == {}
    add(1980)
    assert costs(app, client) == few


def test_pages_of_an_empty_site_cost_no_more(app: Flask, client: FlaskClient) -> None:
    for path in ("/fr/", "/fr/quartiers", "/fr/contrats", "/fr/mots"):
        with counting(app) as statements:
            assert client.get(path).status_code == 200
        assert len(statements) <= MOST


def test_a_quartier_without_a_body_is_not_asked_who_meets_or_listens_there(
    app: Flask, client: FlaskClient
) -> None:
    contract = factories.make_contract("val")
    factories.make_quartier(contract, "Quartier Nord", slug="nord")
    make_body(contract, slug="conseil", quartiers=[factories.make_quartier(contract, slug="est")])
    asked = {}
    for slug in ("nord", "est"):
        app.extensions["page_store"].clear()
        with counting(app) as statements:
            assert client.get(f"/fr/quartiers/{slug}").status_code == 200
        asked[slug] = [each for each in statements if "meeting" in each or "voice_settings" in each]
    assert asked["nord"] == []
    assert len(asked["est"]) == 2

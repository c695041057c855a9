"""A page costs a dozen statements at most, whatever there is in the site."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from cdv_civic.commitments.models import commitment_partner
from cdv_civic.core.db import transaction
from cdv_civic.glossary.operations import load
from tests import factories
from tests.conftest import counting

MOST = 12
PAGES = (
    "/fr/",
    "/ar/quartiers",
    "/fr/quartiers?q=est",
    "/fr/quartiers?q=est&fragment=1",
    "/fr/quartiers?commune=orly",
    "/ar/quartiers/est",
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
    "/ar/mots",
    "/fr/mots?q=caf",
    "/fr/mentions-legales",
    "/sitemap.xml",
    "/fr/rien",
)


def a_site(rows: int) -> Callable[[int], None]:
    """`rows` commitments, all of them in one quartier, one organisation, one node; gives back what adds more."""
    contract = factories.make_contract("val")
    orly = factories.make_commune(contract, "Orly", "orly")
    quartier = factories.make_quartier(contract, "Quartier Est", [orly], slug="est", population=1000)
    caf = factories.make_organisation(contract, slug="caf")
    top = factories.make_axis(contract, code="O1")
    node = factories.make_axis(contract, parent=top, code="O1.1", theme="sante")
    shared = factories.make_axis(contract, tree="communes")
    factories.make_axis(contract, parent=shared, tree="communes", commune_id=orly.id)

    def add(more: int) -> None:
        ids = factories.make_commitments(
            contract, more, axis=node, holder=caf, quartier=quartier, searchable=False
        )
        with transaction(publishes=True) as session:
            session.execute(
                insert(commitment_partner),
                [{"commitment_id": each, "organisation_id": caf.id, "position": 0} for each in ids],
            )

    add(rows)
    for each in range(6):
        factories.make_progress(
            factories.make_commitment(contract, quartiers=[quartier]), sentence=f"Fait {each}."
        )
    load()
    return add


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

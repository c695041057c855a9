"""Consultations are found by words of their title and purpose: in the search of the site, and in their list."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.consultations.operations.editing.correcting import decide
from cdv_civic.consultations.public.queries import search
from cdv_civic.core import clock
from cdv_civic.territory.models import Quartier
from tests import factories as make
from tests.conftest import counting
from tests.consultations.desk.preparing import make_correction, opened
from tests.consultations.factories import make_answer, make_consultation
from tests.consultations.public.test_pages import text_of


@pytest.fixture
def quartier(app: Flask) -> Quartier:
    """Where three are asked: of them « école » names two, « شارع » one, « banc » one by its purpose."""
    contract = make.make_contract("val")
    here, there = (make.make_quartier(contract, f"Quartier {name}", slug=name) for name in ("est", "ouest"))
    make_consultation(contract, quartiers=[here], slug="ecole", title="L’école du quartier")
    make_consultation(
        contract,
        quartiers=[there],
        slug="rue",
        title="La rue devant les écoles",
        purpose="Faut-il la fermer aux voitures, et y poser des bancs ?",
        translations={"title": {"ar": "شارع المدرسة"}},
        stage="answered",
    )
    make_consultation(contract, quartiers=[here], slug="parc", title="Le parc", stage="coming")
    make_consultation(contract, quartiers=[here], slug="secret", title="Une école secrète", stage="draft")
    make_consultation(
        contract,
        quartiers=[here],
        slug="fini",
        title="Une école",
        withdrawn_at=clock.now(),
        withdrawn_reason="Le projet est arrêté.",
    )
    return here


def found_in(client: FlaskClient, path: str) -> set[str]:
    main = text_of(client, path).partition("<main")[2]
    return set(re.findall(r'href="/\w\w/consultations/([a-z-]+)"', main))


@pytest.mark.parametrize(
    ("language", "typed", "found"),
    [
        ("fr", "ecole", {"ecole", "rue"}),
        ("fr", "ÉCOLES", {"ecole", "rue"}),
        ("fr", "banc", {"rue"}),
        ("fr", "école banc", {"rue"}),
        ("fr", "école parc", set()),
        ("fr", "شارع", set()),
        ("ar", "الشارع", {"rue"}),
        # Whoever reads another language still knows the word of the poster.
        ("ar", "école", {"ecole", "rue"}),
        ("en", "parc", {"parc"}),
    ],
)
def test_words_of_a_title_or_a_purpose_find_a_consultation(
    client: FlaskClient, quartier: Quartier, language: str, typed: str, found: set[str]
) -> None:
    assert found_in(client, f"/{language}/consultations?q={typed}") == found


def test_the_list_keeps_to_its_other_filters_and_tells_where_it_stands(
    client: FlaskClient, quartier: Quartier
) -> None:
    assert found_in(client, "/fr/consultations?q=ecole&quartier=est") == {"ecole"}
    assert found_in(client, "/fr/consultations?q=ecole&etat=repondues") == {"rue"}
    page = text_of(client, "/fr/consultations?q=ecole&quartier=est")
    assert "« ecole »" in page
    assert 'name="q" value="ecole"' in page
    assert 'href="/fr/consultations?quartier=est"' in page
    assert "noindex" in page
    nothing = text_of(client, "/fr/consultations?q=%3Cb%3Episcine")
    assert "Aucune consultation ici" in nothing
    assert "<b>piscine" not in nothing
    # What holds no word asks for nothing.
    assert found_in(client, "/fr/consultations?q=%21%21") == {"ecole", "rue", "parc"}


def test_the_search_of_the_site_leads_to_them(client: FlaskClient, quartier: Quartier) -> None:
    page = text_of(client, "/fr/engagements?q=École")
    assert "2 consultations parlent de « École »" in page
    assert 'href="/fr/consultations?q=%C3%89cole"' in page
    one = text_of(client, "/fr/engagements?q=ecole&quartier=est")
    assert "1 consultation parle de « ecole »" in one
    assert 'href="/fr/consultations?q=ecole&amp;quartier=est"' in one
    for path in ("q=piscine", "q=%21", "quartier=est", "q=ecole&tout=1"):
        assert "/consultations?q=" not in text_of(client, f"/fr/engagements?{path}")


def test_it_costs_one_statement_where_a_word_is_looked_for(
    app: Flask, client: FlaskClient, quartier: Quartier, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {}
    for path in ("/fr/engagements?q=ecole", "/fr/engagements?theme=sante"):
        with counting(app) as statements:
            client.get(path)
        found[path] = [each for each in statements if "FROM consultation" in each]
    assert [len(each) for each in found.values()] == [1, 0]
    monkeypatch.setattr(search, "MOST_SEARCHED", 1)
    assert "LIMIT" in found["/fr/engagements?q=ecole"][0]
    assert len(found_in(client, "/fr/consultations?q=e")) <= 1


def test_a_kept_search_finds_a_title_that_is_corrected(client: FlaskClient, app: Flask) -> None:
    contract = make.make_contract("val")
    staff = make.make_account(contract=contract)
    row = opened(staff, contract, [make.make_quartier(contract)])
    make_answer(row)
    number, _title = make_correction(row)
    for path in ("/fr/engagements?q=autre+titre", "/fr/consultations?q=autre+titre"):
        assert row.slug not in found_in(client, path)
        assert "1 consultation parle" not in text_of(client, path)
    decide(staff, row.id, number, accept=True)
    assert "1 consultation parle" in text_of(client, "/fr/engagements?q=autre+titre")
    assert found_in(client, "/fr/consultations?q=autre+titre") == {row.slug}

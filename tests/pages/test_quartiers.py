"""A resident finds their quartier."""

import pytest
from flask.testing import FlaskClient

from cdv_civic.core import clock
from cdv_civic.territory.models import Contract
from tests import factories

pytestmark = pytest.mark.one_database


def a_territory() -> Contract:
    contract = factories.make_contract("val-2024", short_title="Val 2024-2030")
    orly = factories.make_commune(contract, "Orly", "orly")
    villejuif = factories.make_commune(contract, "Villejuif", "villejuif")
    factories.make_commune(contract, "Rungis", "rungis")
    factories.make_quartier(contract, "Quartier Est", [orly], slug="orly-est")
    factories.make_quartier(contract, "Lozaitz Nord", [villejuif], slug="lozaitz", aliases=["Lozaites"])
    factories.make_quartier(contract, "Vercors", [orly, villejuif], slug="vercors")
    factories.make_quartier(contract, "Parc aux Lièvres", slug="parc")
    older = factories.make_contract(
        "val-2015", short_title="Val 2015-2020", period_start="2015", period_end="2020"
    )
    factories.make_quartier(older, "Quartier Est", [orly], slug="orly-est-2015")
    factories.make_quartier(older, "Les Saules", [orly], slug="saules-2015")
    return contract


def test_the_list_says_each_quartier_under_each_of_its_communes(client: FlaskClient) -> None:
    a_territory()
    page = client.get("/fr/quartiers").text
    assert page.count("/fr/quartiers/vercors") == 2
    assert page.count("/fr/quartiers/orly-est") == 1
    assert "aussi à Villejuif" in page
    assert "pas de quartier prioritaire" in page  # Rungis
    assert "Ville non renseignée" in page
    assert "/fr/quartiers/parc" in page
    assert "2015" not in page


def test_search_forgives_and_keeps_older_perimeters_apart(client: FlaskClient) -> None:
    a_territory()
    page = client.get("/fr/quartiers?q=quartier+EST").text
    assert "1 quartier trouvé" in page
    assert page.index('/fr/quartiers/orly-est"') < page.index("/fr/quartiers/orly-est-2015")
    assert "Val 2015-2020" in page
    assert "/fr/quartiers/lozaitz" in client.get("/fr/quartiers?q=lozaits").text
    assert "aussi appelé Lozaites" in client.get("/fr/quartiers?q=lozaites").text


def test_a_name_of_an_older_contract_only_is_said_to_be_so(client: FlaskClient) -> None:
    a_territory()
    page = client.get("/fr/quartiers?q=saules").text
    assert "Rien dans les contrats d’aujourd’hui" in page
    assert "/fr/quartiers/saules-2015" in page


def test_a_search_without_answer_leads_on(client: FlaskClient) -> None:
    a_territory()
    page = client.get("/fr/quartiers?q=<script>zzz").text
    assert "Aucun quartier trouvé" in page
    assert "<script>zzz" not in page
    assert "/fr/quartiers?commune=orly" in page


def test_search_as_one_types_answers_links_only(client: FlaskClient) -> None:
    a_territory()
    answer = client.get("/ar/quartiers?q=verc&fragment=1")
    assert "<html" not in answer.text
    assert answer.text.count("<a ") == 1
    assert "/ar/quartiers/vercors" in answer.text
    assert "<a " not in client.get("/fr/quartiers?q=zzz&fragment=1").text
    assert client.get("/fr/quartiers?fragment=1").status_code == 200


def test_who_does_not_know_chooses_by_commune(client: FlaskClient) -> None:
    a_territory()
    page = client.get("/fr/quartiers?commune=orly").text
    assert "/fr/quartiers/orly-est" in page
    assert "/fr/quartiers/vercors" in page
    assert "Vous ne savez pas" in page
    assert "/fr/engagements?commune=orly" in page
    assert "pas de quartier dans le contrat" in client.get("/fr/quartiers?commune=rungis").text


def test_a_quartier_that_left_its_contract_is_not_listed_but_its_page_stays(client: FlaskClient) -> None:
    contract = factories.make_contract()

    factories.make_quartier(contract, "Disparu", slug="disparu", retired_at=clock.now())
    assert "disparu" not in client.get("/fr/quartiers").text
    answer = client.get("/fr/quartiers/disparu")
    assert answer.status_code == 200
    assert "ne fait plus partie du contrat" in answer.text


def test_a_publication_brings_new_quartiers_into_the_search(client: FlaskClient) -> None:
    contract = a_territory()
    assert "<a " not in client.get("/fr/quartiers?q=nouveau&fragment=1").text
    factories.make_quartier(contract, "Nouveau quartier", slug="nouveau")
    factories.make_progress(factories.make_commitment(contract))
    assert "<a " in client.get("/fr/quartiers?q=nouveau&fragment=1").text


def test_an_address_leads_to_the_quartiers_of_its_town(client: FlaskClient) -> None:
    a_territory()
    for address in (
        "/fr/quartiers?q=12+rue+des+Lilas,+Orly",
        "/fr/quartiers?q=12+rue+des+Lilas,+Orly&fragment=1",
    ):
        page = client.get(address).text
        said = page[page.index("results-none") :][:600]
        assert "Nous ne connaissons pas les rues" in said
        assert "/fr/quartiers?commune=orly" in said
        assert "/fr/quartiers?commune=villejuif" not in said
    found = client.get("/fr/quartiers?q=12+rue+des+Lilas,+Orly").text
    assert "Aucun quartier trouvé</h2>" not in found, "its town was"
    assert "Aucun quartier trouvé</h2>" in client.get("/fr/quartiers?q=12+rue+des+Lilas").text
    unknown = client.get("/fr/quartiers?q=les+Tilleuls+Orly&fragment=1").text
    assert "Nous ne trouvons pas « les Tilleuls Orly »" in unknown.replace("\xa0", " ")
    assert "/fr/quartiers?commune=orly" in unknown

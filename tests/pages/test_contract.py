"""The contracts, their trees, and who promises."""

import re

import pytest
from flask.testing import FlaskClient

from cdv_civic.pages.queries.organisations import CARDS_OF_AN_ORGANISATION
from cdv_civic.territory.models import Contract
from tests import factories


@pytest.fixture
def contract(app: object) -> Contract:
    return factories.make_contract("val", short_title="Val 2024-2030", title="Contrat de ville du Val")


def link_text(page: str, address: str) -> str:
    """What the link to `address` says, without its tags."""
    match = re.search(rf'<a [^>]*href="{re.escape(address)}"[^>]*>(.*?)</a>', page, re.DOTALL)
    assert match is not None, f"no link to {address}"
    return " ".join(re.sub(r"<[^>]+>", " ", match[1]).split())


def test_a_commitment_under_two_axes_is_counted_once_above_them(
    client: FlaskClient, contract: Contract
) -> None:
    top = factories.make_axis(contract, "Vivre ensemble", code="O1")
    left = factories.make_axis(contract, "Fêtes", top, code="O1.1")
    right = factories.make_axis(contract, "Jardins", top, code="O1.2")
    factories.make_axis(contract, "Personne n’y a rien mis", code="O2")
    factories.make_commitment(contract, axes=[left, right])
    factories.make_commitment(contract, axes=[right])
    page = client.get("/fr/contrats/val").text
    assert link_text(page, "/fr/contrats/val?axe=O1.1").endswith("1 action")
    assert link_text(page, "/fr/contrats/val?axe=O1.2").endswith("2 actions")
    assert re.search(r"Vivre ensemble\s*<small class=\"muted\">2 actions", page)
    assert link_text(page, "/fr/contrats/val?axe=O2") == "Personne n’y a rien mis aucune action"


def test_one_tree_is_shown_at_a_time(client: FlaskClient, contract: Contract) -> None:
    factories.make_axis(contract, "Orientation du territoire")
    factories.make_axis(contract, "Note en annexe", tree="annexe")
    page = client.get("/fr/contrats/val").text
    assert "Orientation du territoire" in page
    assert "Note en annexe" not in page
    assert "Note en annexe" in client.get("/fr/contrats/val?arbre=annexe").text
    assert "Orientation du territoire" in client.get("/fr/contrats/val?arbre=inconnu").text


def test_the_tree_of_communes_is_chosen_by_commune(client: FlaskClient, contract: Contract) -> None:
    orly, thiais = (factories.make_commune(contract, name, name.lower()) for name in ("Orly", "Thiais"))
    shared = factories.make_axis(contract, "Émancipation", tree="communes", code="EMA")
    factories.make_axis(contract, "La fiche d’Orly", shared, tree="communes", commune_id=orly.id)
    factories.make_axis(contract, "La fiche de Thiais", shared, tree="communes", commune_id=thiais.id)
    choice = client.get("/fr/contrats/val?arbre=communes").text
    assert "commune=orly" in choice
    assert "La fiche" not in choice
    sheet = client.get("/fr/contrats/val?arbre=communes&commune=orly").text
    assert "Émancipation" in sheet
    assert "La fiche d’Orly" in sheet
    assert "La fiche de Thiais" not in sheet


def test_a_node_shows_its_path_its_parts_and_its_commitments(client: FlaskClient, contract: Contract) -> None:
    top = factories.make_axis(contract, "Vivre ensemble", code="O1")
    middle = factories.make_axis(contract, "Fêtes", top, code="O1.1", theme="emancipation")
    factories.make_axis(contract, "Fêtes d’été", middle, code="O1.1.1")
    for number in range(12):
        factories.make_commitment(contract, f"Fête numéro {number:02}", axes=[middle])
    page = client.get("/fr/contrats/val?axe=O1.1").text
    assert link_text(page, "/fr/contrats/val?axe=O1") == "Vivre ensemble"
    assert "Fêtes d’été" in page
    assert "Fête numéro 00" in page
    assert "Fête numéro 11" not in page
    assert "/fr/engagements?contrat=val&amp;axe=O1.1" in page or "axe=O1.1&amp;contrat=val" in page
    assert "Voir la suite dans la liste" in page
    assert "Cette partie du contrat est vide" in client.get("/fr/contrats/val?axe=O1.1.1").text
    assert client.get("/fr/contrats/val?axe=inconnu").status_code == 404


def test_titles_are_in_the_readers_language_or_in_french(client: FlaskClient, contract: Contract) -> None:
    factories.make_axis(contract, "Vivre ensemble", translations={"ar": "العيش معاً"})
    factories.make_axis(contract, "Sans traduction")
    page = client.get("/ar/contrats/val").text
    assert "العيش معاً" in page
    assert '<span lang="fr" dir="ltr">Sans traduction</span>' in page


def test_contracts_that_are_over_stand_apart(client: FlaskClient, contract: Contract) -> None:
    factories.make_contract("vieux", short_title="Val 2015-2020", period_end="2020")
    page = client.get("/fr/contrats").text
    assert page.index("Val 2024-2030") < page.index("Les contrats terminés") < page.index("Val 2015-2020")
    assert "Ce contrat est terminé" in client.get("/fr/contrats/vieux").text
    home = client.get("/fr/").text
    assert "Val 2024-2030" in home
    assert "Val 2015-2020" not in home


def test_organisations_are_listed_by_kind_and_found_by_any_spelling(
    client: FlaskClient, contract: Contract
) -> None:
    caf = factories.make_organisation(contract, "Caf du Val", slug="caf", kind="caf", aliases=["Allocations"])
    factories.make_organisation(contract, "Ville d’Orly", slug="orly")
    factories.make_commitment(contract, holders=[caf])
    page = client.get("/fr/contrats/val/organisations").text
    assert "1 organisme s’engage." in page
    assert link_text(page, "/fr/contrats/val/organisations/caf") == "Caf du Val 1 action"
    found = client.get("/fr/contrats/val/organisations?q=alloc").text
    assert "Caf du Val" in found
    assert "Ville d’Orly" not in found
    assert "Aucun organisme trouvé" in client.get("/fr/contrats/val/organisations?q=zzz").text


def test_an_organisation_shows_what_it_promises_and_apart_what_it_takes_part_in(
    client: FlaskClient, contract: Contract
) -> None:
    caf = factories.make_organisation(
        contract, "Caf du Val", slug="caf", kind="caf", departments=["94"], aliases=["CAF 94"]
    )
    city = factories.make_organisation(contract, "Ville d’Orly", slug="orly")
    factories.make_commitment(contract, "Tenu par la Caf", holders=[caf, city], state="en_cours")
    factories.make_commitment(contract, "Avec la Caf", holders=[city], partners=[caf])
    page = client.get("/fr/contrats/val/organisations/caf").text
    assert "Le contrat cite 1 action à son nom\u00a0: 1 promesse." in page
    assert "Tenu par la Caf" in page
    assert "Avec la Caf" not in page
    assert "Département\u00a0: 94" in page
    assert "Aussi appelé\u00a0: CAF 94" in page
    apart = client.get("/fr/contrats/val/organisations/caf?role=partenaire").text
    assert "Avec la Caf" in apart
    assert "Tenu par la Caf" not in apart


def test_an_organisation_that_only_takes_part_shows_that(client: FlaskClient, contract: Contract) -> None:
    club = factories.make_organisation(contract, "Le Club", slug="club", kind="association")
    factories.make_commitment(contract, "Avec le club", partners=[club])
    page = client.get("/fr/contrats/val/organisations/club").text
    assert "Avec le club" in page
    factories.make_organisation(contract, "Nommé seulement", slug="rien")
    assert "Rien ici pour le moment" in client.get("/fr/contrats/val/organisations/rien").text


def test_pages_of_an_organisation_hold_every_commitment_once(client: FlaskClient, contract: Contract) -> None:
    caf = factories.make_organisation(contract, slug="caf")
    factories.make_commitments(contract, 2 * CARDS_OF_AN_ORGANISATION + 5, holder=caf)
    seen: list[str] = []
    address: str | None = "/fr/contrats/val/organisations/caf"
    pages = 0
    while address is not None:
        page = client.get(address).text
        seen += re.findall(r'<h3 class="card-title"><a href="([^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else None
        pages += 1
    assert pages == 3
    assert len(seen) == len(set(seen)) == 2 * CARDS_OF_AN_ORGANISATION + 5
    assert client.get("/fr/contrats/val/organisations/caf?apres=nonsense").status_code == 200

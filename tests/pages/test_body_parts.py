"""How much the page of a body shows at once: one row, none, many."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations.publications import publish
from cdv_civic.territory.models import Contract
from tests import factories as make
from tests.bodies.bodies import PARIS, announce, make_body
from tests.bodies.test_publications import opinion
from tests.draws.draws import make_seat

pytestmark = pytest.mark.one_database

PAGE = "/fr/contrats/val/instances/conseil"


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract("val")


@pytest.fixture
def staff(app: Flask) -> SignedIn:
    return make.make_account()


def section_of(client: FlaskClient, title: str) -> str:
    """A section of the page, by the id of its title."""
    return client.get(PAGE).text.partition(f'id="{title}"')[2].partition("</section>")[0]


def test_three_dates_are_shown_and_all_are_a_tap_away(
    client: FlaskClient, contract: Contract, staff: SignedIn
) -> None:
    body = make_body(contract, slug="conseil")
    for day in range(4):
        announce(staff, body, date(2026, 12, 1) + timedelta(day))
    assert section_of(client, "dates-titre").count("meeting-row") == 3
    assert f'href="{PAGE}/rencontres"' in section_of(client, "dates-titre")
    assert client.get(f"{PAGE}/rencontres").text.count('class="card meeting') == 4


def test_what_it_said_last_is_read_in_full_and_the_rest_in_rows(
    client: FlaskClient, contract: Contract, staff: SignedIn
) -> None:
    body = make_body(contract, slug="conseil")
    assert "dit-titre" not in client.get(PAGE).text
    for day in (5, 6):
        draft = opinion(said_on=date(2026, 11, day), title={"fr": f"Avis du {day}"})
        publish(staff, body.id, draft, client_key=f"un-avis-du-{day}-novembre", zone=PARIS)
    said = section_of(client, "dit-titre")
    assert re.findall(r"Avis du \d", said) == ["Avis du 6", "Avis du 5"]
    assert said.count('class="card publication"') == 1
    assert said.count('class="row-link"') == 1


def test_a_body_of_many_quartiers_shows_the_first_six(
    client: FlaskClient, contract: Contract, staff: SignedIn
) -> None:
    quartiers = [make.make_quartier(contract, f"Quartier {number}") for number in range(9)]
    body = make_body(contract, slug="conseil", quartiers=quartiers)
    make_seat(staff, body, "Aminata")
    shown, _details, folded = section_of(client, "infos-titre").partition("<details")
    assert (shown.count('href="/fr/quartiers/'), folded.count('href="/fr/quartiers/')) == (6, 3)
    assert "3 autres quartiers" in folded
    assert "Aminata" in section_of(client, "membres-titre").partition("<details")[2], "names are folded"


def test_of_a_body_without_residents_and_places_no_empty_part_is_drawn(
    client: FlaskClient, contract: Contract
) -> None:
    make_body(contract, "Comité", "comite_technique", slug="conseil")
    page = client.get(PAGE).text
    assert "Ses rencontres ne sont pas publiques." in page
    assert "En bref" not in page
    assert client.get(f"{PAGE}/rencontres").status_code == 404

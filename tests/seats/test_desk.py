"""The desk of members, as moderators use it, and what everybody reads of them."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core.db import transaction
from cdv_civic.seats.models import Seat
from cdv_civic.seats.operations.accounts import link_account
from cdv_civic.seats.operations.members import end_seat
from cdv_civic.seats.operations.numbers import set_numbers
from cdv_civic.seats.personal_data import PART
from cdv_civic.territory.models import Body, Contract
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.draws.draws import make_seat
from tests.signing_in import open_browser, send

PAGE = "/fr/contrats/val/instances/conseil"
NEW = {
    "college": "habitants",
    "way": "tirage",
    "first_name": "Awa",
    "last_name": "Diop",
    "gender": "femme",
    "starts_on": "2026-03-08",
    "client_key": "c" * 32,
}


def address(body: Body, rest: str = "") -> str:
    return f"/fr/bureau/instances/{body.id}/membres{rest}"


def test_a_member_is_added_by_a_form_and_everybody_reads_the_first_name(
    desk: FlaskClient, body: Body
) -> None:
    answer = send(desk, address(body, "/nouveau"), **NEW, email="awa@example.org", phone="06 12 34 56 78")
    assert answer.status_code == 303
    page = desk.get(address(body)).text
    assert "Awa Diop" in page
    assert "awa@example.org" in page
    public = desk.get(PAGE).text
    assert "Awa" in public
    assert "depuis mars 2026" in public
    for private in ("Diop", "awa@example.org", "06 12", "femme"):
        assert private not in public.partition("Qui y siège")[2].partition("La loi demande")[0]


def test_with_consent_the_whole_name_is_public_and_a_minor_has_none(
    desk: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    make_seat(moderator, body, "Rosa", last_name="Ferreira", name_public=True)
    make_seat(moderator, body, "Lucas", minor=True)
    make_seat(moderator, body, "Selvi", hidden=True)
    make_seat(moderator, body, "Paul", college="acteurs_locaux", represents="Les amis du jeu")
    set_numbers(moderator, body.id, {"habitants": 12})
    public = desk.get(PAGE).text
    assert "Rosa Ferreira" in public
    assert "Les amis du jeu" in public
    assert "Lucas" not in public
    assert "Selvi" not in public
    assert "2 habitantes ou habitants, sans leur nom" in public
    assert "Sièges occupés : 3 sur 12" in public
    assert "a resident" not in desk.get(PAGE.replace("/fr/", "/en/")).text.partition("resident</h2>")[0]


def test_a_conseil_citoyen_without_names_says_what_the_law_asks_and_not_what_was_done(
    client: FlaskClient, body: Body
) -> None:
    page = client.get(PAGE).text
    assert "Nous ne savons pas encore qui sont les membres." in page
    assert "La loi demande un tirage au sort" in page
    assert "sont tirés au sort" not in page


def test_a_steering_board_says_nothing_of_members(client: FlaskClient, contract: Contract) -> None:
    make_body(contract, "Pilotage", "comite_pilotage", slug="copil")
    assert "Qui y siège" not in client.get("/fr/contrats/val/instances/copil").text


def test_the_desk_of_a_steering_board_has_no_form(client: FlaskClient, contract: Contract) -> None:
    board = make_body(contract, "Pilotage", "comite_pilotage")
    open_browser(client, make.make_account(contract=contract))
    assert "Ses membres ne sont pas publics" in client.get(address(board)).text
    assert client.get(address(board, "/nouveau")).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"first_name": ""}, "Écrivez le prénom."),
        ({"college": "x"}, "Choisissez une réponse de la liste."),
        ({"starts_on": "hier"}, "Cette date ne va pas"),
        ({"email": "pas une adresse"}, "Cette adresse e-mail"),
        ({"ends_on": "2020-01-01"}, "La fin vient après le début"),
    ],
)
def test_a_form_with_a_mistake_keeps_what_was_typed(
    desk: FlaskClient, body: Body, wrong: dict[str, str], said: str
) -> None:
    answer = send(desk, address(body, "/nouveau"), **{**NEW, **wrong})
    assert answer.status_code == 422
    assert said in answer.text.replace("\u00a0", " ")
    assert "Diop" in answer.text


def test_a_form_left_open_too_long_keeps_what_was_typed(desk: FlaskClient, body: Body) -> None:
    answer = desk.post(address(body, "/nouveau"), data=NEW)
    assert answer.status_code == 422
    assert "Diop" in answer.text


def test_a_member_is_corrected_then_leaves(
    desk: FlaskClient, body: Body, moderator: SignedIn, session: Session
) -> None:
    seat = make_seat(moderator, body, "Awa", email="awa@example.org")
    change = address(body, f"/{seat}/modifier")
    assert "awa@example.org" in desk.get(change).text
    assert send(desk, change, **{**NEW, "first_name": "Aïcha"}, version="0").status_code == 303
    late = send(desk, change, **{**NEW, "first_name": "Autre"}, version="0")
    assert (late.status_code, "Autre" in late.text, "Aïcha" in late.text) == (409, True, True)
    end = address(body, f"/{seat}/fin")
    assert send(desk, end, version="1").status_code == 422
    assert send(desk, end, version="1", ending="depart").status_code == 303
    assert "Anciens membres" in desk.get(address(body)).text
    assert "Aïcha" not in desk.get(PAGE).text
    assert desk.get(end).status_code == 404


def test_the_next_substitute_is_called_by_a_button(
    desk: FlaskClient, body: Body, moderator: SignedIn, session: Session
) -> None:
    first, second = (make_seat(moderator, body, name, substitute=True) for name in ("Une", "Deux"))
    page = desk.get(address(body)).text
    assert page.count("Donner un siège à cette personne") == 1
    assert send(desk, address(body, f"/{second}/appeler"), page=address(body)).status_code == 409
    assert send(desk, address(body, f"/{first}/appeler"), page=address(body)).status_code == 303
    session.rollback()
    assert session.execute(select(Seat.substitute).where(Seat.id == first)).scalar() is False


def test_warnings_never_block(desk: FlaskClient, body: Body, moderator: SignedIn) -> None:
    for name in ("Awa", "Rosa", "Inès"):
        make_seat(moderator, body, name, gender="femme", ends_on=None)
    form = address(body, "/sieges")
    assert send(desk, form, number_habitants="douze").status_code == 422
    assert send(desk, form, number_habitants="12", number_acteurs_locaux="").status_code == 303
    page = desk.get(address(body)).text
    assert "femmes 3, hommes 0" in page
    assert "9 sièges sont libres" in page
    assert send(desk, address(body, "/nouveau"), **NEW).status_code == 303


def test_the_answer_is_the_same_whether_an_account_exists_or_not(
    desk: FlaskClient, body: Body, moderator: SignedIn
) -> None:
    known = make.make_account(role=None, organisation_name="")
    answers = []
    for email in (known.email, "inconnue@example.org"):
        seat = make_seat(moderator, body, "Awa")
        answer = send(desk, address(body, f"/{seat}/compte"), email=email, version="0")
        answers.append((answer.status_code, answer.location))
        said = desk.get(address(body)).text
        assert "Cette adresse ouvre maintenant" in said
    assert len(set(answers)) == 1


def test_a_seat_is_reached_through_its_own_body_only(
    desk: FlaskClient, contract: Contract, body: Body
) -> None:
    other = make_body(contract)
    seat = make_seat(make.make_account(), other)
    for path in ("modifier", "fin", "compte"):
        assert desk.get(address(body, f"/{seat}/{path}")).status_code == 404
    assert desk.get(address(other)).status_code == 403


def test_a_forgotten_person_keeps_the_seat_without_a_name(
    desk: FlaskClient, body: Body, moderator: SignedIn, session: Session
) -> None:
    seat = make_seat(moderator, body, "Awa", last_name="Diop")
    link_account(moderator, seat, "awa@example.org", version=0)
    account_id = session.execute(select(Seat.account_id)).scalar_one()
    assert account_id is not None
    with transaction() as writing:
        PART.erase(writing, account_id)
    for page in (desk.get(address(body)).text, desk.get(PAGE).text):
        assert "une habitante ou un habitant" in page
        assert "Diop" not in page
    end_seat(moderator, seat, "depart", version=1)


def test_pages_of_the_desk_are_kept_by_no_cache(desk: FlaskClient, body: Body) -> None:
    assert desk.get(address(body)).headers["Cache-Control"] == "no-store"

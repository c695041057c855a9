"""The desk of bodies, as staff use it."""

import html
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.bodies.models import BodyLife, Meeting
from cdv_civic.bodies.operations.occurrences import cancel_occurrence
from cdv_civic.bodies.rules import weekly
from cdv_civic.territory.models import Body, Contract
from tests import factories as make
from tests.bodies.bodies import PARIS, announce, make_body
from tests.signing_in import send, sign_in, token_of

LATER = {"kind": "meeting", "title_fr": "Le parc", "day": "2026-12-10", "start": "18:30", "end": "20:00"}


@pytest.fixture
def contract(app: object) -> Contract:
    return make.make_contract("val")


@pytest.fixture
def body(contract: Contract) -> Body:
    return make_body(contract, "Conseil citoyen", slug="conseil")


@pytest.fixture
def desk(client: FlaskClient, contract: Contract) -> FlaskClient:
    sign_in(client, make.make_account(contract=contract))
    return client


def address(body: Body, rest: str = "") -> str:
    return f"/fr/bureau/instances/{body.id}{rest}"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return html.unescape(found.group(1))


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, body: Body) -> None:
    for path in ("", "/modifier", "/rencontres/nouvelle"):
        assert client.get(address(body, path)).status_code == 302


def test_staff_see_the_bodies_of_their_contract_only(desk: FlaskClient, body: Body) -> None:
    other = make_body(make.make_contract("ailleurs"), "Table de quartier")
    page = desk.get("/fr/bureau/instances?contrat=ailleurs").text
    assert "Conseil citoyen" in page
    assert "Table de quartier" not in page
    for path in ("", "/modifier", "/rencontres/nouvelle"):
        assert desk.get(address(other, path)).status_code == 403


def test_the_list_is_searched_and_cut(desk: FlaskClient, contract: Contract) -> None:
    for number in range(60):
        make_body(contract, f"Conseil numéro {number}")
    assert "50 sur 60" in desk.get("/fr/bureau/instances").text
    assert "Conseil numéro 59" in desk.get("/fr/bureau/instances?page=2").text
    found = desk.get("/fr/bureau/instances?q=numero+7").text
    assert "Conseil numéro 7" in found
    assert "Conseil numéro 8" not in found
    assert "Aucun conseil ni groupe ne porte ce nom" in desk.get("/fr/bureau/instances?q=zzz").text


def test_a_body_is_described_by_a_form(desk: FlaskClient, body: Body, session: Session) -> None:
    answer = send(
        desk,
        address(body, "/modifier"),
        state="actif",
        version="0",
        contact_fr="À la mairie.",
        contact_ar="هنا",
    )
    assert answer.status_code == 303
    assert session.execute(select(BodyLife.state)).scalar_one() == "actif"
    assert "À la mairie." in desk.get("/fr/contrats/val/instances/conseil").text
    late = send(desk, address(body, "/modifier"), state="en_sommeil", version="0", contact_fr="Mes mots.")
    assert late.status_code == 409
    assert "Mes mots." in late.text
    assert re.search(r"Enregistré maintenant</small> <span[^>]*>À la mairie\.<", late.text)
    assert hidden(late.text, "version") == "1"


def test_a_meeting_in_three_weeks_is_published_at_once(
    desk: FlaskClient, body: Body, session: Session
) -> None:
    form = address(body, "/rencontres/nouvelle")
    key = hidden(desk.get(form).text, "client_key")
    for _twice in range(2):
        answer = send(
            desk,
            form,
            **LATER,
            client_key=key,
            version="0",
            repeat="semaine-2",
            except_months="8",
            spoken="ar",
        )
        assert answer.status_code == 303
    meeting = session.execute(select(Meeting)).scalar_one()
    assert meeting.recurrence is not None
    assert (meeting.recurrence["interval"], meeting.recurrence["except_months"]) == (2, [8])
    assert meeting.spoken == ["ar"]
    assert meeting.starts_at.isoformat() == "2026-12-10T17:30:00+00:00"


@pytest.mark.parametrize(("day", "said"), [("2026-11-24", "dans 4 jours"), ("2026-11-01", "est passée")])
def test_a_near_or_past_date_is_asked_about_once_and_never_refused(
    desk: FlaskClient, body: Body, session: Session, day: str, said: str
) -> None:
    form = address(body, "/rencontres/nouvelle")
    asked = send(desk, form, **{**LATER, "day": day}, client_key="a" * 32, place="Place des Essais")
    assert asked.status_code == 200
    assert said in asked.text
    assert "Place des Essais" in asked.text
    assert session.execute(select(Meeting)).scalars().all() == []
    session.rollback()  # this look is over: the next one sees what came since
    confirmed = hidden(asked.text, "confirmed")
    assert confirmed == day
    answer = send(desk, form, **{**LATER, "day": day}, client_key="a" * 32, confirmed=confirmed)
    assert answer.status_code == 303
    assert len(session.execute(select(Meeting)).scalars().all()) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title_fr": ""}, "Donnez un titre en français."),
        ({"day": "demain"}, "Cette date ne va pas"),
        ({"start": "25:00"}, "Cette heure ne va pas"),
        ({"end": "17:00"}, "La fin vient après le début"),
        ({"kind": "fête"}, "Choisissez une réponse de la liste."),
    ],
)
def test_a_form_with_a_mistake_keeps_what_was_typed(
    desk: FlaskClient, body: Body, wrong: dict[str, str], said: str
) -> None:
    answer = send(
        desk,
        address(body, "/rencontres/nouvelle"),
        **{**LATER, **wrong},
        client_key="a" * 32,
        place="Ici même",
    )
    assert answer.status_code == 422
    assert said in answer.text.replace("\u00a0", " ")
    assert "Ici même" in answer.text


def test_a_form_left_open_too_long_keeps_what_was_typed(desk: FlaskClient, body: Body) -> None:
    answer = desk.post(address(body, "/rencontres/nouvelle"), data={**LATER, "place": "Ici même"})
    assert answer.status_code == 422
    assert "Ici même" in answer.text


def test_a_meeting_that_goes_on_after_midnight_ends_the_next_day(
    desk: FlaskClient, body: Body, session: Session
) -> None:
    hours = {"start": "20:00", "end": "00:30", "second_start": "21:00", "second_end": "01:00"}
    form = address(body, "/rencontres/nouvelle")
    refused = send(desk, form, **{**LATER, **hours}, client_key="a" * 32)
    assert refused.status_code == 422  # the second begins before the first ends
    del hours["second_start"], hours["second_end"]
    assert send(desk, form, **{**LATER, **hours}, client_key="a" * 32).status_code == 303
    meeting = session.execute(select(Meeting)).scalar_one()
    assert meeting.ends_at is not None
    assert meeting.ends_at.isoformat() == "2026-12-10T23:30:00+00:00"
    page = desk.get(address(body, f"/rencontres/{meeting.id}/modifier")).text
    assert 'value="00:30"' in page
    assert "de 20:00 à 00:30" in desk.get("/fr/contrats/val/instances/conseil").text


THURSDAY = {**LATER, "day": "2027-01-28", "repeat": "mois", "client_key": "a" * 32}


@pytest.mark.parametrize(("nth", "said"), [("4", "Le quatrième jeudi"), ("-1", "Le dernier jeudi")])
def test_a_fourth_day_that_is_the_last_is_asked_about_once(
    desk: FlaskClient, body: Body, session: Session, nth: str, said: str
) -> None:
    form = address(body, "/rencontres/nouvelle")
    assert "ou le dernier" not in desk.get(form).text
    asked = send(desk, form, **THURSDAY)
    assert asked.status_code == 422
    assert "Le quatrième du mois, ou le dernier" in asked.text
    assert send(desk, form, **THURSDAY, nth=nth).status_code == 303
    assert said in desk.get("/fr/contrats/val/instances/conseil/rencontres").text
    meeting = session.execute(select(Meeting)).scalar_one()
    page = desk.get(address(body, f"/rencontres/{meeting.id}/modifier")).text
    assert re.search(rf'value="{nth}"[^>]*checked|checked[^>]*value="{nth}"', page)


def test_a_fourth_day_that_is_not_the_last_asks_nothing(desk: FlaskClient, body: Body) -> None:
    form = address(body, "/rencontres/nouvelle")
    assert send(desk, form, **{**THURSDAY, "day": "2026-12-24"}).status_code == 303


def test_the_form_asks_what_becomes_of_a_cancelled_date_when_the_series_moves(
    desk: FlaskClient, body: Body, session: Session
) -> None:
    saturday = date(2026, 12, 12)
    staff = make.make_account()
    meeting = announce(staff, body, saturday, recurrence=weekly(saturday))
    cancel_occurrence(staff, meeting, saturday, {"fr": "Fête."}, sequence=0, zone=PARIS)
    change = address(body, f"/rencontres/{meeting}/modifier")
    fields = {**LATER, "day": "2026-12-11", "repeat": "semaine-1", "version": "1"}
    assert "était annulée" not in desk.get(change).text
    asked = send(desk, change, **fields)
    assert asked.status_code == 422
    question = "La date du samedi 12 décembre 2026 était annulée. Et celle du vendredi 11 décembre 2026"
    assert question in asked.text
    answer = send(desk, change, **fields, **{"carried_2026-12-12": "oui"})
    assert answer.status_code == 303
    page = desk.get("/fr/contrats/val/instances/conseil").text
    assert page.count("meeting-cancelled") == 1
    assert "vendredi 11 décembre 2026" in page


def test_a_far_date_is_counted_in_months(desk: FlaskClient, body: Body) -> None:
    announce(make.make_account(), body, date(2027, 5, 1))
    page = desk.get("/fr/contrats/val/instances/conseil").text
    assert "samedi 1er mai 2027" in page
    assert "dans 5 mois" in page


def test_a_meeting_is_changed_then_cancelled(desk: FlaskClient, body: Body, session: Session) -> None:
    meeting = announce(make.make_account(), body)
    change = address(body, f"/rencontres/{meeting}/modifier")
    page = desk.get(change).text
    assert 'value="18:30"' in page
    assert hidden(page, "version") == "0"
    assert send(desk, change, **{**LATER, "start": "17:00"}, version="0").status_code == 303
    late = send(desk, change, **{**LATER, "title_fr": "Autre titre"}, version="0")
    assert (late.status_code, "Autre titre" in late.text) == (409, True)
    assert re.search(r"Enregistré maintenant</small> <span[^>]*>17:00<", late.text)
    cancel = address(body, f"/rencontres/{meeting}/annuler")
    assert send(desk, cancel, version="1", reason_fr="").status_code == 422
    assert send(desk, cancel, version="1", reason_fr="La salle est fermée.").status_code == 303
    assert "La salle est fermée." in desk.get("/fr/contrats/val/instances/conseil").text
    assert desk.get(cancel).status_code == 303
    found = session.execute(select(Meeting.sequence)).scalar_one()
    assert found == 2


def test_a_meeting_is_reached_through_its_own_body_only(
    desk: FlaskClient, contract: Contract, body: Body
) -> None:
    meeting = announce(make.make_account(), make_body(contract))
    assert desk.get(address(body, f"/rencontres/{meeting}/modifier")).status_code == 404


def test_a_technical_board_has_no_form_of_meetings(desk: FlaskClient, contract: Contract) -> None:
    board = make_body(contract, "Comité technique", "comite_technique")
    assert "Ses rencontres ne sont pas publiques." in desk.get(address(board)).text
    assert desk.get(address(board, "/rencontres/nouvelle")).status_code == 404


def test_pages_of_the_desk_are_kept_by_no_cache(desk: FlaskClient, body: Body) -> None:
    answer = desk.get(address(body))
    assert answer.headers["Cache-Control"] == "no-store"
    assert token_of(answer)

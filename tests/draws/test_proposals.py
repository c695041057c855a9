"""Who is drawn is asked first: nobody sits, or is named, before they said yes."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, NotFound
from cdv_civic.draws.operations.drawing import propose_seats, seed_draw, take_back_proposals
from cdv_civic.draws.operations.preparing import add_candidates
from cdv_civic.draws.operations.publishing import publish_list
from cdv_civic.draws.persons import NewCandidate
from cdv_civic.seats.models import Seat
from cdv_civic.seats.operations.accounts import link_account
from cdv_civic.seats.operations.members import end_seat
from cdv_civic.seats.operations.numbers import set_numbers
from cdv_civic.seats.operations.proposals import accept, decline
from cdv_civic.seats.operations.retention import forget_former
from cdv_civic.seats.queries import membership, public_colleges
from cdv_civic.territory.models import Body, Contract
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import TODAY
from tests.draws.draws import RULE, SEED_DAY, at_desk, make_draw, make_drawn, make_seat
from tests.publishing import seen_at_once

AFTER = TODAY + timedelta(days=10)


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract(slug="val")


@pytest.fixture
def body(contract: Contract) -> Body:
    return make_body(contract, slug="conseil")


def seats(session: Session) -> list[Seat]:
    return list(session.execute(select(Seat).order_by(Seat.id)).scalars())


def public_text(client: FlaskClient, body: Body) -> str:
    return client.get(f"/fr/contrats/val/instances/{body.slug}").text


def test_nobody_is_named_or_counted_before_they_said_yes(
    moderator: SignedIn, body: Body, session: Session, client: FlaskClient
) -> None:
    set_numbers(moderator, body.id, {"habitants": 3})
    draw_id = make_drawn(moderator, body)
    propose_seats(moderator, draw_id)
    proposed = seats(session)
    assert len(proposed) == 5
    today = clock.today()
    assert all(
        one.filled == 0 and not one.members and not one.substitutes for one in public_colleges(body.id, today)
    )
    page = public_text(client, body)
    assert not any(seat.first_name in page for seat in proposed)
    with seen_at_once():
        accept(moderator, proposed[0].id, version=0)
    (college,) = public_colleges(body.id, today)
    assert [member.name for member in college.members] == [proposed[0].first_name]
    assert college.filled == 1
    assert session.get_one(Seat, proposed[0].id, populate_existing=True).agreed_on == today
    line = session.execute(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
    assert (line.action, (line.after or {})["act"]) == ("seat.edit", "agreed")


def test_no_more_seats_are_proposed_than_are_free(moderator: SignedIn, body: Body, session: Session) -> None:
    set_numbers(moderator, body.id, {"habitants": 2})
    make_seat(moderator, body)
    found = propose_seats(moderator, make_drawn(moderator, body))
    assert (found.seats, found.substitutes, found.known) == (1, 4, 0)
    assert [seat.rank for seat in seats(session)[1:]] == [None, 1, 2, 3, 4]


def test_no_more_people_sit_than_there_are_seats(moderator: SignedIn, body: Body, session: Session) -> None:
    set_numbers(moderator, body.id, {"habitants": 3})
    propose_seats(moderator, make_drawn(moderator, body))
    first, *_others = seats(session)
    set_numbers(moderator, body.id, {"habitants": 1})
    make_seat(moderator, body, "Amina")
    with pytest.raises(Conflict) as refusal:
        accept(moderator, first.id, version=0)
    assert "Tous ces sièges sont pris" in str(refusal.value.sentence)


def test_a_no_leaves_nothing_of_the_person(moderator: SignedIn, body: Body, session: Session) -> None:
    propose_seats(moderator, make_drawn(moderator, body))
    first = seats(session)[0]
    name = first.first_name
    decline(moderator, first.id, version=0)
    session.expire_all()
    assert first.id not in [seat.id for seat in seats(session)]
    told = [str(entry.after) for entry in session.execute(select(AuditEntry)).scalars()]
    assert any("declined" in line for line in told)
    assert not any(name in line for line in told)
    with pytest.raises(NotFound):
        decline(moderator, first.id, version=0)


def test_a_yes_twice_is_one_yes_and_a_no_after_it_is_refused(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    propose_seats(moderator, make_drawn(moderator, body))
    first = seats(session)[0]
    accept(moderator, first.id, version=0)
    accept(moderator, first.id, version=0)
    with pytest.raises(Conflict):
        decline(moderator, first.id, version=1)


def test_who_has_not_answered_holds_no_account_and_ends_no_seat(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    propose_seats(moderator, make_drawn(moderator, body))
    first = seats(session)[0]
    with pytest.raises(Conflict):
        link_account(moderator, first.id, "quelquun@example.org", version=0)
    with pytest.raises(Conflict):
        end_seat(moderator, first.id, "autre", version=0)
    account = make.make_account()
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.get_one(Seat, first.id).account_id = account.actor_id


def test_proposals_are_taken_back_and_made_again_and_a_yes_stays(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    draw_id = make_drawn(moderator, body)
    propose_seats(moderator, draw_id)
    first = seats(session)[0]
    accept(moderator, first.id, version=0)
    assert take_back_proposals(moderator, draw_id) == 4
    assert [seat.id for seat in seats(session)] == [first.id]
    assert take_back_proposals(moderator, draw_id) == 0
    again = propose_seats(moderator, draw_id)
    assert again.seats + again.substitutes + again.known == 5
    assert len([seat for seat in seats(session) if not seat.pending]) == 1
    assert len(seats(session)) == 5


def test_the_undo_of_one_draw_leaves_those_of_others(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    first, second = make_drawn(moderator, body), make_drawn(moderator, body, number=9)
    propose_seats(moderator, first)
    asked = len(seats(session))
    propose_seats(moderator, second)
    take_back_proposals(moderator, second)
    assert len(seats(session)) == asked


def test_a_proposal_that_nobody_answered_is_erased(moderator: SignedIn, body: Body, session: Session) -> None:
    propose_seats(moderator, make_drawn(moderator, body))
    accept(moderator, seats(session)[0].id, version=0)
    with clock.frozen_everywhere(max(TODAY, AFTER) + timedelta(days=91)):
        assert forget_former() == 4
    session.expire_all()
    assert [seat.pending for seat in seats(session)] == [False]


def test_the_desk_lists_who_is_asked_apart_and_counts_them_nowhere(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    set_numbers(moderator, body.id, {"habitants": 3})
    propose_seats(moderator, make_drawn(moderator, body))
    found = membership(body.id, clock.today())
    college = next(one for one in found.colleges if one.word.code == "habitants")
    assert (len(college.pending), len(college.members), len(college.substitutes)) == (5, 0, 0)
    assert [caution.number for caution in found.cautions] == [3], "three seats are free"


@pytest.mark.parametrize("numbers", ["3 17 22 41 49 5", "1 2 3 4 5 6", "7 8 9 10 11 1", "12 20 30 40 49 9"])
def test_a_couple_with_one_address_and_two_namesakes_are_all_asked_in_whatever_order(
    moderator: SignedIn, body: Body, session: Session, numbers: str
) -> None:
    draw_id = make_draw(moderator, body, 0, seats=4, substitutes=0)
    shared = "famille.ba@example.org"
    people = [
        NewCandidate("Awa", "Ba", shared, profile=("Femmes",)),
        NewCandidate("Karim", "Ba", shared, profile=("Hommes",)),
        NewCandidate("Camille", "Roy", profile=("Femmes",)),
        NewCandidate("Camille", "Roy", profile=("Hommes",), namesake=2),
    ]
    assert add_candidates(moderator, draw_id, people).added == 4
    publish_list(
        moderator, draw_id, seed_rule=RULE, seed_day=SEED_DAY, version=at_desk(body, draw_id).version
    )
    with clock.frozen_everywhere(TODAY.replace(month=12, day=6)):
        seed_draw(moderator, draw_id, numbers)
    found = propose_seats(moderator, draw_id)
    assert (found.seats, found.known) == (4, 0)
    assert sorted(seat.first_name for seat in seats(session)) == ["Awa", "Camille", "Camille", "Karim"]


def test_who_sits_there_already_is_not_asked_again(moderator: SignedIn, body: Body, session: Session) -> None:
    make_seat(moderator, body, "Prénom0", last_name="Nom0", email="personne0@example.org")
    draw_id = make_drawn(moderator, body, 3)
    found = propose_seats(moderator, draw_id)
    assert (found.seats, found.known, found.known_names) == (2, 1, ("Prénom0 Nom0",))

"""Seats: given, corrected, called, ended, forgotten."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.seats.models import CollegeSeats, Seat
from cdv_civic.seats.operations.accounts import link_account
from cdv_civic.seats.operations.members import Member, call_substitute, change_seat, end_seat, open_seat
from cdv_civic.seats.operations.numbers import set_numbers
from cdv_civic.seats.operations.retention import forget_former
from cdv_civic.seats.personal_data import PART
from cdv_civic.seats.queries import membership, public_colleges
from cdv_civic.territory.models import Body, Contract
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import TODAY
from tests.draws.draws import make_seat
from tests.publishing import publications, seen_at_once

DAY = date(2026, 3, 8)


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract()


@pytest.fixture
def body(contract: Contract) -> Body:
    return make_body(contract)


@pytest.fixture
def moderator(body: Body) -> SignedIn:
    return make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))


def seat_of(session: Session, seat_id: int) -> Seat:
    return session.get_one(Seat, seat_id, populate_existing=True)


def a_member(**values: Any) -> Member:
    return Member(
        **{"college": "habitants", "way": "volontaire", "first_name": "Awa", "starts_on": DAY, **values}
    )


def test_a_moderator_gives_a_seat_and_everybody_reads_the_first_name(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    before = publications()
    make_seat(moderator, body, "Awa", last_name="Diop", email="awa@example.org")
    (college,) = public_colleges(body.id, clock.today())
    assert [(each.name, each.represents, each.since) for each in college.members] == [("Awa", "", DAY)]
    assert publications() == before + 1
    line = session.execute(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
    assert line.action == "seat.edit"
    assert "Awa" not in repr((line.before, line.after))
    assert "example.org" not in repr((line.before, line.after))


def test_a_moderator_of_another_body_gives_none(contract: Contract, moderator: SignedIn) -> None:
    with pytest.raises(Forbidden):
        make_seat(moderator, make_body(contract))


def test_a_steering_board_has_no_members_here(contract: Contract, app: Flask) -> None:
    with pytest.raises(DomainError):
        make_seat(make.make_account(), make_body(contract, "Pilotage", "comite_pilotage"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first_name": "  "}, "first_name"),
        ({"first_name": "x" * 81}, "first_name"),
        ({"college": "tous"}, "college"),
        ({"way": "hasard"}, "way"),
        ({"gender": "x"}, "gender"),
        ({"email": "nonsense"}, "email"),
        ({"phone": "12 34 5"}, "phone"),
        ({"ends_on": DAY - timedelta(days=1)}, "ends_on"),
    ],
)
def test_a_mistake_is_named_beside_its_field(
    moderator: SignedIn, body: Body, values: dict[str, object], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        open_seat(moderator, body.id, a_member(**values), client_key="u" * 16)
    assert refused.value.field == field


def test_what_is_written_of_a_member_may_be_as_long_as_its_limit(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    longest = {"first_name": "x" * 80, "last_name": "y" * 80, "phone": "0" * 80}
    member = a_member(**longest, college="acteurs_locaux", represents="z" * 254, ends_on=DAY)
    seat = seat_of(session, open_seat(moderator, body.id, member, client_key="u" * 16))
    assert {name: getattr(seat, name) for name in longest} == longest
    assert (seat.represents, seat.ends_on) == ("z" * 254, DAY)
    for name, text in {**longest, "represents": "z" * 254}.items():
        with pytest.raises(DomainError) as refused:
            open_seat(moderator, body.id, a_member(**{name: text + "0"}), client_key="v" * 16)
        assert refused.value.field == name


def test_a_phone_has_six_digits_or_more(moderator: SignedIn, body: Body, session: Session) -> None:
    assert seat_of(session, make_seat(moderator, body, phone="12 34 56")).phone == "12 34 56"


def test_the_same_form_twice_gives_one_seat(moderator: SignedIn, body: Body, session: Session) -> None:
    first = open_seat(moderator, body.id, a_member(), client_key="u" * 16)
    assert open_seat(moderator, body.id, a_member(), client_key="u" * 16) == first
    assert len(session.execute(select(Seat.id)).all()) == 1


def test_one_person_has_one_open_seat_in_a_college(moderator: SignedIn, body: Body) -> None:
    seat = make_seat(moderator, body, "Awa", last_name="Diop")
    with pytest.raises(Conflict):
        make_seat(moderator, body, "AWA", last_name="Diop", substitute=True)
    make_seat(moderator, body, "Awa", last_name="Diop", college="acteurs_locaux")
    end_seat(moderator, seat, "mandat", version=0)
    make_seat(moderator, body, "Awa", last_name="Diop")


def test_of_ten_requests_at_once_one_seats_a_person(
    app: Flask, moderator: SignedIn, body: Body, session: Session
) -> None:
    session.rollback()
    ready = threading.Barrier(10)
    won: list[int] = []
    lost: list[type[Exception]] = []
    body_id = body.id

    def give(number: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                won.append(
                    open_seat(
                        moderator, body_id, a_member(last_name="Diop"), client_key=f"essai-a-la-fois-{number}"
                    )
                )
            except Exception as error:
                lost.append(type(error))

    threads = [threading.Thread(target=give, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), set(lost), len(lost)) == (1, {Conflict}, 9)


def test_a_seat_is_corrected_by_one_at_a_time(moderator: SignedIn, body: Body, session: Session) -> None:
    seat = make_seat(moderator, body, "Awa")
    change_seat(moderator, seat, a_member(last_name="Diop", name_public=True), version=0)
    assert seat_of(session, seat).name_public_on == clock.today()
    with pytest.raises(Conflict):
        change_seat(moderator, seat, a_member(first_name="Autre"), version=0)
    change_seat(moderator, seat, a_member(last_name="Diop", name_public=True, minor=True), version=1)
    assert seat_of(session, seat).name_public_on is None


def test_a_woman_or_man_is_asked_of_residents_only(moderator: SignedIn, body: Body, session: Session) -> None:
    seat = make_seat(moderator, body, college="acteurs_locaux", gender="femme", represents="Les amis")
    assert (seat_of(session, seat).gender, seat_of(session, seat).represents) == (None, "Les amis")


def test_substitutes_are_called_in_their_order(moderator: SignedIn, body: Body, session: Session) -> None:
    first = make_seat(moderator, body, "Une", substitute=True)
    second = make_seat(moderator, body, "Deux", substitute=True)
    with pytest.raises(Conflict):
        call_substitute(moderator, second)
    call_substitute(moderator, first)
    called = seat_of(session, first)
    assert (called.substitute, called.rank, called.starts_on) == (False, None, clock.today())
    with pytest.raises(Conflict):
        call_substitute(moderator, first)
    call_substitute(moderator, second)
    with pytest.raises(NotFound):
        call_substitute(moderator, 999)


def test_a_substitute_is_not_called_to_a_seat_that_does_not_exist(moderator: SignedIn, body: Body) -> None:
    set_numbers(moderator, body.id, {"habitants": 1})
    sits = make_seat(moderator, body, "Une")
    waits = make_seat(moderator, body, "Deux", substitute=True)
    with pytest.raises(Conflict):
        call_substitute(moderator, waits)
    end_seat(moderator, sits, "depart", version=0)
    call_substitute(moderator, waits)


def test_a_seat_that_ends_keeps_no_contact(moderator: SignedIn, body: Body, session: Session) -> None:
    known = {"email": "awa@example.org", "phone": "06 12 34 56 78", "gender": "femme"}
    seat = make_seat(moderator, body, "Awa", last_name="Diop", **known)
    written = seat_of(session, seat)
    assert {name: getattr(written, name) for name in known} == known
    with pytest.raises(DomainError):
        end_seat(moderator, seat, "parce que", version=0)
    end_seat(moderator, seat, "depart", version=0)
    ended = seat_of(session, seat)
    assert (ended.ended_on, ended.ending) == (clock.today(), "depart")
    assert (ended.email, ended.phone, ended.gender, ended.person_key) == ("", "", None, None)
    assert public_colleges(body.id, clock.today()) == []
    with pytest.raises(Conflict):
        end_seat(moderator, seat, "depart", version=1)


def test_names_of_former_members_go_a_year_later(moderator: SignedIn, body: Body, session: Session) -> None:
    seat = make_seat(moderator, body, "Awa", last_name="Diop")
    end_seat(moderator, seat, "mandat", version=0)
    with clock.frozen_everywhere(TODAY + timedelta(days=364)):
        assert forget_former() == 0
    with clock.frozen_everywhere(TODAY + timedelta(days=365)):
        assert forget_former() == 1
        assert forget_former() == 0
    assert seat_of(session, seat).first_name == ""


def test_numbers_of_seats_may_stay_unsaid(moderator: SignedIn, body: Body, session: Session) -> None:
    set_numbers(moderator, body.id, {"habitants": 12, "acteurs_locaux": None})
    assert [(each.college, each.number) for each in session.execute(select(CollegeSeats)).scalars()] == [
        ("habitants", 12)
    ]
    set_numbers(moderator, body.id, {"habitants": None})
    assert session.execute(select(CollegeSeats)).scalars().all() == []
    with pytest.raises(DomainError) as refused:
        set_numbers(moderator, body.id, {"habitants": -1})
    assert refused.value.field == "number_habitants"


def test_an_account_is_tied_to_a_seat_with_its_role_and_both_end_together(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    seat = make_seat(moderator, body, "Awa")
    assert link_account(moderator, seat, "Awa@Example.org", version=0)
    account = session.execute(select(Account).where(Account.email == "awa@example.org")).scalar_one()
    grant = session.execute(select(RoleGrant).where(RoleGrant.account_id == account.id)).scalar_one()
    assert (grant.role, grant.body_id, grant.planned_end) == (Role.MEMBER.value, body.id, None)
    assert grant.waits_until is not None, "until the person comes for the first time"
    other = make_seat(moderator, body, "Awa encore")
    with pytest.raises(Conflict):
        link_account(moderator, other, "awa@example.org", version=0)
    end_seat(moderator, seat, "depart", version=1)
    session.refresh(grant)
    assert grant.ends_at == clock.now()


def test_an_account_that_exists_is_tied_in_the_same_way(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    known = make.make_account(role=None, organisation_name="")
    seat = make_seat(moderator, body, "Awa")
    assert link_account(moderator, seat, known.email, version=0)
    assert seat_of(session, seat).account_id == known.actor_id


def test_erasing_an_account_leaves_a_resident_without_a_name(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    seat = make_seat(moderator, body, "Awa", last_name="Diop", email="awa@example.org", name_public=True)
    link_account(moderator, seat, "awa@example.org", version=0)
    account_id = seat_of(session, seat).account_id
    assert account_id is not None
    (row,) = PART.read(session, account_id)
    assert (row["body"], row["first_name"], row["email"]) == (body.name, "Awa", "awa@example.org")
    before = publications()
    with transaction() as writing:
        PART.erase(writing, account_id)
    left = seat_of(session, seat)
    assert "Diop" not in repr(vars(left))
    assert (left.first_name, left.email, left.account_id) == ("", "", None)
    (college,) = public_colleges(body.id, clock.today())
    assert (college.members, college.unnamed) == ((), 1)
    assert publications() == before + 1
    assert PART.read(session, account_id) == []


def test_the_desk_reads_a_large_body_with_the_same_statements(
    moderator: SignedIn, body: Body, count_statements: Callable[[], Any]
) -> None:
    costs = []
    for start in (0, 20):
        with count_statements() as statements:
            membership(body.id, clock.today())
            public_colleges(body.id, clock.today())
        costs.append(len(statements))
        for number in range(start, start + 20):
            make_seat(moderator, body, f"Prénom{number}", last_name=f"Nom{number}")
    assert costs == [5, 5]


def test_the_second_of_two_namesakes_can_be_changed_whoever_sat_first(
    moderator: SignedIn, body: Body
) -> None:
    roy = a_member(first_name="Camille", last_name="Roy")
    second = open_seat(moderator, body.id, roy, client_key="camille-2-unique-key", namesake=2)
    first = open_seat(moderator, body.id, roy, client_key="camille-1-unique-key")
    for seat in (first, second):
        change_seat(moderator, seat, a_member(first_name="Camille", last_name="Roy", minor=True), version=0)
    with pytest.raises(Conflict):
        open_seat(moderator, body.id, roy, client_key="camille-3-unique-key")


def test_kept_pages_show_each_change_of_the_seats_at_once(moderator: SignedIn, body: Body) -> None:
    with seen_at_once():
        seat = make_seat(moderator, body, "Awa", substitute=True)
    with seen_at_once():
        change_seat(moderator, seat, a_member(first_name="Fatou", substitute=True), version=0)
    with seen_at_once():
        call_substitute(moderator, seat)
    with seen_at_once():
        end_seat(moderator, seat, "depart", version=2)
    with seen_at_once():
        set_numbers(moderator, body.id, {"habitants": 12})


def test_each_act_on_a_seat_leaves_a_line_in_the_trail_that_names_nobody(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    seat = make_seat(moderator, body, "Awa", substitute=True)
    change_seat(moderator, seat, a_member(first_name="Fatou", substitute=True), version=0)
    call_substitute(moderator, seat)
    link_account(moderator, seat, "awa@example.org", version=2)
    end_seat(moderator, seat, "depart", version=3)
    set_numbers(moderator, body.id, {"habitants": 12})
    session.rollback()
    lines = session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars().all()
    assert [(line.after or {}).get("act") for line in lines if line.action == "seat.edit"][:5] == [
        "opened", "changed", "called", "linked", "ended",
    ]  # fmt: skip
    assert (lines[-1].action, lines[-1].after) == ("seat.edit", {"numbers": {"habitants": 12}})
    told = " ".join(f"{line.before} {line.after}" for line in lines)
    assert not [name for name in ("Awa", "Fatou", "example.org") if name in told]

"""Draws of lots, from the first form to the seats."""

import threading
from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.draws.algorithm import draw
from cdv_civic.draws.models import Draw, DrawCandidate, DrawList
from cdv_civic.draws.operations.drawing import Proposed, propose_seats, seed_draw, take_back_proposals
from cdv_civic.draws.operations.preparing import (
    Added,
    add_candidates,
    change_draw,
    discard_draw,
    prepare_draw,
    remove_candidate,
)
from cdv_civic.draws.operations.publishing import publish_list, withdraw_candidate
from cdv_civic.draws.operations.retention import forget_candidates
from cdv_civic.draws.persons import NewCandidate
from cdv_civic.draws.queries import candidates_of, draws_of, public_draw
from cdv_civic.draws.rules import Category, Value, fingerprint, parse
from cdv_civic.seats.models import Seat
from cdv_civic.territory.models import Body, Contract
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import TODAY
from tests.draws.draws import (
    GENDER,
    RULE,
    SEED_DAY,
    a_plan,
    at_desk,
    make_draw,
    make_drawn,
    make_published,
    make_seat,
    people,
)
from tests.publishing import seen_at_once

AFTER = TODAY.replace(month=12, day=6)


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract("val")


@pytest.fixture
def body(contract: Contract) -> Body:
    return make_body(contract, slug="conseil")


@pytest.fixture
def moderator(body: Body) -> SignedIn:
    return make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"college": "tous"}, "college"),
        ({"seats": 0}, "seats"),
        ({"substitutes": -1}, "substitutes"),
        ({"categories": (GENDER, GENDER)}, "name_2"),
        ({"categories": (Category("Genre", (Value("Femmes", 4),)),)}, "values_1"),
        ({"categories": (Category("Genre", (Value("Femmes", 0, 2),)),)}, "values_1"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    moderator: SignedIn, body: Body, values: dict[str, object], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        prepare_draw(moderator, body.id, a_plan(**values), client_key="u" * 16)
    assert refused.value.field == field


def test_the_same_form_twice_prepares_one_draw(moderator: SignedIn, body: Body) -> None:
    first = prepare_draw(moderator, body.id, a_plan(), client_key="u" * 16)
    assert prepare_draw(moderator, body.id, a_plan(), client_key="u" * 16) == first
    assert len(draws_of(body.id)) == 1
    assert draws_of(body.id, published=True) == []


def test_somebody_else_prepares_none(contract: Contract, moderator: SignedIn) -> None:
    with pytest.raises(Forbidden):
        make_draw(moderator, make_body(contract))


def test_a_person_stands_on_the_list_once_with_a_number_of_chance(moderator: SignedIn, body: Body) -> None:
    draw_id = make_draw(moderator, body, 8)
    assert add_candidates(moderator, draw_id, people(9)) == Added(1, 8)
    with pytest.raises(Conflict):
        add_candidates(moderator, draw_id, people(1), many=False)
    labels = [each.label for each in candidates_of(draw_id)]
    assert len(set(labels)) == 9
    assert all(len(label) == 5 and label.isdigit() for label in labels)


def test_somebody_who_cannot_be_told_apart_is_not_listed(moderator: SignedIn, body: Body) -> None:
    draw_id = make_draw(moderator, body, 0)
    with pytest.raises(DomainError) as refused:
        add_candidates(moderator, draw_id, [NewCandidate("Awa", profile=("Femmes",))])
    assert refused.value.field == "last_name"
    with pytest.raises(DomainError):
        add_candidates(moderator, draw_id, [NewCandidate("Awa", "Diop", profile=("Autre",))])


def test_a_plan_changes_as_long_as_the_people_fit(moderator: SignedIn, body: Body) -> None:
    draw_id = make_draw(moderator, body)
    version = at_desk(body, draw_id).version
    more = Category("Genre", (Value("Femmes", 2), Value("Hommes")))
    change_draw(moderator, draw_id, a_plan(seats=4, categories=(more,)), version=version)
    assert at_desk(body, draw_id).seats == 4
    with pytest.raises(Conflict):
        change_draw(moderator, draw_id, a_plan(), version=version)
    with pytest.raises(DomainError):
        change_draw(moderator, draw_id, a_plan(categories=()), version=version + 1)
    women = (Category("Genre", (Value("Femmes"),)),)
    with pytest.raises(DomainError) as refused:
        change_draw(moderator, draw_id, a_plan(categories=women), version=version + 1)
    assert refused.value.field == "values_1"


def test_a_draft_is_thrown_away_with_its_names(moderator: SignedIn, body: Body, session: Session) -> None:
    draw_id = make_draw(moderator, body)
    discard_draw(moderator, draw_id)
    assert session.execute(select(func.count()).select_from(DrawCandidate)).scalar() == 0
    with pytest.raises(NotFound):
        discard_draw(moderator, draw_id)


def test_a_published_list_is_frozen_and_names_nobody(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    draw_id = make_published(moderator, body)
    found = public_draw("val", "conseil", draw_id)
    assert found is not None
    assert found.latest.sha256 == fingerprint(found.latest.text)
    assert "Prénom" not in found.latest.text
    assert "example.org" not in found.latest.text
    assert RULE in found.latest.text
    person = candidates_of(draw_id)[0].id
    version = at_desk(body, draw_id).version
    for act in (
        lambda: add_candidates(moderator, draw_id, people(9)),
        lambda: change_draw(moderator, draw_id, a_plan(), version=version),
        lambda: remove_candidate(moderator, draw_id, person),
        lambda: discard_draw(moderator, draw_id),
        lambda: publish_list(moderator, draw_id, seed_rule=RULE, seed_day=SEED_DAY, version=version),
    ):
        with pytest.raises(Conflict):
            act()
    assert "Prénom" not in repr(
        [(each.before, each.after) for each in session.execute(select(AuditEntry)).scalars()]
    )


@pytest.mark.parametrize(
    ("rule", "day", "field"),
    [
        ("  ", SEED_DAY, "seed_rule"),
        ("x" * 301, SEED_DAY, "seed_rule"),
        (RULE, None, "seed_day"),
        (RULE, date(2026, 11, 20), "seed_day"),
        (RULE, date(2028, 1, 1), "seed_day"),
    ],
)
def test_a_rule_names_its_source_and_a_day_to_come(
    moderator: SignedIn, body: Body, rule: str, day: date | None, field: str
) -> None:
    draw_id = make_draw(moderator, body)
    with pytest.raises(DomainError) as refused:
        publish_list(moderator, draw_id, seed_rule=rule, seed_day=day, version=1)
    assert refused.value.field == field


def test_an_empty_list_is_not_published(moderator: SignedIn, body: Body) -> None:
    draw_id = make_draw(moderator, body, 0)
    with pytest.raises(DomainError):
        publish_list(moderator, draw_id, seed_rule=RULE, seed_day=SEED_DAY, version=0)


def test_a_withdrawal_publishes_a_new_list_and_keeps_the_old(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    draw_id = make_published(moderator, body)
    person = candidates_of(draw_id)[0]
    withdraw_candidate(
        moderator,
        draw_id,
        person.id,
        seed_rule=RULE,
        seed_day=SEED_DAY,
        version=at_desk(body, draw_id).version,
    )
    found = public_draw("val", "conseil", draw_id)
    assert found is not None
    assert [each.number for each in found.lists] == [2, 1]
    assert person.label in found.lists[1].text
    assert person.label not in found.lists[0].text
    row = session.get_one(DrawCandidate, person.id, populate_existing=True)
    assert (row.first_name, row.email, row.person_key) == ("", "", None)
    with pytest.raises(NotFound):
        withdraw_candidate(moderator, draw_id, person.id, seed_rule=RULE, seed_day=SEED_DAY, version=3)


def test_nobody_withdraws_once_the_seed_may_be_known_without_a_new_day(
    moderator: SignedIn, body: Body
) -> None:
    draw_id = make_published(moderator, body)
    person = candidates_of(draw_id)[0].id
    version = at_desk(body, draw_id).version
    with clock.frozen_everywhere(AFTER):
        with pytest.raises(DomainError) as refused:
            withdraw_candidate(moderator, draw_id, person, seed_rule=RULE, seed_day=SEED_DAY, version=version)
        assert refused.value.field == "seed_day"
        later = date(2026, 12, 12)
        withdraw_candidate(moderator, draw_id, person, seed_rule=RULE, seed_day=later, version=version)
    assert at_desk(body, draw_id).seed_day == later


def test_the_seed_is_typed_in_once_its_day_has_come(moderator: SignedIn, body: Body) -> None:
    draft = make_draw(moderator, body)
    with pytest.raises(Conflict):
        seed_draw(moderator, draft, "3 17 22 41")
    draw_id = make_published(moderator, body)
    with pytest.raises(DomainError):
        seed_draw(moderator, draw_id, "3 17 22 41")
    with clock.frozen_everywhere(AFTER):
        with pytest.raises(DomainError):
            seed_draw(moderator, draw_id, "3 1")
        result = seed_draw(moderator, draw_id, " 03, 17 · 22 / 41")
        with pytest.raises(Conflict):
            seed_draw(moderator, draw_id, "1 2 3 4 5 6")
    found = at_desk(body, draw_id)
    assert (found.seed, found.result) == ("3-17-22-41", result)
    assert len(result.seats) == 3


def test_the_seed_is_typed_in_on_its_very_day_and_not_the_day_before(moderator: SignedIn, body: Body) -> None:
    draw_id = make_published(moderator, body)
    day = TODAY.replace(month=SEED_DAY.month, day=SEED_DAY.day)
    with clock.frozen_everywhere(day - timedelta(days=1)), pytest.raises(DomainError) as refused:
        seed_draw(moderator, draw_id, "3 17 22 41")
    assert refused.value.field == "seed"
    with clock.frozen_everywhere(day):
        assert len(seed_draw(moderator, draw_id, "3 17 22 41").seats) == 3


@pytest.mark.parametrize(("days", "fine"), [(0, False), (1, True), (366, True), (367, False)])
def test_the_day_of_the_seed_comes_within_a_year_after_the_list(
    moderator: SignedIn, body: Body, days: int, fine: bool
) -> None:
    draw_id = make_draw(moderator, body)
    day, version = clock.today() + timedelta(days=days), at_desk(body, draw_id).version
    with nullcontext() if fine else pytest.raises(DomainError):
        publish_list(moderator, draw_id, seed_rule="x" * 300, seed_day=day, version=version)
    assert at_desk(body, draw_id).seed_day == (day if fine else None)


def test_of_ten_people_who_type_a_seed_at_once_the_first_wins(
    app: Flask, moderator: SignedIn, body: Body, session: Session
) -> None:
    draw_id = make_published(moderator, body)
    session.rollback()
    ready = threading.Barrier(10)
    won: list[str] = []
    lost: list[type[Exception]] = []

    def type_in(number: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                seed_draw(moderator, draw_id, f"100000 {number}")
                won.append(f"100000-{number}")
            except Exception as error:
                lost.append(type(error))

    with clock.frozen_everywhere(AFTER):
        threads = [threading.Thread(target=type_in, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (len(won), set(lost), len(lost)) == (1, {Conflict}, 9)
    found = at_desk(body, draw_id)
    assert found.seed == won[0]
    published = session.execute(select(DrawList)).scalar_one()
    assert found.result == draw(parse(published.text), published.sha256, won[0])


def test_those_who_are_drawn_get_seats_and_the_next_are_substitutes(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    draw_id = make_drawn(moderator, body)
    result = at_desk(body, draw_id).result
    assert result is not None
    names = {each.label: each.name for each in candidates_of(draw_id)}
    assert propose_seats(moderator, draw_id) == Proposed(3, 2, 0)
    seats = session.execute(select(Seat).order_by(Seat.id)).scalars().all()
    assert [f"{each.first_name} {each.last_name}" for each in seats] == [
        names[label] for label in (*result.seats, *result.substitutes)
    ]
    assert [each.rank for each in seats] == [None, None, None, 1, 2]
    assert {each.gender for each in seats} <= {"femme", "homme"}
    assert {each.way for each in seats} == {"tirage"}
    with pytest.raises(Conflict):
        propose_seats(moderator, draw_id)


def test_who_sits_already_is_left_out(moderator: SignedIn, body: Body) -> None:
    draw_id = make_drawn(moderator, body)
    result = at_desk(body, draw_id).result
    assert result is not None
    first = next(each for each in candidates_of(draw_id) if each.label == result.seats[0])
    make_seat(moderator, body, first.name.split()[0], email=first.contact)
    assert propose_seats(moderator, draw_id) == Proposed(2, 2, 1, (first.name,))


def test_names_of_those_who_were_not_drawn_go_after_the_set_days(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    draw_id = make_drawn(moderator, body)
    with clock.frozen_everywhere(AFTER + timedelta(days=89)):
        assert forget_candidates() == 0
    with clock.frozen_everywhere(AFTER + timedelta(days=91)):
        assert forget_candidates() == 3
        assert forget_candidates() == 0
        kept = [each.name for each in candidates_of(draw_id) if each.name]
        assert len(kept) == 5
        propose_seats(moderator, draw_id)
        assert forget_candidates() == 5
    assert [each.name for each in candidates_of(draw_id) if each.name or each.contact] == []
    assert public_draw("val", "conseil", draw_id) is not None
    assert session.get_one(Draw, draw_id, populate_existing=True).erased_at is not None


def test_names_of_a_draw_that_was_never_done_go_too(moderator: SignedIn, body: Body) -> None:
    draft, published = make_draw(moderator, body), make_published(moderator, body)
    with clock.frozen_everywhere(TODAY + timedelta(days=91)):
        assert forget_candidates() == 8
        assert candidates_of(draft) == []
        assert candidates_of(published)[0].name
    with clock.frozen_everywhere(AFTER + timedelta(days=91)):
        assert forget_candidates() == 8
    assert [each.name for each in candidates_of(published) if each.name] == []


def test_kept_pages_show_each_step_of_a_public_draw_at_once(moderator: SignedIn, body: Body) -> None:
    draw_id = make_draw(moderator, body)
    version = at_desk(body, draw_id).version
    with seen_at_once():
        publish_list(moderator, draw_id, seed_rule=RULE, seed_day=SEED_DAY, version=version)
    version, person = at_desk(body, draw_id).version, candidates_of(draw_id)[0].id
    with seen_at_once():
        withdraw_candidate(moderator, draw_id, person, seed_rule=RULE, seed_day=SEED_DAY, version=version)
    with clock.frozen_everywhere(AFTER), seen_at_once():
        seed_draw(moderator, draw_id, "3 17 22 41")


def acts_told(session: Session) -> list[str]:
    session.rollback()
    lines = select(AuditEntry).where(AuditEntry.action == "draw.run").order_by(AuditEntry.id)
    return [(line.after or {})["act"] for line in session.execute(lines).scalars()]


def test_each_step_of_a_draw_leaves_a_line_in_the_trail(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    draw_id = make_draw(moderator, body)
    change_draw(moderator, draw_id, a_plan(seats=2), version=at_desk(body, draw_id).version)
    remove_candidate(moderator, draw_id, candidates_of(draw_id)[0].id)
    version = at_desk(body, draw_id).version
    publish_list(moderator, draw_id, seed_rule=RULE, seed_day=SEED_DAY, version=version)
    version, person = at_desk(body, draw_id).version, candidates_of(draw_id)[0].id
    withdraw_candidate(moderator, draw_id, person, seed_rule=RULE, seed_day=SEED_DAY, version=version)
    with clock.frozen_everywhere(AFTER):
        seed_draw(moderator, draw_id, "3 17 22 41")
        propose_seats(moderator, draw_id)
        take_back_proposals(moderator, draw_id)
    assert acts_told(session) == [
        "prepared", "candidates", "changed", "candidate removed", "published", "withdrawn", "drawn", "seated",
        "unseated",
    ]  # fmt: skip


def test_a_draw_that_is_given_up_leaves_a_line_in_the_trail(
    moderator: SignedIn, body: Body, session: Session
) -> None:
    discard_draw(moderator, make_draw(moderator, body, 0))
    assert acts_told(session) == ["prepared", "discarded"]

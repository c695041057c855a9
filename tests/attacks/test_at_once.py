"""Two taps, two colleagues, two processes at the same moment: each act is done once, and no number is exceeded."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.bodies.models import BodyPublication
from cdv_civic.bodies.operations import publications
from cdv_civic.bodies.operations.publication_drafts import PublicationDraft
from cdv_civic.cards import rules as card_rules
from cdv_civic.cards.models import Card, CardBatch
from cdv_civic.cards.operations import batches
from cdv_civic.cards.operations.batches import BadBatch, Printing, print_batch
from cdv_civic.cards.operations.making import codes_of_sheet, make_cards
from cdv_civic.core import background, clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.published_before import LastSeen
from cdv_civic.seats.models import CollegeSeats, Seat
from cdv_civic.seats.operations import members, proposals
from cdv_civic.seats.operations.members import Member, open_seat
from cdv_civic.voices.operations import keeping
from cdv_civic.voices.operations.receiving import say
from tests import factories as make
from tests.bodies.bodies import PARIS, make_body
from tests.cards.cards import an_order
from tests.conftest import TODAY
from tests.races import at_once, write_once_all_have_looked
from tests.voices.voices import a_voice, make_place

FORM = "un-formulaire-de-cartes"


def kinds(ended: list[object]) -> list[str]:
    return sorted(type(each).__name__ for each in ended)


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.execute(select(func.count()).select_from(model)).scalar_one()


def test_a_reply_is_asked_for_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    place = make_place()
    author = make.make_account("fatou@example.org", role=None)
    voice = say(a_voice(place.body), author).voice_id
    write_once_all_have_looked(monkeypatch, keeping, 2)
    with clock.frozen_everywhere(TODAY + timedelta(days=90)):
        ended = at_once(app, *[partial(keeping.ask_again_signed_in, author, voice)] * 2)
    assert kinds(ended) == ["Conflict", "date"]


@pytest.mark.parametrize("substitutes", [False, True], ids=["who accept", "who are called"])
def test_no_more_sit_than_there_are_seats(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, substitutes: bool
) -> None:
    contract = make.make_contract()
    body = make_body(contract)
    moderator = make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    with transaction() as writing:
        writing.add(CollegeSeats(body_id=body.id, college="habitants", number=1))
    seats = [
        open_seat(
            moderator,
            body.id,
            Member("habitants", "tirage", name, date(2026, 3, 8), substitute=substitutes),
            client_key=f"un-siege-{name}",
            pending=not substitutes,
        )
        for name in ("Awa", "Binta")
    ]
    if substitutes:
        write_once_all_have_looked(monkeypatch, members, 2)
        ended = at_once(app, *(partial(members.call_substitute, moderator, each) for each in seats[:1] * 2))
    else:
        write_once_all_have_looked(monkeypatch, proposals, 2)
        ended = at_once(app, *(partial(proposals.accept, moderator, each, version=0) for each in seats))
    assert kinds(ended) == ["Conflict", "NoneType"]
    session.rollback()
    sitting = select(func.count()).where(~Seat.substitute, ~Seat.pending, Seat.body_id == body.id)
    assert session.execute(sitting).scalar_one() == 1


def test_of_two_who_publish_the_same_for_a_body_one_is_asked(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = make_body(make.make_contract())
    write_once_all_have_looked(monkeypatch, publications, 2)
    ended = at_once(
        app,
        *(
            partial(
                publications.publish,
                make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id)),
                body.id,
                PublicationDraft(
                    "avis", {"fr": "Oui au parc."}, title={"fr": "Avis"}, said_on=date(2026, 11, 2)
                ),
                client_key=f"un-avis-{each}",
                zone=PARIS,
                seen=LastSeen(0),
            )
            for each in range(2)
        ),
    )
    assert kinds(ended) == ["PublishedBefore", "int"]
    assert count(BodyPublication) == 1


@pytest.mark.parametrize("quantity", [3, card_rules.MADE_AT_ONCE + 1])
def test_a_form_of_cards_that_is_sent_twice_orders_one_batch_and_either_answer_opens_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, quantity: int
) -> None:
    contract = make.make_contract()
    quartier, staff = make.make_quartier(contract), make.make_account(contract=contract)
    order = an_order(quartier, quantity)
    write_once_all_have_looked(monkeypatch, batches, 2)
    ended = at_once(app, *[partial(print_batch, staff, order, client_key=FORM)] * 2)
    assert kinds(ended) == ["Printing", "Printing"]
    assert ended[0] == ended[1]
    assert count(CardBatch) == 1
    make_cards()
    assert isinstance(ended[0], Printing)
    assert len(codes_of_sheet(ended[0].batch_id, ended[0].key)) == quantity


def test_the_form_of_somebody_else_opens_nothing_of_ours(app: Flask) -> None:
    contract = make.make_contract()
    quartier = make.make_quartier(contract)
    ours, theirs = (
        print_batch(make.make_account(contract=contract), an_order(quartier), client_key=FORM) for _ in "ab"
    )
    assert ours.batch_id != theirs.batch_id
    assert ours.key != theirs.key


def test_two_processes_make_each_card_once(app: Flask, session: Session) -> None:
    contract = make.make_contract()
    quartier, staff = make.make_quartier(contract), make.make_account(contract=contract)
    printing = print_batch(staff, an_order(quartier, 95), client_key=FORM)
    at_once(app, make_cards, make_cards)
    found = session.execute(select(Card.position).where(Card.batch_id == printing.batch_id)).scalars()
    assert sorted(found) == list(range(1, 96))
    assert len(set(codes_of_sheet(printing.batch_id, printing.key))) == 95


def test_nobody_orders_more_than_is_made_in_a_moment(app: Flask) -> None:
    contract = make.make_contract()
    quartier, staff = make.make_quartier(contract), make.make_account(contract=contract)
    flood = [
        partial(print_batch, staff, an_order(quartier, card_rules.MOST_CARDS), client_key=f"{FORM}-{each}")
        for each in range(3)
    ]
    for one in flood[:2]:
        one()
    with pytest.raises(BadBatch) as refused:
        flood[2]()
    assert refused.value.field == "quantity"
    assert print_batch(staff, an_order(quartier, 10)), "a sheet is made at once, and waits for nothing"


def test_a_few_cards_wait_for_no_hundreds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = make.make_contract()
    quartier = make.make_quartier(contract)
    for _ in range(3):
        print_batch(make.make_account(contract=contract), an_order(quartier, card_rules.MOST_CARDS))
    few = print_batch(make.make_account(contract=contract), an_order(quartier, 20))
    steps = iter(range(5))
    monkeypatch.setattr(background, "goes_on", lambda: next(steps, None) is not None)
    make_cards()
    assert len(codes_of_sheet(few.batch_id, few.key)) == 20

"""Many cards are made in the background: in steps, each whole, none twice, and nothing is handed out before the last."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.cards.hashes import hash_code
from cdv_civic.cards.models import Card, CardBatch, CardSheet
from cdv_civic.cards.operations import making
from cdv_civic.cards.operations.batches import Printing, close_batch, print_batch, sheet_printed
from cdv_civic.cards.operations.making import (
    NotReady,
    cards_to_make,
    codes_of_sheet,
    erase_sheets,
    make_cards,
)
from cdv_civic.cards.rules import MADE_AT_ONCE, MADE_PER_STEP
from cdv_civic.cards.sealing import NotOpened, new_keys, seal, unseal
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict
from cdv_civic.jobs import table
from cdv_civic.jobs.models import JobLease
from cdv_civic.territory.models import Quartier
from tests.cards.cards import an_order
from tests.conftest import TODAY
from tests.factories import make_account, make_contract, make_quartier

MANY = 2 * MADE_PER_STEP + 3


class Killed(BaseException):
    """What ends a process in the middle, as nothing in it can catch."""


@pytest.fixture
def staff(app: Flask) -> SignedIn:
    return make_account(contract=make_contract())


@pytest.fixture
def quartier(staff: SignedIn) -> Quartier:
    return make_quartier(make_contract("autre-contrat"), "Les Chênes")


@pytest.fixture
def order(session: Session) -> Callable[[int], Printing]:
    contract = make_contract()
    actor, place = make_account(contract=contract), make_quartier(contract, "Les Chênes")
    return lambda quantity: print_batch(actor, an_order(place, quantity))


def positions(session: Session, batch_id: int) -> list[int]:
    return list(
        session.execute(
            select(Card.position).where(Card.batch_id == batch_id).order_by(Card.position)
        ).scalars()
    )


def dies_after(monkeypatch: pytest.MonkeyPatch, steps: int, *, committed: bool) -> None:
    """The process is killed in the step after `steps`: before or after it hashed, never having committed it."""
    left, add, new = [steps], making.add_cards, making.new_codes

    def add_and_die(*arguments: object) -> None:
        add(*arguments)  # type: ignore[arg-type]
        if not left[0]:
            raise Killed
        left[0] -= 1

    def hash_and_die(quantity: int) -> tuple[list[str], list[str]]:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return new(quantity)

    if committed:
        monkeypatch.setattr(making, "new_codes", hash_and_die)
    else:
        monkeypatch.setattr(making, "add_cards", add_and_die)


def test_a_few_cards_are_made_at_once_and_many_wait_for_the_job(order: Callable[[int], Printing]) -> None:
    few = order(MADE_AT_ONCE)
    assert len(codes_of_sheet(few.batch_id, few.key)) == MADE_AT_ONCE
    assert not cards_to_make()
    many = order(MADE_AT_ONCE + 1)
    assert cards_to_make()
    with pytest.raises(NotReady):
        codes_of_sheet(many.batch_id, many.key)
    assert make_cards() == MADE_AT_ONCE + 1
    assert not cards_to_make()
    assert make_cards() == 0
    assert len(codes_of_sheet(many.batch_id, many.key)) == MADE_AT_ONCE + 1


@pytest.mark.parametrize("committed", [True, False], ids=["between two steps", "within a step"])
def test_a_process_that_is_killed_midway_leaves_whole_steps_and_the_next_one_goes_on(
    app: Flask,
    session: Session,
    order: Callable[[int], Printing],
    monkeypatch: pytest.MonkeyPatch,
    committed: bool,
) -> None:
    printing = order(MANY)
    job = next(job for job in table.JOBS if job.name == "make-cards")
    with monkeypatch.context() as dying:
        dies_after(dying, 1, committed=committed)
        with pytest.raises(Killed):
            make_cards()
    session.rollback()
    assert positions(session, printing.batch_id) == list(range(1, MADE_PER_STEP + 1))
    with pytest.raises(NotReady):
        codes_of_sheet(printing.batch_id, printing.key)
    session.rollback()
    assert table.run(app, job, now=True)
    assert positions(session, printing.batch_id) == list(range(1, MANY + 1))
    codes = codes_of_sheet(printing.batch_id, printing.key)
    assert len(set(codes)) == MANY
    hashes = session.execute(
        select(Card.code_hash).where(Card.batch_id == printing.batch_id).order_by(Card.position)
    ).scalars()
    assert [hash_code(code) for code in codes] == list(hashes), "each code stands beside its card"
    session.rollback()


def test_a_run_that_was_overtaken_adds_no_card(
    app: Flask, session: Session, order: Callable[[int], Printing], monkeypatch: pytest.MonkeyPatch
) -> None:
    printing = order(MANY)
    job = next(job for job in table.JOBS if job.name == "make-cards")
    new = making.new_codes

    def lose_the_lease(quantity: int) -> tuple[list[str], list[str]]:
        made = new(quantity)
        with clock.frozen_everywhere(TODAY):
            session.rollback()
            row = session.execute(select(JobLease).where(JobLease.name == job.name)).scalar_one()
            row.token += 1
            session.commit()
        return made

    session.rollback()
    with monkeypatch.context() as slow:
        slow.setattr(making, "new_codes", lose_the_lease)
        assert not table.run(app, job)
    assert positions(session, printing.batch_id) == []


def test_two_runs_at_once_make_no_card_twice(
    app: Flask, session: Session, order: Callable[[int], Printing], monkeypatch: pytest.MonkeyPatch
) -> None:
    printing = order(MANY)
    session.rollback()
    both, new = threading.Barrier(2, timeout=20), making.new_codes

    def together(quantity: int) -> tuple[list[str], list[str]]:
        if threading.current_thread() is not threading.main_thread():
            both.wait()
        return new(quantity)

    def run() -> None:
        with app.app_context(), suppress(threading.BrokenBarrierError):
            make_cards()

    with monkeypatch.context() as slow:
        slow.setattr(making, "new_codes", together)
        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    make_cards()
    assert positions(session, printing.batch_id) == list(range(1, MANY + 1))
    assert len(set(codes_of_sheet(printing.batch_id, printing.key))) == MANY


def test_no_code_lies_in_the_database_while_cards_are_made(
    session: Session, order: Callable[[int], Printing], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    new = making.new_codes

    def remember(quantity: int) -> tuple[list[str], list[str]]:
        codes, hashes = new(quantity)
        made.extend(codes)
        return codes, hashes

    monkeypatch.setattr(making, "new_codes", remember)
    printing = order(MANY)
    make_cards()
    kept = "".join(
        repr(row)
        for model in (Card, CardBatch, CardSheet, AuditEntry)
        for row in session.execute(select(model.__table__))
    )
    assert len(made) == MANY
    assert not [code for code in made if code in kept]
    assert printing.key not in kept


def test_a_batch_that_is_closed_meanwhile_gets_no_further_card(
    session: Session, quartier: Quartier, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = make_account(contract=None)
    printing = print_batch(actor, an_order(quartier, MANY))
    new = making.new_codes

    def close_it(quantity: int) -> tuple[list[str], list[str]]:
        if made_now := len(positions(session, printing.batch_id)):
            assert made_now == MADE_PER_STEP
            session.rollback()
            close_batch(actor, printing.batch_id)
        session.rollback()
        return new(quantity)

    monkeypatch.setattr(making, "new_codes", close_it)
    assert make_cards() == MADE_PER_STEP
    assert session.execute(select(func.count()).select_from(CardSheet)).scalar() == 0


def test_what_is_not_ready_is_not_said_to_be_printed(session: Session, quartier: Quartier) -> None:
    actor = make_account(contract=None)
    printing = print_batch(actor, an_order(quartier, MANY))
    with pytest.raises(Conflict):
        sheet_printed(actor, printing.batch_id)
    make_cards()
    sheet_printed(actor, printing.batch_id)


def test_the_hour_begins_with_the_last_card_and_what_was_never_finished_is_closed(
    session: Session, order: Callable[[int], Printing]
) -> None:
    finished, never = order(MANY), order(MANY)
    with clock.frozen_everywhere(TODAY + timedelta(minutes=50)):
        row = session.get_one(CardBatch, never.batch_id)
        row.closed_at = clock.now()  # the job leaves it alone
        session.commit()
        make_cards()
        row.closed_at = None
        session.commit()
    with clock.frozen_everywhere(TODAY + timedelta(minutes=70)):
        assert erase_sheets() == 1
        session.rollback()
        assert len(codes_of_sheet(finished.batch_id, finished.key)) == MANY
        assert session.get_one(CardBatch, never.batch_id, populate_existing=True).closed_at is not None
        assert not cards_to_make()


def test_a_piece_opens_with_its_key_and_for_its_batch_alone() -> None:
    private, public = new_keys()
    sealed = seal(["A", "B"], public, 7) + seal(["C"], public, 7)
    assert unseal(sealed, private, 7) == ["A", "B", "C"]
    assert unseal("", private, 7) == []
    for key, batch in ((new_keys()[0], 7), (private, 8), ("", 7), ("no key", 7), (public, 7)):
        with pytest.raises(NotOpened):
            unseal(sealed, key, batch)


def test_a_batch_whose_last_card_came_as_its_hour_ended_stays_open(
    app: Flask, session: Session, order: Callable[[int], Printing]
) -> None:
    printing = order(MADE_AT_ONCE + 1)
    codes, hashes = making.new_codes(MADE_AT_ONCE + 1)
    session.rollback()

    def erase() -> None:
        with app.app_context():
            erase_sheets()

    eraser = threading.Thread(target=erase)
    with clock.frozen_everywhere(TODAY + timedelta(minutes=61)):
        with transaction() as writing:
            batch = writing.execute(
                select(CardBatch).where(CardBatch.id == printing.batch_id).with_for_update(key_share=True)
            ).scalar_one()
            making.add_cards(writing, batch, codes, hashes)
            eraser.start()
            eraser.join(1)  # it waits for the batch, having looked at what it was
        eraser.join()
        session.rollback()
        assert codes_of_sheet(printing.batch_id, printing.key) == codes
        assert session.get_one(CardBatch, printing.batch_id, populate_existing=True).closed_at is None

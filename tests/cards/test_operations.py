"""Who prints, closes and replaces cards, where, and what is kept of them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import AccountSession
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.sessions import SignedIn, open_session
from cdv_civic.cards.models import Card, CardBatch, CardSheet
from cdv_civic.cards.operations.batches import (
    BadBatch,
    Printing,
    close_batch,
    print_batch,
    sheet_printed,
)
from cdv_civic.cards.operations.entry import CardRefused, open_card
from cdv_civic.cards.operations.lost import ProofNeeded, replace_card, revoke_card
from cdv_civic.cards.operations.making import (
    SheetGone,
    codes_of_sheet,
    erase_sheets,
    sheets_to_erase,
)
from cdv_civic.cards.operations.making import (
    make_cards as make_ordered,
)
from cdv_civic.cards.queries import batches, body_choices, quartier_choices
from cdv_civic.cards.rules import LONGEST_VALIDITY, Reason
from cdv_civic.cards.sealing import new_keys
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.territory.models import Contract, Quartier
from tests.bodies.bodies import make_body
from tests.cards.cards import UNTIL, an_order, card_at, make_cards
from tests.conftest import TODAY
from tests.factories import make_account, make_commune, make_contract, make_quartier
from tests.signing_in import open_browser


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make_contract()


@pytest.fixture
def quartier(contract: Contract) -> Quartier:
    return make_quartier(contract, "Les Chênes")


@pytest.fixture
def staff(contract: Contract) -> SignedIn:
    return make_account(contract=contract)


def codes_of(printing: Printing) -> list[str]:
    return codes_of_sheet(printing.batch_id, printing.key)


def test_a_batch_keeps_hashes_and_its_sheet_is_sealed(
    session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    printing = print_batch(staff, an_order(quartier, 12))
    make_ordered()
    codes = codes_of(printing)
    assert len(set(codes)) == 12
    rows = session.execute(select(Card).order_by(Card.position)).scalars().all()
    assert [row.position for row in rows] == list(range(1, 13))
    assert len({row.code_hash for row in rows}) == 12
    kept = "".join(
        repr(row)
        for table in (Card, CardBatch, CardSheet, AuditEntry)
        for row in session.execute(select(table.__table__))
    )
    assert not [code for code in codes if code in kept]
    assert printing.key not in kept
    entry = session.execute(select(AuditEntry)).scalar_one()
    assert (entry.action, entry.object_kind, entry.object_id) == (
        "card.print",
        "card_batch",
        printing.batch_id,
    )
    assert entry.after is not None
    assert entry.after["quantity"] == 12


def test_a_sheet_is_read_again_for_an_hour_with_its_key_alone(staff: SignedIn, quartier: Quartier) -> None:
    printing = print_batch(staff, an_order(quartier, 3))
    for key in (new_keys()[0], "", "no key"):
        with pytest.raises(SheetGone):
            codes_of_sheet(printing.batch_id, key)
    with clock.frozen_everywhere(TODAY + timedelta(minutes=59)):
        assert len(codes_of(printing)) == 3
        assert not sheets_to_erase()
        assert erase_sheets() == 0
    with clock.frozen_everywhere(TODAY + timedelta(hours=1)):
        with pytest.raises(SheetGone):
            codes_of(printing)
        assert sheets_to_erase()
        assert erase_sheets() == 1


def test_who_has_printed_says_so_and_the_codes_are_forgotten(
    session: Session, contract: Contract, staff: SignedIn, quartier: Quartier
) -> None:
    printing = print_batch(staff, an_order(quartier, 3))
    with pytest.raises(NotFound):
        sheet_printed(make_account(contract=contract), printing.batch_id)
    sheet_printed(staff, printing.batch_id)
    sheet_printed(staff, printing.batch_id)
    with pytest.raises(SheetGone):
        codes_of(printing)
    assert session.execute(select(func.count()).select_from(CardSheet)).scalar() == 0
    assert session.execute(select(func.count()).select_from(AuditEntry)).scalar() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": 501}, "quantity"),
        ({"purpose": " \n "}, "purpose"),
        ({"purpose": "x" * 201}, "purpose"),
        ({"handed_out_by": ""}, "handed_out_by"),
        ({"handed_out_by": "x" * 81}, "handed_out_by"),
        ({"expires_on": TODAY.date()}, "expires_on"),
        ({"expires_on": TODAY.date() + LONGEST_VALIDITY + timedelta(days=1)}, "expires_on"),
        ({"languages": ()}, "languages"),
        ({"languages": ("fr", "xx")}, "languages"),
        ({"languages": ("fr", "en", "ar", "fr")}, "languages"),
    ],
)
def test_cards_that_cannot_be_printed_like_this(
    session: Session, staff: SignedIn, quartier: Quartier, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(BadBatch) as refused:
        print_batch(staff, an_order(quartier, **changes))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert session.execute(select(func.count()).select_from(CardBatch)).scalar() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "x" * 200},
        {"handed_out_by": "x" * 80},
        {"expires_on": TODAY.date() + timedelta(days=1)},
        {"expires_on": TODAY.date() + LONGEST_VALIDITY},
        {"languages": ("ar",)},
    ],
)
def test_cards_may_go_as_far_as_their_limits(
    staff: SignedIn, quartier: Quartier, changes: dict[str, object]
) -> None:
    printing = print_batch(staff, an_order(quartier, **changes))  # type: ignore[arg-type]
    assert len(codes_of(printing)) == 1


def test_cards_are_printed_for_the_quartiers_within_reach_alone(app: Flask, contract: Contract) -> None:
    here, there = make_commune(contract, "Ici"), make_commune(contract, "Là")
    mine = make_quartier(contract, "A", [here])
    shared = make_quartier(contract, "B", [here, there])
    theirs = make_quartier(contract, "C", [there])
    body = make_body(contract, quartiers=[theirs])
    staff = make_account(scope=Scope(ScopeKind.COMMUNE, here.id))
    moderator = make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))
    relais = make_account(role="relais", scope=Scope(ScopeKind.COMMUNE, here.id))
    state = make_account(role="state", contract=contract)
    make_cards(staff, mine)
    make_cards(staff, shared)
    make_cards(moderator, theirs, body_id=body.id)
    for actor, quartier in (
        (staff, theirs),
        (moderator, mine),
        (relais, mine),
        (state, mine),
        (make_account(role=None), mine),
    ):
        with pytest.raises(Forbidden):
            print_batch(actor, an_order(quartier))
    with pytest.raises(Forbidden):
        print_batch(staff, an_order(mine, body_id=body.id))
    with pytest.raises(NotFound):
        print_batch(staff, an_order(mine, quartier_id=9999))
    assert {name for _id, name in quartier_choices(reach_of(staff, "card.print"))} == {
        "A · Ici",
        "B · Ici, Là",
    }
    assert [each for each, _name in body_choices(reach_of(moderator, "card.print"))] == [body.id]
    listed = {row.quartier for row in batches(reach_of(staff, "card.report"), limit=10)}
    assert listed == {"A", "B"}
    assert {row.quartier for row in batches(reach_of(state, "card.report"), limit=10)} == {"A", "B", "C"}


def test_a_relais_replaces_where_it_works_and_no_further(app: Flask, contract: Contract) -> None:
    here, there = make_quartier(contract), make_quartier(contract)
    staff = make_account(contract=contract)
    relais = make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, here.id))
    batch, codes = make_cards(staff, here, 2)
    elsewhere, others = make_cards(staff, there, 1)
    assert revoke_card(relais, codes[0], Reason.SEEN) == card_at(batch).serial
    replace_card(relais, card_at(batch, 2).serial, Reason.LOST)
    for typed in (others[0], card_at(elsewhere).serial):
        with pytest.raises(Forbidden):
            revoke_card(relais, typed, Reason.LOST)
        with pytest.raises(Forbidden):
            replace_card(relais, typed, Reason.LOST)
    with pytest.raises(Forbidden):
        close_batch(relais, batch)


def test_a_lost_card_is_closed_and_the_new_one_opens_the_same_account(
    app: Flask, session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    batch, (code,) = make_cards(staff, quartier)
    account_id = open_card(code).account_id
    open_browser(app.test_client(), make_account(role=None))
    printing = replace_card(staff, code, Reason.LOST)
    (fresh,) = codes_of(printing)
    with pytest.raises(CardRefused, match="CardRefused") as refused:
        open_card(code)
    assert "Maison du projet" in str(refused.value.sentence)
    opened = open_card(fresh)
    assert (opened.account_id, opened.first_time) == (account_id, False)
    old = card_at(batch)
    assert (old.revoked_reason, old.replaced_by) == ("lost", card_at(printing.batch_id).id)
    with pytest.raises(Conflict):
        replace_card(staff, code, Reason.LOST)
    with pytest.raises(Conflict):
        revoke_card(staff, code, Reason.LOST)
    session.rollback()
    acts = [entry.after for entry in session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars()]
    was, now = old.serial, card_at(printing.batch_id).serial
    assert {"card": was, "revoked": "lost"} in acts
    assert {"card": was, "replaced_by": now, "same_space": True} in acts
    assert not [act for act in acts if code in repr(act) or fresh in repr(act)]


def test_closing_a_card_signs_its_holder_out(
    app: Flask, session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    batch, codes = make_cards(staff, quartier, 2)
    closings: tuple[Callable[[], object], ...] = (
        lambda: revoke_card(staff, codes[0], Reason.LOST),
        lambda: close_batch(staff, batch),
    )
    for number, close in enumerate(closings):
        account_id = open_card(codes[number]).account_id
        with app.test_request_context():
            open_session(account_id, Way.CARD)
        close()
        session.rollback()
        held = select(func.count()).where(AccountSession.account_id == account_id)
        assert session.execute(held).scalar() == 0


def test_a_closed_batch_ends_no_session_of_other_cards(
    app: Flask, session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    batch, (opened, closed_before) = make_cards(staff, quartier, 2)
    _other, (elsewhere,) = make_cards(staff, quartier)
    who, lost, neighbour = (open_card(code).account_id for code in (opened, closed_before, elsewhere))
    revoke_card(staff, closed_before, Reason.LOST)
    for account_id in (who, lost, neighbour):
        with app.test_request_context():
            open_session(account_id, Way.CARD)
    close_batch(staff, batch)
    session.rollback()
    held = session.execute(select(AccountSession.account_id).order_by(AccountSession.account_id)).scalars()
    assert list(held) == sorted((lost, neighbour)), "who lost a card may have come in otherwise"


def test_a_card_closed_before_can_still_be_replaced(staff: SignedIn, quartier: Quartier) -> None:
    _batch, codes = make_cards(staff, quartier, 2)
    accounts = [open_card(code).account_id for code in codes]
    revoke_card(staff, codes[0], Reason.DAMAGED)
    (fresh,) = codes_of(replace_card(staff, codes[0], Reason.DAMAGED))
    assert open_card(fresh).account_id == accounts[0]
    # Once others have seen the code, it says no more whose space it is.
    revoke_card(staff, codes[1], Reason.SEEN)
    with pytest.raises(ProofNeeded):
        replace_card(staff, codes[1], Reason.LOST)
    (fresh,) = codes_of(replace_card(staff, codes[1], Reason.LOST, new_space=True))
    assert open_card(fresh).account_id not in accounts


def test_a_replacement_outlives_an_expired_card_by_a_year(
    session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    account_id = open_card(code).account_id
    with clock.frozen_everywhere(TODAY + timedelta(days=400)):
        with pytest.raises(CardRefused):
            open_card(code)
        printing = replace_card(staff, code, Reason.DAMAGED)
        assert open_card(codes_of(printing)[0]).account_id == account_id
    fresh = session.get_one(CardBatch, printing.batch_id)
    assert (fresh.quantity, fresh.replacement) == (1, True)
    assert fresh.expires_on == (TODAY + timedelta(days=765)).date()


def test_a_card_that_nobody_used_is_replaced_by_one_that_makes_an_account(
    staff: SignedIn, quartier: Quartier
) -> None:
    batch, _codes = make_cards(staff, quartier)
    (fresh,) = codes_of(replace_card(staff, card_at(batch).serial, Reason.DAMAGED))
    assert open_card(fresh).first_time


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("9999-001", "Aucune carte n’a ce numéro"),
        ("34C7 HKM", "trop court"),
        ("34C7 HKMP", "Il y a une erreur"),
        ("", "Écrivez le code"),
    ],
)
def test_a_card_that_is_not_found_is_said_beside_the_field(
    staff: SignedIn, typed: str, sentence: str
) -> None:
    for act in (revoke_card, replace_card):
        with pytest.raises(DomainError) as refused:
            act(staff, typed, Reason.LOST)
        assert sentence in str(refused.value.sentence)
        assert refused.value.field == "card"


def test_a_closed_batch_opens_nothing_and_is_closed_once(
    session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    printing = print_batch(staff, an_order(quartier, 2))
    codes = codes_of(printing)
    open_card(codes[0])
    for _ in range(2):
        assert close_batch(staff, printing.batch_id).closed_at == TODAY
    for code in codes:
        with pytest.raises(CardRefused) as refused:
            open_card(code)
        assert "Demandez-en une autre à : Maison du projet" in str(refused.value.sentence)
    with pytest.raises(SheetGone):
        codes_of(printing)
    with pytest.raises(NotFound):
        close_batch(staff, 9999)
    session.rollback()
    assert session.execute(select(func.count()).select_from(AuditEntry)).scalar() == 2


def test_the_report_tells_how_many_but_never_few(
    count_statements: object, staff: SignedIn, quartier: Quartier
) -> None:
    _few, codes = make_cards(staff, quartier, 10)
    for code in codes[:4]:
        open_card(code)
    _many, codes = make_cards(staff, quartier, 12)
    for code in codes[:6]:
        open_card(code)
    for code in codes[:5]:
        revoke_card(staff, code, Reason.LOST)
    replace_card(staff, codes[0], Reason.LOST, new_space=True)
    with count_statements() as statements:  # type: ignore[operator]
        rows = batches(reach_of(staff, "card.report"), limit=10)
    assert [(row.quantity, row.used, row.revoked) for row in rows] == [(12, 6, 5), (10, None, None)]
    assert len(statements) == 1
    assert rows[0].expires_on == UNTIL

"""What a card opens: the first use makes the account, and nothing more is asked."""

import statistics
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account, ResidentQuartier, RoleGrant
from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.cards.operations.batches import close_batch
from cdv_civic.cards.operations.entry import CardRefused, OpenedCard, open_card, read
from cdv_civic.cards.operations.lost import replace_card
from cdv_civic.cards.personal_data import PERSONAL_PART, WAY_IN
from cdv_civic.cards.rules import Reason, new_code
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.policy.table import PASSWORD_ROLES
from cdv_civic.territory.models import Quartier
from tests.cards.cards import UNTIL, card_at, make_cards
from tests.conftest import TODAY
from tests.factories import load_actor, make_account, make_contract, make_quartier

pytestmark = pytest.mark.one_database


@pytest.fixture
def quartier(app: Flask) -> Quartier:
    return make_quartier(make_contract(), "Les Chênes")


@pytest.fixture
def staff(app: Flask) -> SignedIn:
    return make_account()


def test_the_first_use_makes_an_account_that_knows_the_quartier_alone(
    session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    batch, (code,) = make_cards(staff, quartier)
    opened = open_card(code)
    assert opened.first_time
    account = session.get_one(Account, opened.account_id)
    assert (account.email, account.phone, account.name, account.minor) == (None, None, "", False)
    home = session.execute(select(ResidentQuartier)).scalar_one()
    assert (home.account_id, home.quartier_id) == (account.id, quartier.id)
    assert home.verified_at == TODAY
    card = card_at(batch)
    assert (card.account_id, card.first_used_on) == (account.id, TODAY.date())
    with clock.frozen_everywhere(TODAY + timedelta(days=30)):
        assert open_card(code) == OpenedCard(account.id, first_time=False)
        assert card_at(batch).first_used_on == TODAY.date()
    assert Role.RESIDENT in load_actor(account.id).roles


def test_of_fifty_first_uses_at_once_one_makes_the_account(
    app: Flask, session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    session.rollback()
    ready = threading.Barrier(50)
    opened: list[OpenedCard] = []
    failed: list[BaseException] = []

    def use() -> None:
        with app.app_context():
            ready.wait()
            try:
                opened.append(open_card(code))
            except BaseException as error:
                failed.append(error)

    threads = [threading.Thread(target=use) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(opened) == 50
    assert len({each.account_id for each in opened}) == 1
    assert sum(each.first_time for each in opened) == 1
    residents = select(func.count()).select_from(Account).where(Account.email.is_(None))
    assert session.execute(residents).scalar() == 1


def test_of_twenty_replacements_at_once_one_is_made(
    app: Flask, session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    open_card(code)
    session.rollback()
    ready = threading.Barrier(20)
    made: list[int] = []
    lost: list[type[BaseException]] = []

    def use() -> None:
        with app.app_context():
            ready.wait()
            try:
                made.append(replace_card(staff, code, Reason.DAMAGED).batch_id)
            except BaseException as error:
                lost.append(type(error))

    threads = [threading.Thread(target=use) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), set(lost), len(lost)) == (1, {Conflict}, 19)


def test_a_wrong_sign_is_said_without_asking_the_database(
    count_statements: object, staff: SignedIn, quartier: Quartier
) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    wrong = code[:-1] + ("3" if code[-1] != "3" else "4")
    with count_statements() as statements, pytest.raises(CardRefused) as refused:  # type: ignore[operator]
        read(wrong)
    assert statements == []
    assert "groupe par groupe" in str(refused.value.sentence)
    assert not refused.value.guessed


def test_an_unknown_code_costs_what_a_known_one_costs(
    app: Flask, staff: SignedIn, quartier: Quartier, count_statements: object
) -> None:
    _batch, (code,) = make_cards(staff, quartier, expires_on=UNTIL)
    open_card(code)

    def seconds(typed: str) -> float:
        start = time.process_time()
        with suppress(CardRefused):
            open_card(typed)
        return time.process_time() - start

    app.testing = False  # the real argon2: what the time is made of
    try:
        _batch, (code,) = make_cards(staff, quartier)
        seconds(code), seconds(new_code())
        pairs = [(seconds(code), seconds(new_code())) for _ in range(20)]
    finally:
        app.testing = True
    known, unknown = (statistics.median(each) for each in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2


def test_a_card_works_until_the_end_of_its_last_day(staff: SignedIn, quartier: Quartier) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    with clock.frozen_everywhere(TODAY + timedelta(days=365)):
        open_card(code)
    with clock.frozen_everywhere(TODAY + timedelta(days=366)), pytest.raises(CardRefused) as refused:
        open_card(code)
    assert "n’est plus valable" in str(refused.value.sentence)
    assert "Maison du projet" in str(refused.value.sentence)


@pytest.mark.parametrize("role", sorted(PASSWORD_ROLES))
def test_an_account_with_a_role_of_a_password_never_opens_by_card(
    session: Session, staff: SignedIn, quartier: Quartier, role: Role
) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    account_id = open_card(code).account_id
    scope = Scope(ScopeKind.SITE)
    with transaction() as writing:
        writing.add(
            RoleGrant.of(
                account_id,
                role,
                scope,
                starts_at=clock.now(),
                ends_at=None,
                granted_at=clock.now(),
                granted_by=None,
                ended_by=None,
            )
        )
    with pytest.raises(CardRefused) as refused:
        open_card(code)
    assert "mot de passe" in str(refused.value.sentence)


def test_a_closed_account_does_not_open(session: Session, staff: SignedIn, quartier: Quartier) -> None:
    _batch, (code,) = make_cards(staff, quartier)
    account_id = open_card(code).account_id
    with transaction() as writing:
        writing.get_one(Account, account_id).disabled_at = clock.now()
    with pytest.raises(CardRefused) as refused:
        open_card(code)
    assert "Cette carte est fermée" in str(refused.value.sentence)


def test_erasing_an_account_closes_its_cards_and_frees_nothing(
    app: Flask, session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    assert PERSONAL_PART in personal_parts()
    batch, codes = make_cards(staff, quartier, 2)
    account_id, other = (open_card(code).account_id for code in codes)
    fresh = replace_card(staff, codes[0], Reason.LOST)
    rows = PERSONAL_PART.read(session, account_id)
    assert [(row["number"], row["quartier"], row["closed"]) for row in rows] == [
        (card_at(batch).serial, "Les Chênes", True),
        (card_at(fresh.batch_id).serial, "Les Chênes", False),
    ]
    with transaction() as writing:
        PERSONAL_PART.erase(writing, account_id)
    for card in (card_at(batch), card_at(fresh.batch_id)):
        assert (card.account_id, card.revoked_reason) == (None, "erased")
    assert PERSONAL_PART.read(session, account_id) == []
    with pytest.raises(CardRefused):
        open_card(codes[0])
    with pytest.raises(Conflict):
        replace_card(staff, card_at(fresh.batch_id).serial, Reason.LOST)
    assert open_card(codes[1]).account_id == other


def test_a_card_is_a_way_in_while_it_opens_something(
    session: Session, staff: SignedIn, quartier: Quartier
) -> None:
    batch, (code,) = make_cards(staff, quartier)
    account_id = open_card(code).account_id
    assert WAY_IN.count(session, account_id) == 1
    replace_card(staff, code, Reason.LOST)
    assert WAY_IN.count(session, account_id) == 1
    with clock.frozen_everywhere(TODAY + timedelta(days=366)):
        assert WAY_IN.count(session, account_id) == 0
    close_batch(staff, batch)
    assert WAY_IN.count(session, account_id) == 1

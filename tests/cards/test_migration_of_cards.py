"""The migration that gave cards numbers of chance keeps those that are printed, and messages find their contract."""

from pathlib import Path

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade
from sqlalchemy import update

from cdv_civic.cards.operations import making
from cdv_civic.cards.operations.batches import print_batch
from cdv_civic.cards.operations.entry import open_card
from cdv_civic.cards.operations.lost import replace_card, revoke_card
from cdv_civic.cards.rules import MADE_AT_ONCE, Reason
from cdv_civic.core.db import db, transaction
from cdv_civic.voices.models import Voice
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.cards.cards import an_order, make_cards
from tests.conftest import PostgresServer, Site
from tests.voices.voices import make_voice

AFTER = "0015"


def rows(statement: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.text(statement))]
    db.engine.dispose()
    return found


def test_printed_cards_keep_their_number_and_answers_find_their_contract(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        contract, other = make.make_contract(), make.make_contract()
        here, there = make_body(contract), make_body(other)
        staff = make.make_account(contract=contract)
        batch, codes = make_cards(staff, make.make_quartier(contract), 10)
        account_id = open_card(codes[0]).account_id
        replace_card(staff, codes[0], Reason.DAMAGED)
        revoke_card(staff, codes[1], Reason.LOST)
        with transaction() as session:
            for body, address in (
                (here, "Amie@example.org"),
                (here, "deux@example.org"),
                (there, "deux@example.org"),
            ):
                voice_id = make_voice(session, body)
                session.execute(
                    update(Voice)
                    .where(Voice.id == voice_id)
                    .values(contact=address, contact_kind="email", contact_language="fr")
                )
        for recipient, url in (
            ("amie@example.org", "https://site.example.org/desabonnement/x"),
            ("deux@example.org", "https://site.example.org/desabonnement/y"),
            ("amie@example.org", None),
        ):
            make.make_notice(recipient=recipient, unsubscribe_url=url, contract_id=other.id)
        db.session.remove()
        kept = rows(
            "SELECT id, batch_id, position, code_hash, account_id, revoked_reason, replaced_by FROM card"
        )
        downgrade(revision=AFTER)
        downgrade(revision="-1")
        db.engine.dispose()
        assert (
            rows(
                "SELECT id, batch_id, position, code_hash, account_id, revoked_reason, replaced_by FROM card"
            )
            == kept
        )
        assert len(rows("SELECT id FROM notice")) == 3
        upgrade()
        db.engine.dispose()
        serials = [
            row[0] for row in rows(f"SELECT serial FROM card WHERE batch_id = {batch} ORDER BY position")
        ]
        assert serials == [f"{batch}-{place:03d}" for place in range(1, 11)]
        assert [row[0] for row in rows("SELECT contract_id FROM notice ORDER BY id")] == [
            contract.id,
            None,
            None,
        ]
        assert rows("SELECT DISTINCT revoked_by FROM card") == [(None,)]
        assert open_card(codes[2]).first_time
        (_found,) = rows(f"SELECT id FROM card WHERE account_id = {account_id} AND revoked_at IS NULL")
        db.session.remove()
        db.engine.dispose()


def test_a_batch_that_was_being_made_is_closed_by_the_way_back_and_holds_up_no_other(
    tmp_path: Path, postgres: PostgresServer | None
) -> None:
    site = Site(tmp_path, postgres)
    with site.app.app_context():
        contract = make.make_contract()
        staff, quartier = make.make_account(contract=contract), make.make_quartier(contract)
        whole, _codes = make_cards(staff, quartier, 10)
        midway = print_batch(staff, an_order(quartier, MADE_AT_ONCE + 1)).batch_id
        db.session.remove()
        downgrade(revision="0033")
        closed = rows("SELECT id FROM card_batch WHERE closed_at IS NOT NULL")
        assert closed == [(midway,)], "cards that nobody can print open nothing"
        upgrade()
        after = print_batch(staff, an_order(quartier, MADE_AT_ONCE + 1))
        assert making.make_cards() == MADE_AT_ONCE + 1
        assert len(making.codes_of_sheet(after.batch_id, after.key)) == MADE_AT_ONCE + 1
        assert rows(f"SELECT closed_at FROM card_batch WHERE id = {whole}") == [(None,)]
        db.session.remove()
        db.engine.dispose()

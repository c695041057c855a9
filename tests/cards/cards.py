"""Cards for tests, made as staff make them."""

from datetime import date
from typing import Any

from sqlalchemy import select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.cards.models import Card
from cdv_civic.cards.operations import making
from cdv_civic.cards.operations.batches import Order, print_batch
from cdv_civic.cards.rules import MADE_AT_ONCE
from cdv_civic.core.db import db
from cdv_civic.territory.models import Quartier

UNTIL = date(2027, 11, 20)


def an_order(quartier: Quartier, quantity: int = 1, **values: Any) -> Order:
    return Order(
        **{
            "quartier_id": quartier.id,
            "purpose": "Le vote de juin",
            "quantity": quantity,
            "expires_on": UNTIL,
            "handed_out_by": "Maison du projet",
            "languages": ("fr", "en", "ar"),
            **values,
        }
    )


def make_cards(
    actor: SignedIn, quartier: Quartier, quantity: int = 1, **values: Any
) -> tuple[int, list[str]]:
    """A batch's id and its codes, in the order of their positions."""
    printing = print_batch(actor, an_order(quartier, quantity, **values))
    if quantity > MADE_AT_ONCE:
        making.make_cards()
    return printing.batch_id, making.codes_of_sheet(printing.batch_id, printing.key)


def card_at(batch_id: int, position: int = 1) -> Card:
    return db.session.execute(
        select(Card)
        .where(Card.batch_id == batch_id, Card.position == position)
        .execution_options(populate_existing=True)
    ).scalar_one()

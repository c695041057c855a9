"""The card of the demonstration: shown on the page of cards, in development only."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select, update

from cdv_civic.cards.hashes import hash_code
from cdv_civic.cards.models import Card
from cdv_civic.cards.operations.batches import Order, print_batch
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.demo.accounts import is_published

CODE: Final = "CFHKMPRTWXY3467X"
_VALID: Final = timedelta(days=365)


def ensure_demo_card(quartier_id: int) -> None:
    """A batch of ten cards for a quartier, the first of which has the code that everybody knows; not in production."""
    if not is_published():
        return
    code_hash = hash_code(CODE)
    if db.session.execute(select(Card.id).where(Card.code_hash == code_hash)).first() is not None:
        return
    order = Order(
        quartier_id=quartier_id,
        purpose="Essayer la démonstration",
        quantity=10,
        expires_on=clock.today() + _VALID,
        handed_out_by="Maison du projet (lieu inventé)",
        languages=("fr", "ar", "en"),
    )
    with transaction() as session:
        batch = print_batch(CommandLine(), order)
        session.execute(
            update(Card)
            .where(Card.batch_id == batch.batch_id, Card.position == 1)
            .values(code_hash=code_hash)
            .execution_options(synchronize_session=False)
        )

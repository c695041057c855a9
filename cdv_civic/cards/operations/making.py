"""Making the cards of a batch, a few at a time, and the sheet of its codes.

Hashing 500 codes takes seconds of a core: no page waits for that. `batches.print_batch` orders a batch and makes a
few cards at once; `make_cards`, a job, makes the others. Each step is one transaction that adds cards, their codes to
the sheet, and nothing else: whoever is cut off in the middle leaves whole steps behind, and the next run goes on from
the card that follows. The sheet opens once all cards are there (`codes_of_sheet`).
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, ScalarSelect, and_, delete, func, insert, select
from sqlalchemy.orm import Session

from cdv_civic.cards import rules
from cdv_civic.cards.hashes import hash_codes
from cdv_civic.cards.models import Card, CardBatch, CardSheet
from cdv_civic.cards.sealing import NotOpened, new_keys, seal, unseal
from cdv_civic.core import background, clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


class SheetGone(DomainError):
    """The codes of a batch cannot be printed any more: too late, or another browser."""

    status = 410

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Ces codes ne peuvent plus être imprimés : le site ne les garde qu’une heure, pour vous seulement. "
                "S’il vous manque des cartes, fermez ce lot et imprimez-en un autre."
            )
        )


class NotReady(Exception):
    """Not all cards of the batch are made yet."""


def new_codes(quantity: int) -> tuple[list[str], list[str]]:
    """Codes and their hashes. Before the transaction: nobody else waits for argon2."""
    codes: set[str] = set()
    while len(codes) < quantity:
        codes.add(rules.new_code())
    in_order = list(codes)
    return in_order, hash_codes(in_order)


def _new_serials(session: Session, quantity: int) -> list[str]:
    """Serial numbers that no card has. 1 statement, or one more where chance gave one that there is."""
    serials: set[str] = set()
    while len(serials) < quantity:
        drawn = {rules.new_serial() for _ in range(quantity - len(serials))}
        known = session.execute(select(Card.serial).where(Card.serial.in_(sorted(drawn)))).scalars()
        serials |= drawn - set(known)
    return list(serials)


def add_batch(session: Session, batch: CardBatch, keys: tuple[str, str] | None = None) -> str:
    """Add a batch and its empty sheet, within the caller's transaction; the key that will open the sheet."""
    session.add(batch)
    session.flush()
    private, public = keys or new_keys()
    session.add(
        CardSheet(batch_id=batch.id, public_key=public, sealed="", erase_at=clock.now() + rules.SHEET_LASTS)
    )
    session.flush()
    return private


def add_cards(session: Session, batch: CardBatch, codes: Sequence[str], hashes: Sequence[str]) -> None:
    """Add the next cards of a batch, and their codes to its sheet, within the caller's transaction.

    The sheet's hour begins with the last card.
    """
    made = made_of(session, batch.id)
    serials = _new_serials(session, len(codes))
    session.execute(
        insert(Card),
        [
            {
                "batch_id": batch.id,
                "position": position,
                "serial": serial,
                "code_hash": code_hash,
                "account_id": None,
                "first_used_on": None,
                "revoked_at": None,
                "revoked_reason": None,
                "revoked_by": None,
                "revoked_role": None,
                "asked_by": None,
                "asked_at": None,
                "replaced_by": None,
            }
            for position, (serial, code_hash) in enumerate(zip(serials, hashes, strict=True), made + 1)
        ],
    )
    sheet = session.get_one(CardSheet, batch.id)
    sheet.sealed += seal(codes, sheet.public_key, batch.id)
    if made + len(codes) == batch.quantity:
        sheet.erase_at = clock.now() + rules.SHEET_LASTS
    session.flush()


def made_of(session: Session, batch_id: int) -> int:
    """How many cards of a batch there are. 1 statement."""
    return session.execute(select(func.count()).where(Card.batch_id == batch_id)).scalar_one()


def _count() -> ScalarSelect[int]:
    return select(func.count()).where(Card.batch_id == CardBatch.id).correlate(CardBatch).scalar_subquery()


def _unfinished() -> ColumnElement[bool]:
    """The condition of a batch whose cards are still to be made, beside its sheet."""
    return and_(
        CardSheet.batch_id == CardBatch.id,
        CardSheet.erase_at > clock.now(),
        CardBatch.closed_at.is_(None),
        _count() < CardBatch.quantity,
    )


def waiting_for(session: Session, account_id: int | None) -> int:
    """How many of the cards that somebody ordered are still to be made. 1 statement."""
    return session.execute(
        select(func.coalesce(func.sum(CardBatch.quantity - _count()), 0)).where(
            CardBatch.created_by == account_id, _unfinished()
        )
    ).scalar_one()


def cards_to_make() -> bool:
    """Whether `make_cards` has anything to do. 1 statement."""
    return db.session.execute(select(CardBatch.id).where(_unfinished()).limit(1)).first() is not None


def make_cards() -> int:
    """Make the cards of all batches that were ordered; how many. A job. The next step is for the batch that has the
    fewest cards so far: a few cards wait for no thousands that somebody ordered before.

    A batch that is closed, or whose sheet is erased, meanwhile gets no further card.
    """
    made = 0
    while background.goes_on():
        waiting = db.session.execute(
            select(CardBatch.id, CardBatch.quantity, _count())
            .where(_unfinished())
            .order_by(_count(), CardBatch.id)
            .limit(1)
        ).first()
        db.session.rollback()  # hashing holds no transaction open
        if waiting is None:
            break
        batch_id, quantity, there = waiting
        codes, hashes = new_codes(min(rules.MADE_PER_STEP, quantity - there))
        with transaction() as session:
            batch = session.execute(
                select(CardBatch)
                .join(CardSheet, CardSheet.batch_id == CardBatch.id)
                .where(CardBatch.id == batch_id, _unfinished())
                .with_for_update(of=CardBatch, key_share=True)
                .execution_options(populate_existing=True)
            ).scalar()
            # Another run may have made these cards while this one hashed.
            if batch is not None and made_of(session, batch_id) == there:
                add_cards(session, batch, codes, hashes)
                made += len(codes)
    return made


def codes_of_sheet(batch_id: int, key: str) -> list[str]:
    """The codes of a batch in order, while they can be printed. 1 statement.

    Raises `SheetGone`; `NotReady` where some of its cards are still to be made.
    """
    found = db.session.execute(
        select(CardSheet.sealed, CardBatch.quantity)
        .join(CardBatch, CardBatch.id == CardSheet.batch_id)
        .where(CardSheet.batch_id == batch_id, CardSheet.erase_at > clock.now())
    ).first()
    if found is None:
        raise SheetGone
    try:
        codes = unseal(found.sealed, key, batch_id)
    except NotOpened:
        raise SheetGone from None
    if len(codes) < found.quantity:
        raise NotReady
    return codes


def erase_sheets() -> int:
    """Erase the sheets whose hour is over; how many. A job.

    A batch that was not finished in that time is closed: nobody can print the cards that it has.
    """
    with transaction() as session:
        over = CardSheet.erase_at <= clock.now()
        unfinished = (
            select(CardBatch)
            .join(CardSheet, CardSheet.batch_id == CardBatch.id)
            .where(over, CardBatch.closed_at.is_(None), _count() < CardBatch.quantity)
            .order_by(CardBatch.id)
        )
        session.execute(unfinished.with_for_update(of=CardBatch, key_share=True)).all()
        # Looked at again once they are locked: whoever was waited for may have made the last cards.
        for batch in session.execute(unfinished).scalars():
            batch.closed_at = clock.now()
        session.flush()
        gone = session.execute(delete(CardSheet).where(over))
    count: int = gone.rowcount  # type: ignore[attr-defined]
    return count


def sheets_to_erase() -> bool:
    """Whether `erase_sheets` has anything to do. 1 statement."""
    found = select(CardSheet.batch_id).where(CardSheet.erase_at <= clock.now()).limit(1)
    return db.session.execute(found).scalar() is not None

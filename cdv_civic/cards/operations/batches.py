"""Verbs of the people who hand out cards: print a batch, close it. One card that is lost: see `lost`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.session_ends import end_sessions
from cdv_civic.cards import rules
from cdv_civic.cards.hashes import hash_codes
from cdv_civic.cards.letters import tell_holder
from cdv_civic.cards.models import Card, CardBatch, CardSheet
from cdv_civic.cards.rules import CardEnding
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit import trail
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import acting_role, require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.territory.scopes import touched_body, touched_quartier


class BadBatch(DomainError):
    """Cards that cannot be printed like this."""


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


@dataclass(frozen=True)
class Printing:
    """A batch on its way to the printer. `key` opens its sheet; only the printing browser keeps it."""

    batch_id: int
    key: str


@dataclass(frozen=True)
class Order:
    """What a batch is to be. `languages` are tags of the site."""

    quartier_id: int
    purpose: str
    quantity: int
    expires_on: date
    handed_out_by: str
    languages: Sequence[str]
    body_id: int | None = None


def print_batch(actor: Actor, order: Order) -> Printing:
    """Make the cards of a batch and the sheet that shows their codes for an hour.

    Raises `BadBatch` beside a field, `Forbidden`, `NotFound`.
    """
    purpose, handed_out_by = " ".join(order.purpose.split()), " ".join(order.handed_out_by.split())
    _check(order, purpose, handed_out_by)
    require(actor, "card.print", touched_quartier(db.session(), order.quartier_id))
    if order.body_id is not None:
        require(actor, "card.print", touched_body(db.session(), order.body_id))
    codes, hashes = new_codes(order.quantity)
    with transaction() as session:
        batch = CardBatch(
            quartier_id=order.quartier_id,
            body_id=order.body_id,
            purpose=purpose,
            quantity=order.quantity,
            expires_on=order.expires_on,
            handed_out_by=handed_out_by,
            languages=list(order.languages),
            replacement=False,
            created_by=actor.actor_id,
            created_at=clock.now(),
            closed_at=None,
            closed_role=None,
        )
        key = add_batch(session, batch, codes, hashes)
        _audit(
            session,
            actor,
            "card.print",
            batch,
            {"quantity": order.quantity, "purpose": purpose, "expires_on": order.expires_on.isoformat()},
        )
    return Printing(batch.id, key)


def _check(order: Order, purpose: str, handed_out_by: str) -> None:
    """Raise `BadBatch` for the first thing that is wrong."""
    settings = current_settings()
    today = clock.today()
    if not 1 <= order.quantity <= rules.MOST_CARDS:
        raise BadBatch(_l("Écrivez un nombre de 1 à 500."), field="quantity")
    if not purpose:
        raise BadBatch(_l("Écrivez à quoi servent ces cartes."), field="purpose")
    if len(purpose) > rules.LONGEST_PURPOSE:
        raise BadBatch(_l("C’est trop long. Gardez 200 signes au plus."), field="purpose")
    if not handed_out_by:
        raise BadBatch(_l("Écrivez qui donne ces cartes."), field="handed_out_by")
    if len(handed_out_by) > rules.LONGEST_HANDED_OUT_BY:
        raise BadBatch(_l("C’est trop long. Gardez 80 signes au plus."), field="handed_out_by")
    if order.expires_on <= today:
        raise BadBatch(_l("Choisissez un jour à venir."), field="expires_on")
    if order.expires_on > today + rules.LONGEST_VALIDITY:
        raise BadBatch(_l("C’est trop loin. Choisissez un jour dans les 5 ans."), field="expires_on")
    if not 1 <= len(order.languages) <= rules.MOST_LANGUAGES or not set(order.languages) <= set(
        settings.languages
    ):
        raise BadBatch(_l("Choisissez d’une à trois langues."), field="languages")


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


def add_batch(session: Session, batch: CardBatch, codes: Sequence[str], hashes: Sequence[str]) -> str:
    """Add a batch with its cards and its sealed sheet, within the caller's transaction; the key of the sheet."""
    serials = _new_serials(session, len(codes))
    session.add(batch)
    session.flush()
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
            for position, (serial, code_hash) in enumerate(zip(serials, hashes, strict=True), 1)
        ],
    )
    key = Fernet.generate_key()
    sealed = Fernet(key).encrypt(json.dumps(codes).encode()).decode()
    session.add(CardSheet(batch_id=batch.id, sealed=sealed, erase_at=clock.now() + rules.SHEET_LASTS))
    session.flush()
    return key.decode()


def _audit(session: Session, actor: Actor, action: str, batch: CardBatch, after: dict[str, object]) -> None:
    trail.record(
        session, actor, action, "card_batch", batch.id, scope=f"quartier:{batch.quartier_id}", after=after
    )


def codes_of_sheet(batch_id: int, key: str) -> list[str]:
    """The codes of a batch in order, while they can be printed; raises `SheetGone`. 1 statement."""
    sealed = db.session.execute(
        select(CardSheet.sealed).where(CardSheet.batch_id == batch_id, CardSheet.erase_at > clock.now())
    ).scalar()
    if sealed is None:
        raise SheetGone
    try:
        codes: list[str] = json.loads(Fernet(key.encode()).decrypt(sealed.encode()))
    except (InvalidToken, ValueError):
        raise SheetGone from None
    return codes


def sheet_printed(actor: Actor, batch_id: int) -> None:
    """Forget the codes of a batch: they are on paper. Only who made it may; raises `NotFound`, `Forbidden`."""
    with transaction() as session:
        batch = _batch(session, batch_id)
        require(actor, "card.replace", touched_quartier(session, batch.quartier_id))
        if batch.created_by != actor.actor_id:
            raise NotFound(_l("Ce lot de cartes n’existe pas."))
        gone = session.execute(delete(CardSheet).where(CardSheet.batch_id == batch_id))
        if gone.rowcount:  # type: ignore[attr-defined]
            _audit(session, actor, "card.print", batch, {"printed": True})


def erase_sheets() -> int:
    """Erase the sheets whose hour is over; how many. A job."""
    with transaction() as session:
        gone = session.execute(delete(CardSheet).where(CardSheet.erase_at <= clock.now()))
    count: int = gone.rowcount  # type: ignore[attr-defined]
    return count


def sheets_to_erase() -> bool:
    """Whether `erase_sheets` has anything to do. 1 statement."""
    found = select(CardSheet.batch_id).where(CardSheet.erase_at <= clock.now()).limit(1)
    return db.session.execute(found).scalar() is not None


def _batch(session: Session, batch_id: int) -> CardBatch:
    batch = session.execute(
        select(CardBatch)
        .where(CardBatch.id == batch_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if batch is None:
        raise NotFound(_l("Ce lot de cartes n’existe pas."))
    return batch


def close_batch(actor: Actor, batch_id: int) -> CardBatch:
    """From now on no card of the batch opens anything; closing twice changes nothing.

    Raises `NotFound`, `Forbidden`.
    """
    with transaction() as session:
        batch = _batch(session, batch_id)
        require(actor, "card.print", touched_quartier(session, batch.quartier_id))
        if batch.closed_at is None:
            batch.closed_at = clock.now()
            batch.closed_role = acting_role(actor, "card.print").value
            ledger.note(session, "card_batch.closed", batch.id, born=batch.created_at)
            session.execute(delete(CardSheet).where(CardSheet.batch_id == batch_id))
            opening = select(Card).where(
                Card.batch_id == batch_id, Card.account_id.is_not(None), Card.revoked_at.is_(None)
            )
            closed = session.execute(opening.order_by(Card.id)).scalars().all()
            end_sessions(session, *(card.account_id for card in closed if card.account_id is not None))
            for card in closed:
                tell_holder(session, card, batch, acting_role(actor, "card.print"), CardEnding.CLOSED)
            _audit(session, actor, "card.print", batch, {"closed": True})
    return batch

"""Verbs of the people who hand out cards: print a batch, close it, close one card and give another."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cdv_civic.cards import rules, wording
from cdv_civic.cards.hashes import hash_code, hash_codes
from cdv_civic.cards.models import Card, CardBatch, CardSheet
from cdv_civic.cards.rules import BadCode, Reason, Serial
from cdv_civic.core import audit, clock, ledger
from cdv_civic.core.config import Settings
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.policy import Actor, require
from cdv_civic.people.sessions import end_sessions
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
    codes, hashes = _new_codes(order.quantity)
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
        )
        key = _add(session, batch, codes, hashes)
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
    settings: Settings = current_app.extensions["settings"]
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


def _new_codes(quantity: int) -> tuple[list[str], list[str]]:
    """Codes and their hashes. Before the transaction: nobody else waits for argon2."""
    codes: set[str] = set()
    while len(codes) < quantity:
        codes.add(rules.new_code())
    in_order = list(codes)
    return in_order, hash_codes(in_order)


def _add(session: Session, batch: CardBatch, codes: Sequence[str], hashes: Sequence[str]) -> str:
    """Add a batch with its cards and its sealed sheet; the key of the sheet."""
    session.add(batch)
    session.flush()
    session.execute(
        insert(Card),
        [
            {
                "batch_id": batch.id,
                "position": position,
                "code_hash": code_hash,
                "account_id": None,
                "first_used_on": None,
                "revoked_at": None,
                "revoked_reason": None,
                "replaced_by": None,
            }
            for position, code_hash in enumerate(hashes, 1)
        ],
    )
    key = Fernet.generate_key()
    sealed = Fernet(key).encrypt(json.dumps(codes).encode()).decode()
    session.add(CardSheet(batch_id=batch.id, sealed=sealed, erase_at=clock.now() + rules.SHEET_LASTS))
    session.flush()
    return key.decode()


def _audit(session: Session, actor: Actor, action: str, batch: CardBatch, after: dict[str, object]) -> None:
    audit.record(
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
        .with_for_update()
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
            ledger.note(session, "card_batch.closed", batch.id, born=batch.created_at)
            session.execute(delete(CardSheet).where(CardSheet.batch_id == batch_id))
            holders = select(Card.account_id).where(
                Card.batch_id == batch_id, Card.account_id.is_not(None), Card.revoked_at.is_(None)
            )
            for account_id in session.execute(holders).scalars().all():
                end_sessions(session, int(account_id or 0))
            _audit(session, actor, "card.print", batch, {"closed": True})
    return batch


def _find(session: Session, *, serial: Serial | None, code_hash: str) -> tuple[Card, CardBatch]:
    """A card and its batch by number or by code, the card locked; raises `NotFound` beside the field."""
    wanted = select(Card, CardBatch).join(CardBatch, CardBatch.id == Card.batch_id)
    if serial is not None:
        wanted = wanted.where(Card.batch_id == serial.batch, Card.position == serial.position)
    else:
        wanted = wanted.where(Card.code_hash == code_hash)
    found = session.execute(
        wanted.with_for_update(of=Card).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(
            _l("Aucune carte n’a ce numéro ou ce code. Vérifiez-le, puis essayez de nouveau."), field="card"
        )
    return found[0], found[1]


def _named(typed: str) -> tuple[Serial | None, str]:
    """The serial number, or the hash of the code, that was typed; raises `DomainError` beside the field."""
    serial = rules.read_serial(typed)
    if serial is not None:
        return serial, ""
    try:
        return None, hash_code(rules.read_code(typed))
    except BadCode as bad:
        raise DomainError(wording.said(bad), field="card") from None


def revoke_card(actor: Actor, typed: str, reason: Reason) -> Serial:
    """Close one card, by its number or its code; its holder is signed out everywhere.

    Raises `DomainError` for what is no number and no code, `NotFound`, `Forbidden`; `Conflict` where it is closed.
    """
    serial, code_hash = _named(typed)
    with transaction() as session:
        card, batch = _find(session, serial=serial, code_hash=code_hash)
        require(actor, "card.replace", touched_quartier(session, batch.quartier_id))
        if card.revoked_at is not None:
            raise Conflict(_l("Cette carte est déjà fermée."), field="card")
        _revoke(session, actor, card, batch, reason)
        session.flush()
    return Serial(batch.id, card.position)


def _revoke(session: Session, actor: Actor, card: Card, batch: CardBatch, reason: Reason) -> None:
    card.revoked_at = clock.now()
    card.revoked_reason = reason.value
    ledger.note(session, "card.closed", card.id, born=batch.created_at, code=reason.value)
    session.flush()
    if card.account_id is not None:
        end_sessions(session, card.account_id)
    audit.record(
        session,
        actor,
        "card.replace",
        "card",
        card.id,
        scope=f"quartier:{batch.quartier_id}",
        after={"card": str(Serial(batch.id, card.position)), "revoked": reason.value},
    )


def replace_card(actor: Actor, typed: str, reason: Reason) -> Printing:
    """Close a card and make another one, which opens the same account; a batch of one, to be printed.

    A card that was closed before can still be replaced, once. Raises as `revoke_card`, and `Conflict` where it has
    been replaced or its account erased.
    """
    serial, code_hash = _named(typed)
    codes, hashes = _new_codes(1)
    with transaction() as session:
        card, batch = _find(session, serial=serial, code_hash=code_hash)
        require(actor, "card.replace", touched_quartier(session, batch.quartier_id))
        if card.replaced_by is not None:
            raise Conflict(_l("Cette carte a déjà été remplacée par une autre."), field="card")
        if card.revoked_reason == Reason.ERASED.value:
            raise Conflict(
                _l("Le compte de cette carte est effacé. Donnez à la personne une carte d’un autre lot."),
                field="card",
            )
        if card.revoked_at is None:
            _revoke(session, actor, card, batch, reason)
        today = clock.today()
        fresh = CardBatch(
            quartier_id=batch.quartier_id,
            body_id=batch.body_id,
            purpose=batch.purpose,
            quantity=1,
            expires_on=max(batch.expires_on, today + rules.REPLACEMENT_VALIDITY),
            handed_out_by=batch.handed_out_by,
            languages=batch.languages,
            replacement=True,
            created_by=actor.actor_id,
            created_at=clock.now(),
            closed_at=None,
        )
        key = _add(session, fresh, codes, hashes)
        new = session.execute(select(Card).where(Card.batch_id == fresh.id)).scalar_one()
        new.account_id = card.account_id
        new.first_used_on = card.first_used_on
        card.replaced_by = new.id
        session.flush()
        audit.record(
            session,
            actor,
            "card.replace",
            "card",
            card.id,
            scope=f"quartier:{batch.quartier_id}",
            after={
                "card": str(Serial(batch.id, card.position)),
                "replaced_by": str(Serial(fresh.id, new.position)),
            },
        )
    return Printing(fresh.id, key)

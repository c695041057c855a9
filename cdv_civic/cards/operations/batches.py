"""Verbs of the people who hand out cards: print a batch, close it. One card that is lost: see `lost`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.session_ends import end_sessions
from cdv_civic.cards import rules
from cdv_civic.cards.letters import tell_holder
from cdv_civic.cards.models import Card, CardBatch, CardSheet
from cdv_civic.cards.operations.making import add_batch, add_cards, made_of, new_codes, waiting_for
from cdv_civic.cards.rules import CardEnding
from cdv_civic.cards.sealing import new_keys
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit import trail
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import bound_key, read_key
from cdv_civic.core.policy.decisions import acting_role, require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.territory.models import Quartier
from cdv_civic.territory.scopes import touched_body, touched_quartier


class BadBatch(DomainError):
    """Cards that cannot be printed like this."""


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


def print_batch(actor: Actor, order: Order, *, client_key: str | None = None) -> Printing:
    """Order a batch and the sheet that shows its codes for an hour. The same `client_key` again, while that sheet is
    not printed, orders nothing more and gives the same key; None: no form asks.

    A few cards are made at once; more than that are left to `making.make_cards`, a job.
    Raises `BadBatch` beside a field, `BadKey`, `Forbidden`, `NotFound`.
    """
    purpose, handed_out_by = " ".join(order.purpose.split()), " ".join(order.handed_out_by.split())
    _check(order, purpose, handed_out_by)
    require(actor, "card.print", touched_quartier(db.session(), order.quartier_id))
    if order.body_id is not None:
        require(actor, "card.print", touched_body(db.session(), order.body_id))
    private, public = new_keys(
        bound_key(read_key(client_key), actor.actor_id) if client_key is not None else None
    )
    at_once = new_codes(order.quantity) if order.quantity <= rules.MADE_AT_ONCE else None
    with transaction() as session:
        # Of two equal forms at once the second waits here, and finds the batch of the first.
        session.execute(
            select(Quartier.id).where(Quartier.id == order.quartier_id).with_for_update(key_share=True)
        )
        known = session.execute(select(CardSheet.batch_id).where(CardSheet.public_key == public)).scalar()
        if known is not None:
            return Printing(known, private)
        if at_once is None and waiting_for(session, actor.actor_id) + order.quantity > rules.MOST_WAITING:
            raise BadBatch(
                _l("Vos cartes d’avant ne sont pas encore prêtes. Attendez-les, puis recommencez."),
                field="quantity",
            )
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
        key = add_batch(session, batch, (private, public))
        if at_once is not None:
            add_cards(session, batch, *at_once)
        _audit(
            session,
            actor,
            "card.print",
            batch,
            {"quantity": order.quantity, "purpose": purpose, "expires_on": order.expires_on.isoformat()},
        )
    return Printing(batch.id, key)


def _check(order: Order, purpose: str, handed_out_by: str) -> None:
    """Raise `BadBatch`, or several of them together."""
    settings = current_settings()
    today = clock.today()
    with Refusals() as refused:
        if not 1 <= order.quantity <= rules.MOST_CARDS:
            refused.add(BadBatch(_l("Écrivez un nombre de 1 à 500."), field="quantity"))
        if not purpose:
            refused.add(BadBatch(_l("Écrivez à quoi servent ces cartes."), field="purpose"))
        if len(purpose) > rules.LONGEST_PURPOSE:
            refused.add(BadBatch(_l("C’est trop long. Gardez 200 caractères au plus."), field="purpose"))
        if not handed_out_by:
            refused.add(BadBatch(_l("Écrivez qui donne ces cartes."), field="handed_out_by"))
        if len(handed_out_by) > rules.LONGEST_HANDED_OUT_BY:
            refused.add(BadBatch(_l("C’est trop long. Gardez 80 caractères au plus."), field="handed_out_by"))
        if order.expires_on <= today:
            refused.add(BadBatch(_l("Choisissez un jour à venir."), field="expires_on"))
        if order.expires_on > today + rules.LONGEST_VALIDITY:
            refused.add(
                BadBatch(_l("C’est trop loin. Choisissez un jour dans les 5 ans."), field="expires_on")
            )
        if not 1 <= len(order.languages) <= rules.MOST_LANGUAGES or not set(order.languages) <= set(
            settings.languages
        ):
            refused.add(BadBatch(_l("Choisissez d’une à trois langues."), field="languages"))


def _audit(session: Session, actor: Actor, action: str, batch: CardBatch, after: dict[str, object]) -> None:
    trail.record(
        session, actor, action, "card_batch", batch.id, scope=f"quartier:{batch.quartier_id}", after=after
    )


def sheet_printed(actor: Actor, batch_id: int) -> None:
    """Forget the codes of a batch: they are on paper. Only who made it may.

    Raises `NotFound`, `Forbidden`; `Conflict` while cards are still being made.
    """
    with transaction() as session:
        batch = _batch(session, batch_id)
        require(actor, "card.replace", touched_quartier(session, batch.quartier_id))
        if batch.created_by != actor.actor_id:
            raise NotFound(_l("Ce lot de cartes n’existe pas."))
        if made_of(session, batch_id) < batch.quantity:
            raise Conflict(_l("Toutes les cartes de ce lot ne sont pas encore prêtes."))
        gone = session.execute(delete(CardSheet).where(CardSheet.batch_id == batch_id))
        if gone.rowcount:  # type: ignore[attr-defined]
            _audit(session, actor, "card.print", batch, {"printed": True})


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

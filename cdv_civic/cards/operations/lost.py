"""Verbs at the desk for one card that is lost: close it, and give another.

A serial number says which card, not whose space: another card opens the old space for whoever shows that it is
theirs, by the card's code, by a code sent to the account's address, or by one shown in their own space. Anybody else
gets a card that keeps the right to take part (the quartier, and `Card.replaced_by` for one voice for each person) and
opens a space of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import NO_PASSWORD, Account
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.session_ends import end_sessions
from cdv_civic.accounts.sessions import came_in_lately
from cdv_civic.cards import rules, wording
from cdv_civic.cards.hashes import hash_code
from cdv_civic.cards.letters import tell_holder, warn_administrators
from cdv_civic.cards.models import Card, CardBatch
from cdv_civic.cards.operations import proofs
from cdv_civic.cards.operations.batches import Printing
from cdv_civic.cards.operations.making import add_batch, add_cards, new_codes
from cdv_civic.cards.queries import cards_that_open
from cdv_civic.cards.rules import SERIAL_LENGTH, BadCardCode, CardEnding, CodeFault, Reason, proves
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit import trail
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import acting_role, require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.sign_in.by_message.rules import shown_code
from cdv_civic.territory.scopes import touched_quartier

_A_DAY: Final = timedelta(days=1)


class ProofNeeded(DomainError):
    """The number of a card alone does not lead to the space that it opened."""

    status = 409

    def __init__(self, *, left_empty: bool) -> None:
        if left_empty:
            super().__init__(
                _l("Écrivez le code que la personne a reçu, ou choisissez autre chose."), field="proof"
            )
            return
        super().__init__(
            _l(
                "Cette carte ouvrait déjà un compte. Le numéro ne suffit pas pour l’ouvrir : choisissez ci-dessous."
            )
        )


class ComeInFirst(Forbidden):
    """A code that lets another card open a space is shown to whoever has just come in, where they can."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Pour voir un code, déconnectez-vous, puis connectez-vous de nouveau. Ou demandez, là où l’on "
                "donne les cartes, qu’un code parte à votre adresse e-mail ou à votre téléphone."
            )
        )


class TooManyClosed(DomainError):
    """Somebody closed or replaced as many cards as they may in a day."""

    status = 429

    def __init__(self, most: int) -> None:
        super().__init__(
            _l(
                "Vous avez fermé ou remplacé %(most)s cartes en un jour : c’est la limite. L’administration est "
                "prévenue. Demandez à une autre personne de l’équipe, ou revenez demain.",
                most=most,
            )
        )


@dataclass(frozen=True)
class LostCard:
    """What the desk must know before it gives another card."""

    card_id: int
    serial: str
    #: It opened a space, and nobody has shown yet that it is theirs.
    asks_for_proof: bool
    #: A code can be sent to the person.
    reachable: bool
    #: Without it nobody opens the space any more.
    only_way: bool


def _named(typed: str) -> tuple[str | None, str]:
    """The serial number, or the hash of the code, that was typed; raises `DomainError` beside the field."""
    serial = rules.read_serial(typed)
    if serial is not None:
        return serial, ""
    try:
        return None, hash_code(rules.read_code(typed))
    except BadCardCode as bad:
        mistyped = bad.fault is CodeFault.SHORT and bad.length == SERIAL_LENGTH
        raise DomainError(
            wording.said(BadCardCode(CodeFault.CHECK) if mistyped else bad), field="card"
        ) from None


def _find(
    session: Session, actor: Actor, serial: str | None, code_hash: str, *, lock: bool = True
) -> tuple[Card, CardBatch]:
    """A card and its batch by number or by code; raises `NotFound` beside the field, `Forbidden`."""
    wanted = select(Card, CardBatch).join(CardBatch, CardBatch.id == Card.batch_id)
    wanted = wanted.where(Card.serial == serial if serial is not None else Card.code_hash == code_hash)
    if lock:
        wanted = wanted.with_for_update(of=Card, key_share=True)
    found = session.execute(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(
            _l("Aucune carte n’a ce numéro ou ce code. Vérifiez-le, puis essayez de nouveau."), field="card"
        )
    require(actor, "card.replace", touched_quartier(session, found[1].quartier_id))
    return found[0], found[1]


def _closed_for(card: Card) -> Reason | None:
    return Reason(card.revoked_reason) if card.revoked_reason is not None else None


def _holder_of(session: Session, card: Card) -> Account | None:
    """The account that a card opened, where it is still in use. 1 statement."""
    return session.execute(
        select(Account).where(Account.id == card.account_id, Account.disabled_at.is_(None))
    ).scalar()


def look_at(actor: Actor, typed: str) -> LostCard:
    """What is known of a card that somebody says is lost. Raises as `revoke_card`."""
    serial, code_hash = _named(typed)
    session = db.session()
    card, _batch = _find(session, actor, serial, code_hash, lock=False)
    account = _holder_of(session, card)
    proven = serial is None and proves(_closed_for(card))
    if account is None:
        return LostCard(card.id, card.serial, False, False, False)
    others = cards_that_open(session, account.id, but=card.id)
    addresses = account.email is not None or account.phone is not None
    only_way = not addresses and account.password_hash == NO_PASSWORD and not others
    return LostCard(card.id, card.serial, not proven, proofs.way_of(account) is not None, only_way)


def ask_holder(actor: Actor, typed: str, language: str) -> Way:
    """Send a code to the person whose space a card opened; how. They say it at the desk: see `replace_card`.

    Raises as `revoke_card`, `proofs.NoWay`, `proofs.TooManyCodes`, `limits.TooManyTexts`.
    """
    serial, code_hash = _named(typed)
    known, _batch = _find(db.session(), actor, serial, code_hash, lock=False)
    with (
        proofs.counted(_holder_of(db.session(), known)),
        transaction() as session,
        _counted(session, actor) as batches,
    ):
        card, batch = _find(session, actor, serial, code_hash)
        batches.append(batch)
        account = _holder_of(session, card)
        if account is None:
            raise proofs.NoWay(_l("Cette carte n’ouvre aucun compte : donnez-en une autre, sans code."))
        way = proofs.send(
            session,
            account,
            proofs.for_card(card.id),
            language,
            _l(
                "Quelqu’un veut vous donner une autre carte qui ouvre votre compte. Si vous êtes avec cette "
                "personne, dites-lui ce code."
            ),
            _l("Vous n’avez rien demandé ? Ne donnez ce code à personne : votre compte reste fermé."),
        )
        card.asked_by, card.asked_at = actor.actor_id, clock.now()
        _note(session, actor, card, batch, {"code": way.value})
    return way


def _own_card(actor: Actor) -> Select[int]:
    return (
        select(Card.id)
        .where(Card.account_id == actor.actor_id, Card.replaced_by.is_(None))
        .order_by(Card.id.desc())
        .limit(1)
    )


def has_card(actor: Actor) -> bool:
    """Whether a card opens, or opened, somebody's space: another one can take its place. 1 statement."""
    return db.session.execute(_own_card(actor)).scalar() is not None


def show_code(actor: Actor) -> str:
    """A code for whoever is signed in to their own space: said at the desk, another card opens it.

    A cookie that was taken from them is no proof: where a message reaches them they come in by it once more. Who has
    nothing but the card that is lost has no other way to show it than the space that is still open.

    Raises `NotFound` where no card of theirs can be replaced, `ComeInFirst`, `proofs.TooManyCodes`.
    """
    require(actor, "account.self")
    with transaction() as session:
        card_id = session.execute(_own_card(actor)).scalar()
        if card_id is None:
            raise NotFound(_l("Aucune carte n’ouvre ce compte."))
        own_account = session.get_one(Account, actor.actor_id)
        if proofs.way_of(own_account) is not None and not came_in_lately(actor):
            raise ComeInFirst
        return shown_code(proofs.show(session, proofs.for_card(card_id)))


def _note(session: Session, actor: Actor, card: Card, batch: CardBatch, after: dict[str, object]) -> None:
    trail.record(
        session,
        actor,
        "card.replace",
        "card",
        card.id,
        scope=f"quartier:{batch.quartier_id}",
        after={"card": card.serial, **after},
    )


def _closed_in_a_day(session: Session, actor: Actor) -> int:
    """How many cards somebody closed, replaced or had a code sent for in a day. 1 statement."""
    since = clock.now() - _A_DAY
    new = (
        select(Card.id)
        .join(CardBatch, CardBatch.id == Card.batch_id)
        .where(CardBatch.replacement, CardBatch.created_by == actor.actor_id, CardBatch.created_at > since)
    )
    closed = and_(Card.revoked_by == actor.actor_id, Card.revoked_at > since)
    asked = and_(Card.asked_by == actor.actor_id, Card.asked_at > since)
    touched = or_(closed, asked, Card.replaced_by.in_(new))
    return session.execute(select(func.count()).select_from(Card).where(touched)).scalar_one()


@contextmanager
def _counted(session: Session, actor: Actor) -> Iterator[list[CardBatch]]:
    """Refuse what goes beyond the cards of a day, and tell administrators of the last one; put its batch in the list.

    The account of the actor is locked first: several acts at once are counted one after the other.
    """
    batches: list[CardBatch] = []
    if actor.actor_id is None:
        yield batches
        return
    settings = current_settings()
    most = settings.card_closings_a_day
    session.execute(select(Account.id).where(Account.id == actor.actor_id).with_for_update(key_share=True))
    before = _closed_in_a_day(session, actor)
    yield batches
    session.flush()
    after = _closed_in_a_day(session, actor)
    if after > most:
        raise TooManyClosed(most)
    if before < after == most:
        warn_administrators(session, actor, batches[0], most)


def revoke_card(actor: Actor, typed: str, reason: Reason) -> str:
    """Close one card, by its number or its code; its serial. Its holder is signed out everywhere, and told.

    Raises `DomainError` for what is no number and no code, `NotFound`, `Forbidden`, `TooManyClosed`; `Conflict`
    where it is closed.
    """
    serial, code_hash = _named(typed)
    with transaction() as session, _counted(session, actor) as batches:
        card, batch = _find(session, actor, serial, code_hash)
        batches.append(batch)
        if card.revoked_at is not None:
            raise Conflict(_l("Cette carte est déjà fermée."), field="card")
        _revoke(session, actor, card, batch, reason)
        tell_holder(session, card, batch, acting_role(actor, "card.replace"), CardEnding.CLOSED)
    return card.serial


def _revoke(session: Session, actor: Actor, card: Card, batch: CardBatch, reason: Reason) -> None:
    card.revoked_at = clock.now()
    card.revoked_reason = reason.value
    card.revoked_by = actor.actor_id
    card.revoked_role = acting_role(actor, "card.replace").value
    ledger.note(session, "card.closed", card.id, born=batch.created_at, code=reason.value)
    session.flush()
    if card.account_id is not None:
        end_sessions(session, card.account_id)
    _note(session, actor, card, batch, {"revoked": reason.value})


def replace_card(
    actor: Actor, typed: str, reason: Reason, *, proof: str | None = None, new_space: bool = False
) -> Printing:
    """Close a card and make another one for the same person; a batch of one, to be printed.

    It opens the same space where the card's code was typed (and the card was not said lost or seen before), or with
    `proof`, the code that the person got. With `new_space` it opens a new one. A card that was closed before can
    still be replaced, once. Raises as `revoke_card`, `ProofNeeded` where neither is so (beside the field `proof` where
    that was left empty), `proofs.NotConfirmed`,
    `proofs.WrongProof`, and `Conflict` where the card has been replaced or its account erased.
    """
    serial, code_hash = _named(typed)
    if proofs.confirms_first(actor):
        raise proofs.NotConfirmed
    if proof:
        proofs.take(proofs.for_card(look_at(actor, typed).card_id), proof)
    codes, hashes = new_codes(1)
    with transaction() as session, _counted(session, actor) as batches:
        card, batch = _find(session, actor, serial, code_hash)
        batches.append(batch)
        if card.replaced_by is not None:
            raise Conflict(_l("Cette carte a déjà été remplacée par une autre."), field="card")
        if card.revoked_reason == Reason.ERASED.value:
            raise Conflict(
                _l("Le compte de cette carte est effacé. Donnez à la personne une carte d’un autre lot."),
                field="card",
            )
        same = card.account_id is not None and (bool(proof) or (serial is None and proves(_closed_for(card))))
        if card.account_id is not None and not same and not new_space:
            raise ProofNeeded(left_empty=proof is not None)
        if card.revoked_at is None:
            _revoke(session, actor, card, batch, reason)
        fresh = CardBatch(
            quartier_id=batch.quartier_id,
            body_id=batch.body_id,
            purpose=batch.purpose,
            quantity=1,
            expires_on=max(batch.expires_on, clock.today() + rules.REPLACEMENT_VALIDITY),
            handed_out_by=batch.handed_out_by,
            languages=batch.languages,
            replacement=True,
            created_by=actor.actor_id,
            created_at=clock.now(),
            closed_at=None,
            closed_role=None,
        )
        key = add_batch(session, fresh)
        add_cards(session, fresh, codes, hashes)
        new = session.execute(select(Card).where(Card.batch_id == fresh.id)).scalar_one()
        if same:
            new.account_id = card.account_id
            new.first_used_on = card.first_used_on
        card.replaced_by = new.id
        session.flush()
        _note(session, actor, card, batch, {"replaced_by": new.serial, "same_space": same})
        tell_holder(
            session,
            card,
            batch,
            acting_role(actor, "card.replace"),
            CardEnding.SAME_SPACE if same else CardEnding.NEW_SPACE,
        )
    return Printing(fresh.id, key)

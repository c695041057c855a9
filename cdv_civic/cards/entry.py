"""Coming in with a card: the first use makes the account, the next ones open it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.invitations import keeps_out_without_password
from cdv_civic.accounts.models import ResidentQuartier
from cdv_civic.accounts.operations import new_account
from cdv_civic.accounts.other_ways_in import OtherWay
from cdv_civic.accounts.personal_parts import PersonalPart
from cdv_civic.accounts.sessions import account_who_acts
from cdv_civic.cards import rules, wording
from cdv_civic.cards.hashes import hash_code
from cdv_civic.cards.models import Card, CardBatch
from cdv_civic.cards.rules import BadCardCode, CardState, Reason, card_state
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.table import ROLES
from cdv_civic.core.settings import current_settings
from cdv_civic.sign_in.second_factor.queries import factor_state
from cdv_civic.territory.models import Quartier


class CardRefused(DomainError):
    """A code that opens nothing. `guessed`: no card has it, which is counted against the network address."""

    def __init__(self, sentence: Any, *, guessed: bool = False) -> None:
        super().__init__(sentence, field="code")
        self.guessed = guessed


@dataclass(frozen=True)
class OpenedCard:
    """The account that a card opens, and whether it was made just now."""

    account_id: int
    first_time: bool


def read(typed: str) -> str:
    """The code that somebody typed; raises `CardRefused` where no card can have it, without asking the database."""
    try:
        return rules.read_code(typed)
    except BadCardCode as bad:
        raise CardRefused(wording.said(bad)) from None


def open_card(code: str, *, may_wait: bool = True) -> OpenedCard:
    """The account of a card, by its code as `read` gives it; made at the first use. Raises `CardRefused`, `Crowded`.

    Of several first uses at once one makes the account: the row of the card is locked (SQLite lets one write at a
    time). The work is the same whether a card has the code or not: one argon2id and one look-up in a transaction.
    """
    code_hash = hash_code(code, may_wait=may_wait)
    with transaction() as session:
        found = session.execute(
            select(Card, CardBatch)
            .join(CardBatch, CardBatch.id == Card.batch_id)
            .where(Card.code_hash == code_hash)
            .with_for_update(of=Card)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if found is None:
            raise CardRefused(
                _l("Aucune carte n’a ce code. Comparez-le avec la carte, groupe par groupe."), guessed=True
            )
        card, batch = found
        state = card_state(
            revoked=card.revoked_at is not None,
            closed=batch.closed_at is not None,
            expires_on=batch.expires_on,
            today=clock.today(),
        )
        if state is not CardState.USABLE:
            raise CardRefused(_why_not(state, batch.handed_out_by))
        if card.account_id is None:
            return _first_use(session, card, batch)
        _require_resident(card.account_id, batch.handed_out_by)
        if card.first_used_on is None:
            card.first_used_on = clock.today()
            session.flush()
        return OpenedCard(card.account_id, first_time=False)


def _first_use(session: Session, card: Card, batch: CardBatch) -> OpenedCard:
    account = new_account(session)
    now = clock.now()
    # The card was handed over in the quartier by somebody who vouched for it.
    session.add(
        ResidentQuartier(account_id=account.id, quartier_id=batch.quartier_id, chosen_at=now, verified_at=now)
    )
    card.account_id = account.id
    card.first_used_on = clock.today()
    session.flush()
    return OpenedCard(account.id, first_time=True)


def _require_resident(account_id: int, whom_to_ask: str) -> None:
    """Raise `CardRefused` for an account that is closed, or that a card alone must not open."""
    who = account_who_acts(account_id)
    if who is None:
        raise CardRefused(_why_not(CardState.CLOSED, whom_to_ask))
    if keeps_out_without_password(db.session(), account_id) or factor_state(account_id).on:
        raise CardRefused(
            _l("Ce compte s’ouvre avec un mot de passe, pas avec une carte. Allez à l’espace des équipes.")
        )


def _why_not(state: CardState, whom_to_ask: str) -> Any:
    settings = current_settings()
    whom = " · ".join(filter(None, (whom_to_ask, settings.help_phone)))
    if state is CardState.EXPIRED:
        return _l("Cette carte n’est plus valable. Demandez-en une autre à : %(whom)s.", whom=whom)
    if state is CardState.REVOKED:
        return _l(
            "Cette carte est fermée : elle a été dite perdue, ou remplacée par une autre. Si c’est une erreur, "
            "demandez à : %(whom)s.",
            whom=whom,
        )
    return _l("Cette carte est fermée. Demandez-en une autre à : %(whom)s.", whom=whom)


def _cards_of(session: Session, account_id: int) -> list[dict[str, object]]:
    rows = session.execute(
        select(Card, CardBatch, Quartier.name)
        .join(CardBatch, CardBatch.id == Card.batch_id)
        .join(Quartier, Quartier.id == CardBatch.quartier_id)
        .where(Card.account_id == account_id)
        .order_by(Card.id)
    )
    return [
        {
            "number": card.serial,
            "quartier": quartier,
            "handed_out_by": batch.handed_out_by,
            "first_used_on": card.first_used_on,
            "expires_on": batch.expires_on,
            "closed": card.revoked_at is not None or batch.closed_at is not None,
            "closed_at": card.revoked_at or batch.closed_at,
            "closed_by": card.revoked_role or batch.closed_role,
        }
        for card, batch, quartier in rows
    ]


def _forget(session: Session, account_id: int) -> None:
    """Close the cards of an account and let go of it; a card that opened it opens nothing ever again."""
    session.execute(
        update(Card)
        .where(Card.account_id == account_id, Card.revoked_at.is_(None))
        .values(revoked_at=clock.now(), revoked_reason=Reason.ERASED.value)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Card)
        .where(Card.account_id == account_id)
        .values(account_id=None, revoked_reason=Reason.ERASED.value)
        .execution_options(synchronize_session=False)
    )


#: What « Mes données » shows and erases.
PERSONAL_PART = PersonalPart(
    "cards",
    _l("Votre carte personnelle"),
    _cards_of,
    _forget,
    words={
        "number": _l("Numéro"),
        "quartier": _l("Quartier"),
        "handed_out_by": _l("Donnée par"),
        "first_used_on": _l("Première fois"),
        "expires_on": _l("Valable jusqu’au"),
        "closed": _l("Fermée"),
        "closed_at": _l("Fermée le"),
        "closed_by": _l("Fermée par"),
    },
    codes={"closed_by": {role.value: words.label for role, words in ROLES.items()}},
    stays=_l("La carte reste comptée parmi celles qui ont servi, sans lien avec vous."),
)


def cards_that_open(session: Session, account_id: int, *, but: int | None = None) -> int:
    """How many cards open an account today, leaving one out. 1 statement."""
    return session.execute(
        select(func.count())
        .select_from(Card)
        .join(CardBatch, CardBatch.id == Card.batch_id)
        .where(
            Card.account_id == account_id,
            Card.id != (but or 0),
            Card.revoked_at.is_(None),
            CardBatch.closed_at.is_(None),
            CardBatch.expires_on >= clock.today(),
        )
    ).scalar_one()


#: What « Mon espace » counts, before the last other way in is taken away.
WAY_IN = OtherWay(
    "card", _l("Carte personnelle"), "id", cards_that_open, "cards.own_card", _l("Carte perdue ?")
)

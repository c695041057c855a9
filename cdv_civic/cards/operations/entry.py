"""Coming in with a card: the first use makes the account, the next ones open it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.invitations import keeps_out_without_password
from cdv_civic.accounts.models import ResidentQuartier
from cdv_civic.accounts.operations import new_account
from cdv_civic.accounts.sessions import account_who_acts
from cdv_civic.cards import rules, wording
from cdv_civic.cards.hashes import hash_code
from cdv_civic.cards.models import Card, CardBatch
from cdv_civic.cards.rules import BadCardCode, CardState, card_state
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings
from cdv_civic.sign_in.second_factor.queries import factor_state


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
    """The account of a card, by its code as `read` gives it; made at the first use.

    Raises `CardRefused`, `TooManyAtOnce`.

    Of several first uses at once one makes the account: the row of the card is locked (SQLite lets one write at a
    time). The work is the same whether a card has the code or not: one argon2id and one look-up in a transaction.
    """
    code_hash = hash_code(code, may_wait=may_wait)
    with transaction() as session:
        found = session.execute(
            select(Card, CardBatch)
            .join(CardBatch, CardBatch.id == Card.batch_id)
            .where(Card.code_hash == code_hash)
            .with_for_update(of=Card, key_share=True)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if found is None:
            raise CardRefused(
                _l(
                    "Aucune carte n’a ce code. Regardez la carte, puis écrivez-le de nouveau, groupe par groupe."
                ),
                guessed=True,
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
        require_resident(card.account_id, batch.handed_out_by)
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


def require_resident(account_id: int, whom_to_ask: str) -> None:
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

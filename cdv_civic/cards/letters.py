"""Who is told that a card was closed: its holder, on every way; administrators, where somebody closes many."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from cdv_civic.accounts.invitations import in_force
from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.accounts.news import News
from cdv_civic.cards.models import Card, CardBatch
from cdv_civic.cards.rules import TOLD_FOR, CardEnding
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.formats import date_text
from cdv_civic.core.policy.decisions import acting_role
from cdv_civic.core.policy.model import Actor, Role, ScopeKind
from cdv_civic.core.policy.table import ROLES
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.notices.letters import Letter, address_of, written_in
from cdv_civic.notices.operations import write_mail, write_text
from cdv_civic.notices.texts import fits, plainly
from cdv_civic.notices.topics import ACCOUNT, WATCH
from cdv_civic.territory.models import Quartier

_ENDINGS: Final = {
    CardEnding.CLOSED: _l("Aucune autre carte n’a été donnée à sa place."),
    CardEnding.SAME_SPACE: _l("Une autre carte a été donnée à sa place : elle ouvre votre compte."),
    CardEnding.NEW_SPACE: _l(
        "Une autre carte a été donnée à sa place : elle n’ouvre pas votre compte, qui reste à vous."
    ),
}


def _whom(batch: CardBatch) -> str:
    return " · ".join(filter(None, (batch.handed_out_by, current_settings().help_phone)))


def _sentences(card: Card, batch: CardBatch, role: Role, ending: CardEnding, day: datetime) -> list[str]:
    return [
        _(
            "Votre carte d’accès n° %(serial)s a été fermée le %(day)s. Qui l’a fait : %(role)s.",
            serial=card.serial,
            day=date_text(day, "long"),
            role=ROLES[role].label,
        ),
        str(_ENDINGS[ending]),
        _(
            "Vous ne l’avez pas demandé ? Dites-le à : %(whom)s, ou à la personne qui gère le site.",
            whom=_whom(batch),
        ),
    ]


def _languages(batch: CardBatch) -> list[str]:
    """What the holder reads is not kept; the card was printed in these."""
    settings = current_settings()
    return [tag for tag in batch.languages if tag in settings.languages] or [settings.default_language]


def tell_holder(session: Session, card: Card, batch: CardBatch, role: Role, ending: CardEnding) -> None:
    """Write to the holder of a card that was closed, by mail and by text message, within the caller's transaction.

    « Mon compte » says it too (`news_of_cards`). 2 statements, and those of the messages.
    """
    account = session.execute(
        select(Account).where(Account.id == card.account_id, Account.disabled_at.is_(None))
    ).scalar()
    if account is None:
        return
    settings, day = current_settings(), card.revoked_at or clock.now()
    main, *others = _languages(batch)
    contract_id = session.execute(
        select(Quartier.contract_id).where(Quartier.id == batch.quartier_id)
    ).scalar_one()
    if account.email is not None and settings.mails:
        said = []
        for tag in others:
            with written_in(tag):
                said += _sentences(card, batch, role, ending, day)
        with written_in(main):
            letter = Letter(
                subject=_("Votre carte d’accès est fermée"),
                paragraphs=[_("Bonjour,"), *_sentences(card, batch, role, ending, day), *said],
                action=_("Mon compte"),
                url=address_of(navigation.endpoint("my_space"), lang=main),
            )
            write_mail(session, account.email, main, letter, topic=ACCOUNT, contract_id=contract_id)
    if account.phone is not None and settings.texts:
        with written_in(main):
            text = _text(card, batch)
            write_text(session, account.phone, main, text, topic=ACCOUNT, contract_id=contract_id)


def _text(card: Card, batch: CardBatch) -> str:
    """The same in one text message: what fits of it."""
    short = _("Votre carte %(serial)s est fermée.", serial=card.serial)
    longer = _(
        "Votre carte %(serial)s est fermée. Pas demandé par vous ? Dites-le à : %(whom)s",
        serial=card.serial,
        whom=_whom(batch),
    )
    return next(said for said in (*map(plainly, (longer, short)), card.serial) if fits(said))


def news_of_cards(session: Session, account_id: int) -> Sequence[News]:
    """What « Mon compte » says of cards that were closed not long ago. 1 statement."""
    new, since = aliased(Card), clock.now() - TOLD_FOR
    rows = session.execute(
        select(Card, CardBatch, new.account_id)
        .join(CardBatch, CardBatch.id == Card.batch_id)
        .outerjoin(new, new.id == Card.replaced_by)
        .where(
            Card.account_id == account_id,
            or_(
                and_(Card.revoked_at > since, Card.revoked_role.is_not(None)),
                and_(
                    Card.revoked_at.is_(None),
                    CardBatch.closed_at > since,
                    CardBatch.closed_role.is_not(None),
                ),
            ),
        )
        .order_by(func.coalesce(Card.revoked_at, CardBatch.closed_at).desc(), Card.id)
    )
    found = []
    for card, batch, opens in rows:
        ending = CardEnding.CLOSED
        if card.replaced_by is not None:
            ending = CardEnding.SAME_SPACE if opens == account_id else CardEnding.NEW_SPACE
        role, day = card.revoked_role or batch.closed_role, card.revoked_at or batch.closed_at
        said = _sentences(card, batch, Role(role or ""), ending, day or since)
        found.append(News(" ".join(said), "cards.own_card", _l("Avoir une autre carte pour ce compte")))
    return found


def warn_administrators(session: Session, actor: Actor, batch: CardBatch, count: int) -> None:
    """Tell those who look after the site or the contract that somebody closed as many cards as a day allows."""
    settings = current_settings()
    if not settings.mails:
        return
    contract_id = session.execute(
        select(Quartier.contract_id).where(Quartier.id == batch.quartier_id)
    ).scalar_one()
    addresses = session.execute(
        select(Account.email)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(
            RoleGrant.role == Role.ADMINISTRATOR.value,
            or_(RoleGrant.scope_kind == ScopeKind.SITE.value, RoleGrant.contract_id == contract_id),
            in_force(clock.now()),
            Account.email.is_not(None),
            Account.disabled_at.is_(None),
        )
        .distinct()
        .order_by(Account.email)
    ).scalars()
    tag = settings.default_language
    with written_in(tag):
        letter = Letter(
            subject=_("Beaucoup de cartes fermées"),
            paragraphs=[
                _("Bonjour,"),
                _(
                    "%(role)s (%(name)s) a fermé ou remplacé %(count)s cartes d’accès en un jour. C’est la "
                    "limite : le site n’en prend plus de ce compte aujourd’hui. Demandez ce qui se passe.",
                    role=ROLES[acting_role(actor, "card.replace")].label,
                    name=actor.organisation_name or actor.name or str(actor.actor_id),
                    count=count,
                ),
            ],
            action=_("Voir les cartes"),
            url=address_of("cards_desk.table", lang=tag),
        )
        for address in addresses.all():
            write_mail(session, address or "", tag, letter, topic=WATCH, contract_id=contract_id)

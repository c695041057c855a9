"""What people do with what they follow. Not in the audit trail, which is about what staff did.

Each raises `Forbidden`, and `NotFound` where the account was erased meanwhile.
"""

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.erasure import locked_account
from cdv_civic.accounts.models import Account
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.notices.follows import kinds
from cdv_civic.notices.follows.models import Follow, NewsChoice
from cdv_civic.notices.follows.rules import CHANNELS, MOST_FOLLOWED, RHYTHMS, NewsChannel, Rhythm, rhythm_of
from cdv_civic.notices.letters import mail_language

_UNKNOWN: Final = _l("Cela n’existe plus, ou ne se suit pas.")
_CHOOSE: Final = _l("Choisissez une réponse de la liste.")


def follow(actor: Actor, kind: str, reference: str, language: str) -> None:
    """Follow what a reference stands for; what is followed already changes nothing.

    The first time it chooses how to hear of it too: once a week by mail, by text message where there is no address.
    Raises `NotFound` for what nobody may see, `Conflict` where `MOST_FOLLOWED` are followed, `TooManyAttempts` for
    whoever does so all day.
    """
    require(actor, "account.self")
    limits.count_choice(f"account:{actor.actor_id}")
    known = kinds.kind_named(kind)
    with transaction() as session:
        account = locked_account(session, actor.actor_id)
        target_id = known.find(reference) if known is not None else None
        if target_id is None:
            raise NotFound(_UNKNOWN)
        if session.get(NewsChoice, account.id) is None:
            session.add(_first_choice(account, mail_language(language)))
        if session.get(Follow, (account.id, kind, target_id)) is not None:
            return
        # The row of the account is locked: nobody adds another one meanwhile.
        count = select(func.count()).select_from(Follow).where(Follow.account_id == account.id)
        if session.execute(count).scalar_one() >= MOST_FOLLOWED:
            raise Conflict(
                _l(
                    "Vous pouvez suivre %(most)s choses. Arrêtez d’en suivre une pour en suivre une autre.",
                    most=MOST_FOLLOWED,
                )
            )
        session.add(Follow(account_id=account.id, kind=kind, target_id=target_id, followed_at=clock.now()))


def _first_choice(account: Account, language: str) -> NewsChoice:
    settings = current_settings()
    channel = NewsChannel.NONE
    if account.email is not None and settings.mails:
        channel = NewsChannel.EMAIL
    elif account.phone is not None and settings.texts:
        channel = NewsChannel.SMS
    return NewsChoice(
        account_id=account.id,
        channel=channel.value,
        rhythm=Rhythm.WEEKLY.value,
        language=language,
        told_until=clock.now(),
    )


def unfollow(actor: Actor, kind: str, target_id: int) -> None:
    """Follow something no more; what was not followed changes nothing."""
    require(actor, "account.self")
    with transaction() as session:
        account = locked_account(session, actor.actor_id)
        followed = session.get(Follow, (account.id, kind, target_id))
        if followed is not None:
            ledger.note(session, "follow.ended", f"{account.id}:{kind}:{target_id}", born=account.created_at)
            session.delete(followed)


def choose_news(actor: Actor, channel: str, rhythm: str, language: str) -> None:
    """Say how one wants to hear of what one follows, and in which language.

    Raises `DomainError` with the field for a channel that the account or the site does not have, `TooManyAttempts`.
    """
    require(actor, "account.self")
    if channel not in CHANNELS:
        raise DomainError(_CHOOSE, field="channel")
    if rhythm not in RHYTHMS:
        raise DomainError(_CHOOSE, field="channel")
    if language not in current_settings().languages:
        raise DomainError(_CHOOSE, field="language")
    if channel != NewsChannel.NONE:
        limits.count_choice(f"account:{actor.actor_id}")
    with transaction() as session:
        account = locked_account(session, actor.actor_id)
        _require_channel(account, NewsChannel(channel))
        choice = session.get(NewsChoice, account.id, populate_existing=True)
        if choice is None:
            choice = _first_choice(account, language)
            session.add(choice)
        elif choice.channel == NewsChannel.NONE:
            choice.told_until = clock.now()  # what they read on the site is not told now
        if channel == NewsChannel.NONE and choice.channel != NewsChannel.NONE:
            ledger.note(session, "news.stopped", account.id, born=account.created_at)
        choice.channel = channel
        choice.rhythm = rhythm_of(NewsChannel(channel), Rhythm(rhythm)).value
        choice.language = language


def _require_channel(account: Account, channel: NewsChannel) -> None:
    settings = current_settings()
    if channel is NewsChannel.EMAIL and (account.email is None or not settings.mails):
        raise DomainError(_l("Ajoutez d’abord une adresse e-mail à votre compte."), field="channel")
    if channel is NewsChannel.SMS and (account.phone is None or not settings.texts):
        raise DomainError(_l("Ajoutez d’abord un numéro de téléphone à votre compte."), field="channel")


def tell_from_now_on(session: Session) -> None:
    """Tell nobody what happened until now, within the caller's transaction.

    After a restore: much of it was told in the time that the backup does not know.
    """
    for choice in session.execute(select(NewsChoice)).scalars():
        choice.told_until = clock.now()

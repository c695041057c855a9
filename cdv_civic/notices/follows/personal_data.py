"""What an account follows and was told, as parts of what is kept about a person: gone with the account."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.notices.follows.models import Digest, Follow, NewsChoice, Reminder
from cdv_civic.notices.follows.queries import followed_by
from cdv_civic.notices.follows.wording import CHANNEL_WORDS, RHYTHM_WORDS


def _read_follows(_session: Session, account_id: int) -> Sequence[dict[str, object]]:
    return [
        {
            "kind": each.kind.name,
            "of": str(each.kind.label),
            "what": row.target.name.text if row.target is not None else None,
            "followed_at": row.followed_at,
        }
        for each in followed_by(account_id, current_language().tag)
        for row in each.rows
    ]


def _erase_follows(session: Session, account_id: int) -> None:
    session.execute(delete(Follow).where(Follow.account_id == account_id))


def _read_news(session: Session, account_id: int) -> Sequence[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {
            "channel": choice.channel,
            "rhythm": choice.rhythm,
            "language": choice.language,
            "told_until": choice.told_until,
        }
        for choice in session.execute(select(NewsChoice).where(NewsChoice.account_id == account_id)).scalars()
    ]
    digests = select(Digest).where(Digest.account_id == account_id).order_by(Digest.period)
    rows += [{"digest_of": row.period, "told": row.told} for row in session.execute(digests).scalars()]
    reminders = select(Reminder).where(Reminder.account_id == account_id).order_by(Reminder.day)
    rows += [{"reminder_of": row.about, "on": row.day} for row in session.execute(reminders).scalars()]
    return rows


def _erase_news(session: Session, account_id: int) -> None:
    for table in (NewsChoice, Digest, Reminder):
        session.execute(delete(table).where(table.account_id == account_id))


#: What « Mes données » shows and erases.
PERSONAL_PARTS: Final = (
    PersonalPart(
        "follows",
        _l("Ce que vous suivez"),
        _read_follows,
        _erase_follows,
        words={"of": _l("Sorte"), "what": _l("Quoi"), "followed_at": _l("Depuis")},
    ),
    PersonalPart(
        "news",
        _l("Les nouvelles que nous vous envoyons"),
        _read_news,
        _erase_news,
        words={
            "channel": _l("Comment"),
            "rhythm": _l("Quand"),
            "language": _l("Langue"),
            "told_until": _l("Envoyées jusqu’au"),
            "digest_of": _l("Envoi du"),
            "told": _l("Nouvelles envoyées"),
            "on": _l("Rappel d’une rencontre le"),
        },
        codes={"channel": CHANNEL_WORDS, "rhythm": RHYTHM_WORDS},
    ),
)

"""The messages of the outbox as a part of what is kept about a person: those to the addresses of the account."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account
from cdv_civic.accounts.personal_parts import PersonalPart
from cdv_civic.core import clock
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.notices.models import NOT_OVER, Notice
from cdv_civic.notices.rules import NoticeState

#: Why a message that still waited did not leave.
ERASED: Final = "Erased"


def _to(session: Session, account_id: int) -> ColumnElement[bool]:
    row = session.execute(select(Account.email, Account.phone).where(Account.id == account_id)).first()
    return Notice.recipient.in_([address for address in (row or ()) if address])


def _read(session: Session, account_id: int) -> Sequence[dict[str, object]]:
    rows = session.execute(select(Notice).where(_to(session, account_id)).order_by(Notice.id)).scalars()
    return [
        {
            "kind": row.kind,
            "topic": row.topic,
            "to": row.recipient,
            "subject": row.subject,
            "text": row.text_body,
            "language": row.language,
            "written_at": row.created_at,
            "sent_at": row.sent_at,
        }
        for row in rows
    ]


def _erase(session: Session, account_id: int) -> None:
    to_them = _to(session, account_id)
    session.execute(
        update(Notice)
        .where(to_them, NOT_OVER)
        # Without the name of its attempt, a sender that speaks to the server just now does not hand it over.
        .values(state=NoticeState.FAILED.value, failed_at=clock.now(), last_error=ERASED, attempt_id=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Notice)
        .where(to_them)
        .values(recipient=None, subject="", text_body=None, html_body=None, unsubscribe_url=None)
        .execution_options(synchronize_session=False)
    )


#: What « Mes données » shows and erases.
PERSONAL_PART = PersonalPart(
    "messages",
    _l("Les messages que nous vous avons écrits"),
    _read,
    _erase,
    words={
        "kind": _l("Sorte"),
        "subject": _l("Objet"),
        "written_at": _l("Écrit"),
        "sent_at": _l("Parti"),
    },
    codes={"kind": {"email": _l("E-mail"), "sms": _l("SMS")}},
)

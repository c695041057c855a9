"""Links and codes to come in, as a part of what is kept about a person: those sent to the addresses of the account,
and to those about to be added."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account
from cdv_civic.accounts.personal_parts import PersonalPart
from cdv_civic.accounts.rules import Way
from cdv_civic.accounts.wording import WAY_WORDS
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.sign_in.by_message.hashes import bound_to
from cdv_civic.sign_in.by_message.models import SignInCode


def _to(session: Session, account_id: int) -> ColumnElement[bool]:
    row = session.execute(select(Account.email, Account.phone).where(Account.id == account_id)).first()
    addresses = [address for address in (row or ()) if address]
    return or_(SignInCode.address.in_(addresses), SignInCode.browser_hash == bound_to(account_id))


def _read(session: Session, account_id: int) -> Sequence[dict[str, object]]:
    rows = session.execute(
        select(SignInCode).where(_to(session, account_id)).order_by(SignInCode.id)
    ).scalars()
    return [{"way": row.way, "created_at": row.created_at, "expires_at": row.expires_at} for row in rows]


def _erase(session: Session, account_id: int) -> None:
    session.execute(delete(SignInCode).where(_to(session, account_id)))


#: What « Mes données » shows and erases.
PERSONAL_PART: Final = PersonalPart(
    "codes",
    _l("Les liens et les codes envoyés pour se connecter"),
    _read,
    _erase,
    words={"way": _l("Sorte"), "created_at": _l("Envoyé"), "expires_at": _l("Sert jusqu’au")},
    codes={"way": {way.value: WAY_WORDS[way] for way in (Way.EMAIL, Way.SMS)}},
)

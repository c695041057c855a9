"""A member's own seat in a commission among « Mes données », and what becomes of the name."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import LocalizedText
from cdv_civic.fund.juries.wording import SIDES
from cdv_civic.fund.models.choosing import JuryMember
from cdv_civic.fund.models.funds import Fund

#: How long the name of a former member is kept.
FORMER_KEPT: Final = timedelta(days=730)
#: What is left of somebody who was forgotten: that a seat of that side was held.
FORGOTTEN: Final[Mapping[str, Any]] = {"name": "", "account_id": None}


def _read(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The seats of an account, present and former; 1 statement."""
    rows = session.execute(
        select(
            JuryMember.name,
            JuryMember.side,
            JuryMember.represents,
            JuryMember.since_on,
            JuryMember.left_on,
            LocalizedText.original,
        )
        .join(Fund, Fund.id == JuryMember.fund_id)
        .join(LocalizedText, LocalizedText.id == Fund.name_id)
        .where(JuryMember.account_id == account_id)
        .order_by(JuryMember.since_on, JuryMember.id)
    )
    return [
        {
            "fund": row.original,
            "name": row.name,
            "side": row.side,
            "represents": row.represents,
            "since_on": row.since_on,
            "left_on": row.left_on,
        }
        for row in rows
    ]


def forget_account(session: Session, account_id: int) -> None:
    """Take an erased account's person out of their seats, in the caller's transaction; the seats stay, and end."""
    session.execute(
        update(JuryMember)
        .where(JuryMember.account_id == account_id, JuryMember.left_on.is_(None))
        .values(left_on=clock.today())
    )
    session.execute(update(JuryMember).where(JuryMember.account_id == account_id).values(**FORGOTTEN))


def forget_former() -> int:
    """Erase the names of those who left `FORMER_KEPT` ago; how many. It may be run again."""
    limit = clock.today() - FORMER_KEPT
    with transaction() as session:
        gone = session.execute(
            update(JuryMember)
            .where(JuryMember.left_on <= limit, JuryMember.name != "")
            .values(**FORGOTTEN)
            .returning(JuryMember.id)
            .execution_options(synchronize_session=False)
        )
        return len(gone.all())


PART: Final = PersonalPart(
    "jury_seats",
    _l("Votre place dans la commission d’un fonds"),
    _read,
    forget_account,
    words={
        "fund": _l("Fonds"),
        "name": _l("Nom"),
        "side": _l("De quel côté\u00a0?"),
        "represents": _l("Au nom de"),
        "since_on": _l("Depuis"),
        "left_on": _l("Terminé"),
    },
    codes={"side": SIDES},
    stays=_l("La place reste comptée dans les comptes rendus, sans votre nom."),
)

"""What the reminders hold about a person."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.work_list.models import WorkDigest, WorkReminder
from cdv_civic.work_list.wording import PERIODS


def _read(session: Session, account_id: int) -> Sequence[dict[str, object]]:
    row = session.get(WorkReminder, account_id, populate_existing=True)
    found: list[dict[str, object]] = []
    if row is not None:
        found.append({"period": row.period, "chosen_at": row.chosen_at})
    looked_at = session.execute(
        select(WorkDigest.looked_at).where(WorkDigest.account_id == account_id).order_by(WorkDigest.day)
    ).scalars()
    found += [{"looked_at": moment} for moment in looked_at]
    return found


def _erase(session: Session, account_id: int) -> None:
    for table in (WorkReminder, WorkDigest):
        session.execute(
            delete(table).where(table.account_id == account_id).execution_options(synchronize_session=False)
        )


#: What « Mes données » shows and erases.
PERSONAL_PART: Final = PersonalPart(
    "work_reminders",
    _l("Les rappels de votre travail"),
    _read,
    _erase,
    words={
        "period": _l("Quand vous voulez un e-mail"),
        "chosen_at": _l("Choisi le"),
        "looked_at": _l("Travail compté le"),
    },
    codes={"period": {period.value: label for period, label in PERIODS.items()}},
)

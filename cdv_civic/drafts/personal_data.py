"""Drafts as a part of what is kept about a person: gone with the account."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.drafts.kinds import draft_kinds
from cdv_civic.drafts.models import Draft
from cdv_civic.drafts.queries import texts_of


def _read(session: Session, account_id: int) -> Sequence[dict[str, object]]:
    kinds = draft_kinds()
    rows = session.execute(
        select(Draft).where(Draft.account_id == account_id).order_by(Draft.saved_at, Draft.id)
    ).scalars()
    return [
        {
            "kind": row.form_kind,
            "about": row.owner_key,
            "form": str(kinds[row.form_kind].label) if row.form_kind in kinds else row.form_kind,
            "texts": texts_of(row.fields),
            "fields": row.fields,
            "saved_at": row.saved_at,
        }
        for row in rows
    ]


def _erase(session: Session, account_id: int) -> None:
    session.execute(
        delete(Draft).where(Draft.account_id == account_id).execution_options(synchronize_session=False)
    )


#: What « Mes données » shows and erases.
PERSONAL_PART: Final = PersonalPart(
    "drafts",
    _l("Vos brouillons"),
    _read,
    _erase,
    words={"form": _l("Brouillon de"), "texts": _l("Ce que vous avez écrit"), "saved_at": _l("Gardé le")},
)

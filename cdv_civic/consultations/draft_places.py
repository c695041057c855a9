"""Where a draft of whoever works on a consultation goes on, as « Mes brouillons » names it."""

from collections.abc import Sequence

from sqlalchemy import select

from cdv_civic.consultations.models import Consultation
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized
from cdv_civic.core.web.desk import numbers_in
from cdv_civic.drafts.kinds import DraftPlace
from cdv_civic.territory.models import Contract


def places_at(endpoint: str, owners: Sequence[str], language: str) -> dict[str, DraftPlace]:
    """The page of each of some consultations that is not withdrawn, by its title; 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    statement = title.join(
        select(Consultation.id, Consultation.slug, Contract.short_title, *title.columns)
        .join(Contract, Contract.id == Consultation.contract_id)
        .where(Consultation.id.in_(numbers_in(owners)), Consultation.withdrawn_at.is_(None))
    )
    return {
        str(row.id): DraftPlace(title.words(row), row.short_title, (endpoint, {"slug": row.slug}))
        for row in rows_of(statement)
    }

"""The quartiers whose residents are asked."""

from sqlalchemy import select

from cdv_civic.consultations.models import consultation_quartier
from cdv_civic.core.db import rows_of
from cdv_civic.territory.models import Quartier


def quartiers_asked(consultation_id: int) -> tuple[tuple[int, str], ...]:
    """Ids and names of the quartiers of a consultation, in the order of its form; 1 statement."""
    links = consultation_quartier.c
    rows = rows_of(
        select(Quartier.id, Quartier.name)
        .join(consultation_quartier, links.quartier_id == Quartier.id)
        .where(links.consultation_id == consultation_id)
        .order_by(links.position, Quartier.id)
    )
    return tuple((row.id, row.name) for row in rows)

"""What a sheet, a poster and the pages of paper say of a consultation."""

from dataclasses import dataclass

from sqlalchemy import func, select

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.queries.moments import calendar_in
from cdv_civic.consultations.queries.quartiers import quartiers_asked
from cdv_civic.consultations.rules.calendar import ConsultationCalendar
from cdv_civic.core.db import db, rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.territory.models import Body, Commune, Contract


@dataclass(frozen=True)
class PlaceName:
    """A quartier whose residents are asked."""

    id: int
    name: str


@dataclass(frozen=True)
class PaperConsultation:
    """A consultation as paper says it, in one language."""

    id: int
    slug: str
    title: Words
    purpose: Words | None
    readers: Words | None
    #: A body, a commune, or the contract whose team asks.
    organiser: str
    contract: str
    calendar: ConsultationCalendar
    languages: tuple[str, ...]
    entered_twice: bool
    quartiers: tuple[PlaceName, ...]
    version: int

    @property
    def published(self) -> bool:
        """Whether what it asks stands."""
        return self.calendar.published_at is not None and self.calendar.withdrawn_at is None


def paper_consultation(slug: str, language: str) -> PaperConsultation | None:
    """A consultation by its name, in a language; 3 statements."""
    row = db.session.execute(select(Consultation).where(Consultation.slug == slug)).scalar()
    if row is None:
        return None
    title = Localized("title", Consultation.title_id, language)
    purpose = Localized("purpose", Consultation.purpose_id, language)
    readers = Localized("readers", Consultation.readers_id, language)
    statement = (
        select(
            func.coalesce(Body.name, Commune.name, Contract.short_title).label("organiser"),
            Contract.slug.label("contract"),
            *title.columns,
            *purpose.columns,
            *readers.columns,
        )
        .select_from(Consultation)
        .join(Contract, Contract.id == Consultation.contract_id)
        .outerjoin(Body, Body.id == Consultation.body_id)
        .outerjoin(Commune, Commune.id == Consultation.commune_id)
        .where(Consultation.id == row.id)
    )
    joined = readers.join(purpose.join(title.join(statement), optional=True), optional=True)
    said = rows_of(joined).one()
    return PaperConsultation(
        id=row.id,
        slug=row.slug,
        title=title.words(said),
        purpose=purpose.words_or_none(said),
        readers=readers.words_or_none(said),
        organiser=said.organiser,
        contract=said.contract,
        calendar=calendar_in(row),
        languages=tuple(row.languages),
        entered_twice=row.entered_twice,
        quartiers=tuple(PlaceName(*each) for each in quartiers_asked(row.id)),
        version=row.version,
    )

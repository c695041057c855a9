"""What pages of results say of a consultation before any table, and which waves came before it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import aliased

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.paper.models import ConsultationSheetEntry
from cdv_civic.consultations.queries.moments import MOMENTS, calendar_in, consultation_is_public
from cdv_civic.consultations.results.corrections import FigureChange
from cdv_civic.consultations.results.models import ConsultationPublication, ConsultationTally
from cdv_civic.consultations.results.published import from_json
from cdv_civic.consultations.rules.calendar import ConsultationCalendar
from cdv_civic.consultations.rules.evidence import ProofAsked
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.territory.models import Contract


@dataclass(frozen=True)
class ResultsHead:
    """A consultation, as pages of its results name it."""

    id: int
    slug: str
    contract: str
    contract_title: Words
    title: Words
    calendar: ConsultationCalendar
    #: None: a draft that does not say it yet.
    proof: ProofAsked | None
    open_rows: bool
    wave: str | None
    wave_of_id: int | None
    #: How many answers everybody is told of, in steps; None: not counted yet.
    counted: int | None
    contract_id: int
    #: The organiser, as of the consultation.
    body_id: int | None
    commune_id: int | None
    #: Sheets that two people read otherwise.
    differing: int


#: Sheets of a consultation that two people read otherwise.
_DIFFERING: Final = (
    select(func.count(ConsultationSheetEntry.id))
    .where(ConsultationSheetEntry.consultation_id == Consultation.id, ConsultationSheetEntry.place == 2)
    .scalar_subquery()
)
#: What is read of a consultation besides its texts.
_COLUMNS: Final[tuple[Any, ...]] = (
    Consultation.id,
    Consultation.slug,
    Contract.slug.label("contract"),
    *MOMENTS,
    Consultation.proof,
    Consultation.open_rows,
    Consultation.wave,
    Consultation.wave_of_id,
    Consultation.counted,
    Consultation.contract_id,
    Consultation.body_id,
    Consultation.commune_id,
    _DIFFERING.label("differing"),
)


def _heads(language: str) -> tuple[Select[Any], Localized, Localized]:
    title = Localized("title", Consultation.title_id, language)
    contract = Localized("contract_title", Contract.title_id, language)
    statement = select(*_COLUMNS, *title.columns, *contract.columns).join(
        Contract, Contract.id == Consultation.contract_id
    )
    return contract.join(title.join(statement)), title, contract


def results_head(slug: str, language: str) -> ResultsHead | None:
    """A consultation by its slug, drafts too; 1 statement."""
    statement, title, contract = _heads(language)
    row = rows_of(statement.where(Consultation.slug == slug)).first()
    if row is None:
        return None
    return ResultsHead(
        row.id,
        row.slug,
        row.contract,
        contract.words(row),
        title.words(row),
        calendar_in(row),
        ProofAsked(row.proof) if row.proof else None,
        row.open_rows,
        row.wave,
        row.wave_of_id,
        row.counted,
        row.contract_id,
        row.body_id,
        row.commune_id,
        row.differing,
    )


def public_results_head(slug: str, language: str) -> ResultsHead | None:
    """A consultation that everybody may see; 1 statement."""
    found = results_head(slug, language)
    if found is None or found.calendar.published_at is None or found.calendar.withdrawn_at is not None:
        return None
    return found


@dataclass(frozen=True)
class ConsultationLine:
    """A consultation in a list of a command."""

    slug: str
    title: str
    calendar: ConsultationCalendar
    counted: int | None


def all_consultations() -> list[ConsultationLine]:
    """All of them, the newest first; 1 statement."""
    statement, title, _ = _heads("fr")
    return [
        ConsultationLine(
            row.slug,
            title.words(row).text,
            calendar_in(row),
            row.counted,
        )
        for row in rows_of(statement.order_by(Consultation.id.desc()))
    ]


@dataclass(frozen=True)
class ResultsVersion:
    """A version of the results, without its tables."""

    number: int
    published_at: datetime
    note: str | None
    #: What became of the figures: see `results.corrections.FigureChange`.
    outcome: str

    @property
    def kept(self) -> bool:
        """Whether its figures are those of the version before it."""
        return self.outcome == FigureChange.KEPT.value


def versions_of(consultation_id: int) -> list[ResultsVersion]:
    """The versions that were published, the newest first; 1 statement."""
    row = ConsultationPublication
    statement = (
        select(row.version, row.published_at, row.note, row.outcome)
        .where(row.consultation_id == consultation_id)
        .order_by(row.version.desc())
    )
    return [ResultsVersion(*each) for each in rows_of(statement)]


def content_of(consultation_id: int, version: int) -> dict[str, Any] | None:
    """The tables of a version; 1 statement."""
    row = ConsultationPublication
    found: dict[str, Any] | None = rows_of(
        select(row.content).where(row.consultation_id == consultation_id, row.version == version)
    ).scalar()
    return found


def told_questions(consultation_ids: Collection[int]) -> Collection[int]:
    """The questions of which everybody may read texts: the newest results are public, and so many were asked that these
    tell of nobody. 1 statement.
    """
    row, later = ConsultationPublication, aliased(ConsultationPublication)
    newest = select(func.max(later.version)).where(later.consultation_id == row.consultation_id)
    statement = (
        select(row.content)
        .join(Consultation, Consultation.id == row.consultation_id)
        .where(
            row.consultation_id.in_(sorted(consultation_ids)),
            row.version == newest.scalar_subquery(),
            consultation_is_public(),
        )
    )
    return {
        number
        for content in rows_of(statement).scalars()
        for results in (from_json(content),)
        for number in results.of_told(results.by_id)
    }


#: No chain of waves is followed further: one a year for a contract.
MOST_WAVES: Final = 8


@dataclass(frozen=True)
class WaveBefore:
    """An earlier wave whose results stand beside."""

    id: int
    slug: str
    #: « 2023 »; None: the first one, which had no name.
    wave: str | None
    opens_at: datetime | None
    #: The tables of its newest version.
    content: dict[str, Any]

    @property
    def name(self) -> str:
        """How it is called: by its name, else by the year in which it opened."""
        if self.wave or self.opens_at is None:
            return self.wave or self.slug
        return str(self.opens_at.astimezone(clock.zone()).year)


def waves_before(wave_of_id: int | None) -> list[WaveBefore]:
    """The waves before one, the latest first, whose results are public; 1 statement, none where there is none."""
    if wave_of_id is None:
        return []
    chain = (
        select(Consultation.id, Consultation.wave_of_id, literal(1).label("depth"))
        .where(Consultation.id == wave_of_id)
        .cte("chain", recursive=True)
    )
    before = aliased(Consultation)
    chain = chain.union_all(
        select(before.id, before.wave_of_id, chain.c.depth + 1)
        .join(chain, before.id == chain.c.wave_of_id)
        .where(chain.c.depth < MOST_WAVES)
    )
    later = aliased(ConsultationPublication)
    newest = select(func.max(later.version)).where(later.consultation_id == Consultation.id).scalar_subquery()
    statement = (
        select(
            Consultation.id,
            Consultation.slug,
            Consultation.wave,
            Consultation.opens_at,
            ConsultationPublication.content,
        )
        .join(chain, chain.c.id == Consultation.id)
        .join(
            ConsultationPublication,
            (ConsultationPublication.consultation_id == Consultation.id)
            & (ConsultationPublication.version == newest),
        )
        .where(Consultation.withdrawn_at.is_(None))
        .order_by(chain.c.depth)
    )
    return [WaveBefore(*row) for row in rows_of(statement)]


@dataclass(frozen=True)
class CountedVersion:
    """The newest version, and what was counted for it."""

    number: int
    content: dict[str, Any]
    #: None: the answers that are here are not those of its figures.
    tally: dict[str, Any] | None


def newest_with_tally(consultation_id: int) -> CountedVersion | None:
    """The newest version with its exact counts, for the organiser; 1 statement."""
    row = ConsultationPublication
    found = rows_of(
        select(row.version, row.content, ConsultationTally.content.label("tally"))
        .outerjoin(ConsultationTally, ConsultationTally.publication_id == row.id)
        .where(row.consultation_id == consultation_id)
        .order_by(row.version.desc())
        .limit(1)
    ).first()
    return CountedVersion(*found) if found is not None else None

"""Consultations as the pages of others name them: of a body, of a part of the contract, of the whole site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, exists, or_, select

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.models import Consultation, ConsultationOption, ConsultationQuestion
from cdv_civic.consultations.public.queries.cards import (
    ConsultationCard,
    Group,
    cards_where,
    group_of,
    in_quartiers,
)
from cdv_civic.consultations.queries.moments import consultation_is_public
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.web.validity import also_shows
from cdv_civic.territory.models import Contract

#: Beside other things; the list of consultations shows the others.
SHOWN_BESIDE: Final = 4


def now_open(
    language: str, *, quartiers: Sequence[int] = (), body_id: int | None = None
) -> list[ConsultationCard]:
    """What is open or announced in some quartiers, by a body, or anywhere; 1 statement."""
    now = clock.now()
    where: ColumnElement[bool] = group_of(now).in_([Group.OPEN.value, Group.COMING.value])
    if body_id is not None:
        where &= Consultation.body_id == body_id
    elif quartiers:
        where &= in_quartiers(sorted(quartiers))
    return cards_where(where, language, now, limit=60)


def at_home(language: str) -> list[ConsultationCard]:
    """What is open or announced, and answers that are late; 1 statement."""
    now = clock.now()
    late = (
        (group_of(now) == Group.WAITING.value)
        & Consultation.answered_at.is_(None)
        & (Consultation.answer_due_on < clock.today())
    )
    where = or_(group_of(now).in_([Group.OPEN.value, Group.COMING.value]), late)
    return cards_where(where, language, now, limit=60)


def of_body(body_id: int, language: str) -> list[ConsultationCard]:
    """The newest of a body; 1 statement."""
    return cards_where(Consultation.body_id == body_id, language, clock.now(), SHOWN_BESIDE)


def public_slugs() -> list[str]:
    """All that anybody may read, for the map of the site; 1 statement."""
    return list(
        rows_of(select(Consultation.slug).where(consultation_is_public()).order_by(Consultation.id)).scalars()
    )


def answered_slugs() -> list[str]:
    """Those whose answer is published, for the map of the site; 1 statement."""
    statement = select(Consultation.slug).where(
        consultation_is_public(), Consultation.answered_at.is_not(None)
    )
    return list(rows_of(statement.order_by(Consultation.id)).scalars())


@dataclass(frozen=True)
class TitledConsultation:
    """A consultation by its title alone."""

    id: int
    slug: str
    contract: str
    title: Words
    opens_at: datetime | None


def titled(ids: Sequence[int], language: str) -> Mapping[int, TitledConsultation]:
    """Some of those that anybody may read, by id; 1 statement."""
    return {each.id: each for each in _titled(Consultation.id.in_(sorted(ids)), language)}


def about_axis(axis_id: int, language: str) -> list[TitledConsultation]:
    """Those that asked about a part of the contract, the newest first; 1 statement. It says their cache tags itself."""
    offers = exists().where(
        ConsultationQuestion.consultation_id == Consultation.id,
        ConsultationOption.question_id == ConsultationQuestion.id,
        ConsultationOption.axis_id == axis_id,
    )
    found = _titled(offers, language, SHOWN_BESIDE)
    also_shows(*(consultation_tag(each.id) for each in found))
    return found


def _titled(which: ColumnElement[bool], language: str, most: int | None = None) -> list[TitledConsultation]:
    title = Localized("title", Consultation.title_id, language)
    statement = (
        select(
            Consultation.id,
            Consultation.slug,
            Contract.slug.label("contract"),
            Consultation.opens_at,
            *title.columns,
        )
        .join(Contract, Contract.id == Consultation.contract_id)
        .where(consultation_is_public(), which)
        .order_by(Consultation.opens_at.desc(), Consultation.id)
        .limit(most)
    )
    return [
        TitledConsultation(row.id, row.slug, row.contract, title.words(row), row.opens_at)
        for row in rows_of(title.join(statement))
    ]

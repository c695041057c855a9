"""Consultations as lists show them: open now, coming, waiting for their answer, answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true

from cdv_civic.consultations.models import Consultation, consultation_quartier
from cdv_civic.consultations.queries.moments import MOMENTS, calendar_in, consultation_is_public
from cdv_civic.consultations.rules.calendar import ConsultationCalendar, ConsultationStage
from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import Cursor, Page, page_of
from cdv_civic.territory.models import Body, Commune, Contract, Quartier, quartier_commune

#: Of each group, where all are shown.
SHOWN_OF_EACH: Final = 6
PER_PAGE: Final = 20
KEY_PARTS: Final = 1


class Group(StrEnum):
    """Where a consultation stands for whoever looks for something to do, or for an answer; as addresses name it."""

    OPEN = "ouvertes"
    COMING = "a-venir"
    WAITING = "en-attente"
    ANSWERED = "repondues"


@dataclass(frozen=True)
class Where:
    """What a list is about: places, by slugs; empty: anywhere."""

    contract: str = ""
    commune: str = ""
    quartier: str = ""
    #: The ids of those that were looked for (`search.found_by`); None: all.
    among: tuple[int, ...] | None = None


@dataclass(frozen=True)
class ConsultationCard:
    """A consultation in a list."""

    id: int
    slug: str
    contract: str
    title: Words
    #: Who asks: a body, a commune, or the team of the contract (then its territory).
    organiser: str
    #: Their names; none beside other things.
    quartiers: tuple[str, ...]
    calendar: ConsultationCalendar
    stage: ConsultationStage
    #: Residents should have had the answer by now.
    late: bool
    #: How many answers, in steps; None: not said.
    counted: int | None
    group: Group


def group_of(now: datetime) -> ColumnElement[str]:
    """The `Group` of a public consultation at a moment, as a column."""
    is_open = and_(
        Consultation.opens_at <= now, Consultation.closes_at > now, Consultation.frozen_at.is_(None)
    )
    return case(
        (Consultation.answered_at.is_not(None), Group.ANSWERED.value),
        (is_open, Group.OPEN.value),
        (Consultation.opens_at > now, Group.COMING.value),
        else_=Group.WAITING.value,
    )


#: By what each group is ordered: what ends, begins or is due soonest comes first; of answers the newest.
_ORDER: Final[Mapping[Group, tuple[Any, bool]]] = {
    Group.OPEN: (Consultation.closes_at, False),
    Group.COMING: (Consultation.opens_at, False),
    Group.WAITING: (Consultation.answer_due_on, False),
    Group.ANSWERED: (Consultation.answered_at, True),
}
_COLUMNS: Final[tuple[Any, ...]] = (
    Consultation.id,
    Consultation.slug,
    Contract.slug.label("contract"),
    Contract.territory,
    Body.name.label("body"),
    Commune.name.label("commune"),
    *MOMENTS,
    Consultation.counted,
)


def in_quartiers(ids: Any) -> ColumnElement[bool]:
    """The condition that residents of some quartiers are asked: by name, or as all of the contract or the commune."""
    named = exists().where(
        consultation_quartier.c.consultation_id == Consultation.id,
        consultation_quartier.c.quartier_id.in_(ids),
    )
    anybody = ~exists().where(consultation_quartier.c.consultation_id == Consultation.id)
    of_contract = Consultation.contract_id.in_(select(Quartier.contract_id).where(Quartier.id.in_(ids)))
    of_commune = or_(
        Consultation.commune_id.is_(None),
        Consultation.commune_id.in_(
            select(quartier_commune.c.commune_id).where(quartier_commune.c.quartier_id.in_(ids))
        ),
    )
    return or_(named, and_(anybody, of_contract, of_commune))


def within(where: Where) -> ColumnElement[bool]:
    """The condition that a list shows a `Consultation`, in a statement that joins its `Contract`."""
    conditions: list[ColumnElement[bool]] = [true()]
    if where.among is not None:
        conditions.append(Consultation.id.in_(where.among))
    if where.contract:
        conditions.append(Contract.slug == where.contract)
    if where.quartier:
        conditions.append(in_quartiers(select(Quartier.id).where(Quartier.slug == where.quartier)))
    if where.commune:
        here = select(Commune.id).where(Commune.slug == where.commune)
        of_quartiers = (
            select(consultation_quartier.c.consultation_id)
            .join(
                quartier_commune,
                quartier_commune.c.quartier_id == consultation_quartier.c.quartier_id,
            )
            .where(quartier_commune.c.commune_id.in_(here))
        )
        conditions.append(or_(Consultation.commune_id.in_(here), Consultation.id.in_(of_quartiers)))
    return and_(*conditions)


def _statement(title: Localized, *more: Any) -> Select[Any]:
    return title.join(
        select(*_COLUMNS, *title.columns, *more)
        .select_from(Consultation)
        .join(Contract, Contract.id == Consultation.contract_id)
        .outerjoin(Body, Body.id == Consultation.body_id)
        .outerjoin(Commune, Commune.id == Consultation.commune_id)
    ).where(consultation_is_public())


@dataclass(frozen=True)
class GroupOfCards:
    """The first of one group, and how many there are in all."""

    group: Group
    cards: Sequence[ConsultationCard]
    total: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.cards)


def first_of_each(where: Where, language: str, now: datetime) -> list[GroupOfCards]:
    """The first of each group that has any, in the order of `Group`; 2 statements."""
    title = Localized("title", Consultation.title_id, language)
    group = group_of(now)
    soonest = [
        case((group == each.value, column), else_=None).desc()
        if newest
        else case((group == each.value, column), else_=None)
        for each, (column, newest) in _ORDER.items()
    ]
    place = func.row_number().over(partition_by=group, order_by=[*soonest, Consultation.id]).label("place")
    total = func.count().over(partition_by=group).label("total")
    ranked = _statement(title, group.label("standing"), place, total).where(within(where)).subquery()
    rows = rows_of(select(ranked).where(ranked.c.place <= SHOWN_OF_EACH).order_by(ranked.c.place)).all()
    cards = _cards(rows, title, now)
    found = []
    for each in Group:
        mine = [(row.total, cards[row.id]) for row in rows if row.standing == each.value]
        if mine:
            found.append(GroupOfCards(each, [card for _total, card in mine], mine[0][0]))
    return found


def of_group(
    group: Group, where: Where, language: str, now: datetime, cursor: Cursor | None
) -> Page[ConsultationCard]:
    """One page of a group; 2 statements, 3 from the second page on."""
    title = Localized("title", Consultation.title_id, language)
    column, newest = _ORDER[group]
    statement = _statement(title, group_of(now).label("standing")).where(
        within(where), group_of(now) == group.value
    )
    backwards = cursor is not None and cursor.before
    if cursor is not None:
        (last,) = cursor.key
        moment = rows_of(select(column).where(Consultation.id == last)).scalar()
        if moment is None:
            return Page((), None, None)
        before = backwards != newest
        same = Consultation.id < last if backwards else Consultation.id > last
        statement = statement.where(
            or_(column < moment if before else column > moment, and_(column == moment, same))
        )
    order = [
        column.desc() if backwards != newest else column.asc(),
        Consultation.id.desc() if backwards else Consultation.id.asc(),
    ]
    rows = rows_of(statement.order_by(*order).limit(PER_PAGE + 1)).all()
    cards = _cards(rows, title, now)
    return page_of([cards[row.id] for row in rows], cursor, PER_PAGE, lambda card: (card.id,))


def cards_where(
    which: ColumnElement[bool], language: str, now: datetime, limit: int
) -> list[ConsultationCard]:
    """Public consultations that satisfy a condition, the newest first, without their quartiers; 1 statement."""
    title = Localized("title", Consultation.title_id, language)
    statement = _statement(title, group_of(now).label("standing")).where(which)
    rows = rows_of(statement.order_by(Consultation.opens_at.desc(), Consultation.id).limit(limit)).all()
    return list(_cards(rows, title, now, {}).values())


def next_opening_or_closing(now: datetime) -> datetime | None:
    """Until when a list of consultations is right; None: nothing opens or closes by itself. 1 statement."""
    opens, closes = Consultation.opens_at, Consultation.closes_at
    row = rows_of(
        select(
            func.min(case((opens > now, opens), else_=None)),
            func.min(case((closes > now, closes), else_=None)),
        ).where(consultation_is_public(), closes > now)
    ).one()
    return min((moment for moment in row if moment is not None), default=None)


def quartiers_of(ids: Sequence[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """The quartiers of some consultations, as slugs and names in the order they were given; 1 statement, or none."""
    if not ids:
        return {}
    rows = rows_of(
        select(consultation_quartier.c.consultation_id, Quartier.slug, Quartier.name)
        .join(Quartier, Quartier.id == consultation_quartier.c.quartier_id)
        .where(consultation_quartier.c.consultation_id.in_(sorted(ids)))
        .order_by(consultation_quartier.c.position, Quartier.name)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row.consultation_id, []).append((row.slug, row.name))
    return {key: tuple(value) for key, value in found.items()}


def _cards(
    rows: Sequence[Any],
    title: Localized,
    now: datetime,
    places: Mapping[int, Sequence[tuple[str, str]]] | None = None,
) -> dict[int, ConsultationCard]:
    if places is None:
        places = quartiers_of([row.id for row in rows])
    today = now.astimezone(clock.zone()).date()
    found = {}
    for row in rows:
        calendar = calendar_in(row)
        found[row.id] = ConsultationCard(
            row.id,
            row.slug,
            row.contract,
            title.words(row),
            row.body or row.commune or row.territory,
            tuple(name for _slug, name in places.get(row.id, ())),
            calendar,
            calendar.stage_at(now),
            calendar.late_on(today),
            row.counted,
            Group(row.standing),
        )
    return found

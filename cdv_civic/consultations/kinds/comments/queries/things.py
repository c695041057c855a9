"""Things that are commented, as they are today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from cdv_civic.commitments.models import Commitment, Indicator, IndicatorValue
from cdv_civic.commitments.models import commitment_indicator as links
from cdv_civic.commitments.queries.indicators import NOT_SHOWN
from cdv_civic.consultations.kinds.comments.models import Comment, CommentedThing
from cdv_civic.consultations.kinds.comments.rules import SubjectKind
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public
from cdv_civic.territory.models import Contract, Quartier


@dataclass(frozen=True)
class Figure:
    """The newest measure of an indicator: of the whole where there is one, else of one quartier."""

    value_kind: str
    unit: str | None
    number: float | None
    text: str | None
    measured_on: date
    quartier: str | None
    source: str | None


@dataclass(frozen=True)
class ShownThing:
    """Something that is commented, as it is today."""

    id: int
    step_id: int
    kind: SubjectKind
    #: The words of the passage, the title of the commitment, the name of the indicator.
    words: Words
    #: Of passages, counted from 1 within their document.
    number: int | None = None
    contract: str | None = None
    code: str | None = None
    #: The commitment, and how far it is (a code).
    commitment: Words | None = None
    state: str | None = None
    #: None: nothing was measured, or it is no figure.
    figure: Figure | None = None
    #: Whether everybody may still read the commitment, or the figure.
    public: bool = True
    #: How many published comments there are.
    comments: int = 0


def things_of(step_ids: Sequence[int], language: str, *, thing_id: int | None = None) -> list[ShownThing]:
    """What some steps ask to comment, in its order, also what is not public any more; 3 statements at most."""
    if not step_ids:
        return []
    passage = Localized("passage", CommentedThing.text_id, language)
    title = Localized("title", Commitment.title_id, language)
    name = Localized("name", Indicator.name_id, language)
    thing = CommentedThing
    statement: Any = (
        select(
            thing.id,
            thing.step_id,
            thing.kind,
            thing.indicator_id,
            Commitment.code,
            Commitment.state,
            Commitment.retired_at,
            Contract.slug.label("contract"),
            Indicator.value_kind,
            Indicator.unit,
            Indicator.family,
            Indicator.retired_at.label("indicator_retired"),
            *passage.columns,
            *title.columns,
            *name.columns,
        )
        .outerjoin(Commitment, Commitment.id == thing.commitment_id)
        .outerjoin(Contract, Contract.id == Commitment.contract_id)
        .outerjoin(Indicator, Indicator.id == thing.indicator_id)
        .where(thing.step_id.in_(step_ids))
        .order_by(thing.step_id, thing.position, thing.id)
    )
    for each in (passage, title, name):
        statement = each.join(statement, optional=True)
    rows = rows_of(statement).all()
    figures = _figures([row for row in rows if row.indicator_id is not None])
    counts = _counts(step_ids)
    numbers: dict[int, int] = {}
    found = []
    for row in rows:
        kind = SubjectKind(row.kind)
        words = {SubjectKind.PASSAGE: passage, SubjectKind.COMMITMENT: title, SubjectKind.FIGURE: name}[kind]
        if kind is SubjectKind.PASSAGE:
            numbers[row.step_id] = numbers.get(row.step_id, 0) + 1
        found.append(
            ShownThing(
                row.id,
                row.step_id,
                kind,
                words.words(row),
                numbers[row.step_id] if kind is SubjectKind.PASSAGE else None,
                row.contract,
                row.code,
                title.words_or_none(row),
                row.state,
                figures.get(row.indicator_id),
                row.retired_at is None and row.indicator_retired is None and row.family != NOT_SHOWN,
                counts.get(row.id, 0),
            )
        )
    return [each for each in found if thing_id is None or each.id == thing_id]


def _figures(rows: Sequence[Any]) -> dict[int, Figure]:
    """The newest measure of each indicator that was not withdrawn; that of the whole first. 1 statement."""
    if not rows:
        return {}
    shown = {row.indicator_id: row for row in rows}
    value = IndicatorValue
    place = (
        func.row_number()
        .over(
            partition_by=value.indicator_id,
            order_by=(value.quartier_id.is_not(None), value.measured_on.desc(), value.id.desc()),
        )
        .label("place")
    )
    newest = (
        select(
            value.indicator_id,
            value.number,
            value.text,
            value.measured_on,
            value.source,
            Quartier.name.label("quartier"),
            place,
        )
        .outerjoin(Quartier, Quartier.id == value.quartier_id)
        .where(value.indicator_id.in_(sorted(shown)), value.withdrawn_at.is_(None))
        .subquery()
    )
    return {
        row.indicator_id: Figure(
            shown[row.indicator_id].value_kind,
            shown[row.indicator_id].unit,
            row.number,
            row.text,
            row.measured_on,
            row.quartier,
            row.source,
        )
        for row in rows_of(select(newest).where(newest.c.place == 1))
    }


def _counts(step_ids: Sequence[int]) -> dict[int, int]:
    """How many comments on each thing everybody may read; 1 statement."""
    statement = (
        select(Comment.thing_id, func.count())
        .join(ModeratedText, ModeratedText.id == Comment.case_id)
        .join(CommentedThing, CommentedThing.id == Comment.thing_id)
        .where(CommentedThing.step_id.in_(step_ids), is_public())
        .group_by(Comment.thing_id)
    )
    return {row[0]: row[1] for row in rows_of(statement)}


def thing_is_public() -> ColumnElement[bool]:
    """The condition that everybody may still read the commitment or the figure of a statement that joins `Commitment`
    and `Indicator` as outer tables.
    """
    return and_(
        Commitment.retired_at.is_(None),
        Indicator.retired_at.is_(None),
        or_(Indicator.id.is_(None), Indicator.family != NOT_SHOWN),
    )


def figures_of(commitment_ids: Sequence[int], language: str) -> dict[int, list[tuple[int, Words]]]:
    """The indicators of commitments that everybody may read, by commitment; 1 statement."""
    name = Localized("name", Indicator.name_id, language)
    statement = name.join(
        select(links.c.commitment_id, Indicator.id, *name.columns)
        .join(links, links.c.indicator_id == Indicator.id)
        .where(
            links.c.commitment_id.in_(commitment_ids),
            Indicator.retired_at.is_(None),
            Indicator.family != NOT_SHOWN,
        )
        .order_by(links.c.commitment_id, links.c.position, Indicator.id)
    )
    found: dict[int, list[tuple[int, Words]]] = {}
    for row in rows_of(statement):
        found.setdefault(row.commitment_id, []).append((row.id, name.words(row)))
    return found

"""Decisions about texts with their reasons: for authors, for whoever reported the text, for whoever moderates next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, select

from cdv_civic.core import clock
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.moderation.models import CharterPrinciple, ModerationAppeal, ModerationDecision
from cdv_civic.moderation.rules.appeals import AppealSide, appeal_until, may_contest
from cdv_civic.moderation.rules.decisions import RESTRICTIONS, ModerationAct
from cdv_civic.moderation.rules.parts import TextPart
from cdv_civic.moderation.wording import OUTCOMES
from cdv_civic.territory.vocabulary import CodedTerm


@dataclass(frozen=True)
class ContestedAnswer:
    """An appeal, and what came of it."""

    id: int
    received_at: datetime
    due_at: datetime
    outcome: CodedTerm | None
    answer: Words | None
    decided_at: datetime | None


@dataclass(frozen=True)
class StatementOfReasons:
    """One decision, as it is explained to a reader."""

    id: int
    text_id: int
    act: str
    #: Of what something is hidden since, where it hides a part.
    hides: tuple[TextPart, ...]
    source: str
    #: Whether a hint of the program stood beside the text.
    hinted: bool
    #: The article of the charter, or the code of what the law forbids.
    principle: Words | None
    law: str | None
    #: For authors and moderators; None for whoever reported the text.
    facts: Words | None
    points_to_help: bool
    decided_at: datetime
    #: Who decided, as people read it.
    decided_for: str
    #: Whether something was taken from the text.
    restricts: bool
    #: The last day on which this reader may contest it; None: they may not, or have.
    contest_until: date | None
    #: The appeal of this reader.
    appeal: ContestedAnswer | None
    #: By which account, for moderators.
    decided_by: int | None


#: The appeal of the author of a text against a decision about it.
BY_AUTHOR: Final = and_(
    ModerationAppeal.decision_id == ModerationDecision.id,
    ModerationAppeal.side == AppealSide.AUTHOR.value,
)


def hidden_parts(decision: Any) -> tuple[TextPart, ...]:
    """Of what of its text a decision (or a row with its columns) hides something."""
    found = {
        TextPart.TITLE: decision.hides_title,
        TextPart.WORDS: decision.hides_words,
        TextPart.PHOTO: decision.hides_photo,
    }
    return tuple(part for part, hides in found.items() if hides)


class ReasonsIn:
    """What a statement reads of decisions, in a language: the same columns for every reader."""

    def __init__(self, language: str) -> None:
        self._principle = Localized("principle", CharterPrinciple.text_id, language)
        self._facts = Localized("facts", ModerationDecision.facts_id, language)
        self._answer = Localized("answer", ModerationAppeal.answer_id, language)

    @property
    def columns(self) -> tuple[Any, ...]:
        """Those of `statement_of`, of a statement that `join` has joined."""
        decision, appeal = ModerationDecision, ModerationAppeal
        return (
            decision.id.label("decision_id"),
            decision.text_id.label("decided_text_id"),
            decision.act,
            decision.hides_title,
            decision.hides_words,
            decision.hides_photo,
            decision.source,
            decision.hinted,
            decision.law,
            decision.points_to_help,
            decision.decided_at,
            decision.decided_for,
            decision.decided_by,
            appeal.id.label("appeal_id"),
            appeal.received_at.label("appealed_at"),
            appeal.due_at.label("appeal_due_at"),
            appeal.outcome,
            appeal.decided_at.label("appeal_decided_at"),
            *self._principle.columns,
            *self._facts.columns,
            *self._answer.columns,
        )

    def join(self, statement: Select[Any], appeal: ColumnElement[bool]) -> Select[Any]:
        """A statement on `ModerationDecision`, with its article and the appeal that the condition `appeal` finds."""
        joined: Any = statement.outerjoin(
            CharterPrinciple, CharterPrinciple.id == ModerationDecision.principle_id
        ).outerjoin(ModerationAppeal, appeal)
        for each in (self._principle, self._facts, self._answer):
            joined = each.join(joined, optional=True)
        return joined  # type: ignore[no-any-return]

    def statement_of(self, row: Any, side: AppealSide) -> StatementOfReasons:
        """The decision of a row, for a reader of one side."""
        act = ModerationAct(row.act)
        on = row.decided_at.astimezone(clock.zone()).date()
        appeal = None
        if row.appeal_id is not None:
            appeal = ContestedAnswer(
                row.appeal_id,
                row.appealed_at,
                row.appeal_due_at,
                OUTCOMES[row.outcome] if row.outcome else None,
                self._answer.words_or_none(row),
                row.appeal_decided_at,
            )
        open_to = appeal is None and may_contest(side, act, on, clock.today())
        return StatementOfReasons(
            row.decision_id,
            row.decided_text_id,
            row.act,
            hidden_parts(row),
            row.source,
            row.hinted,
            self._principle.words_or_none(row),
            row.law,
            self._facts.words_or_none(row) if side is AppealSide.AUTHOR else None,
            row.points_to_help,
            row.decided_at,
            row.decided_for,
            act in RESTRICTIONS,
            appeal_until(on) if open_to else None,
            appeal,
            row.decided_by,
        )


def statements_of(text_ids: Sequence[int], language: str) -> Mapping[int, tuple[StatementOfReasons, ...]]:
    """What authors read of the decisions about their texts, by the id of the case, the newest first; 1 statement.

    That a text stays as it is after a report changes nothing for them.
    """
    told = ModerationDecision.act != ModerationAct.KEEP.value
    return _found(and_(ModerationDecision.text_id.in_(sorted(text_ids)), told), language)


def decisions_about(text_id: int | None, language: str) -> tuple[StatementOfReasons, ...]:
    """The same of one text; nothing of what has no case. 1 statement at most."""
    return () if text_id is None else statements_of([text_id], language).get(text_id, ())


def decisions_of(text_id: int, language: str) -> tuple[StatementOfReasons, ...]:
    """All decisions about a text, for its moderators, the newest first; 1 statement."""
    return _found(ModerationDecision.text_id == text_id, language).get(text_id, ())


def _found(which: ColumnElement[bool], language: str) -> dict[int, tuple[StatementOfReasons, ...]]:
    reasons = ReasonsIn(language)
    statement = select(*reasons.columns).select_from(ModerationDecision)
    rows = rows_of(reasons.join(statement, BY_AUTHOR).where(which).order_by(ModerationDecision.id.desc()))
    found: dict[int, tuple[StatementOfReasons, ...]] = {}
    for row in rows:
        said = reasons.statement_of(row, AppealSide.AUTHOR)
        found[said.text_id] = (*found.get(said.text_id, ()), said)
    return found

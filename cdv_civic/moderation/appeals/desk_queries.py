"""What those who answer appeals read: the list of those that wait, and all that one of them is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from cdv_civic.accounts.reach import bodies_worked_for
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.paging import Cursor, Page, page_of, window
from cdv_civic.core.policy.model import Actor, Reach
from cdv_civic.moderation.appeals.rules import outcomes_of
from cdv_civic.moderation.kinds import SaidText, moderated_kinds, said_texts
from cdv_civic.moderation.models import (
    CharterPrinciple,
    ModeratedText,
    ModerationAppeal,
    ModerationDecision,
    ModerationReport,
)
from cdv_civic.moderation.queries.cases import principles_for
from cdv_civic.moderation.rules.appeals import AppealOutcome, AppealSide
from cdv_civic.moderation.rules.decisions import ModerationAct, TextState
from cdv_civic.moderation.rules.parts import ShownParts
from cdv_civic.moderation.wording import DONE, LAWS, OUTCOMES, REPORT_REASONS, SIDES
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.scopes import bodies_within
from cdv_civic.territory.vocabulary import CodedTerm

PAGE_SIZE: Final = 50
#: What further people say against the same decision, on the page of the answer.
MOST_ALIKE: Final = 20
KEY_PARTS: Final = 1

_Addressee = aliased(Body, name="addressee")


@dataclass(frozen=True)
class AppealRow:
    """An appeal in the list."""

    id: int
    side: object
    act: CodedTerm
    #: « Idée »
    kind: Any
    words: str
    lang: str
    received_at: datetime
    due_at: datetime
    late: bool
    #: Whose decision it is, and to whom it is addressed: a body, else the contract.
    decided_for: str
    addressed_to: str
    #: How many more who reported the text contest the same: one answer is for all.
    alike: int = 0


@dataclass(frozen=True)
class AlikeWords:
    """What one more person says against the same decision."""

    words: str
    lang: str


@dataclass(frozen=True)
class AppealAtDesk:
    """All that whoever answers must see."""

    id: int
    #: Of the appeal and of the text: see `operations.seen_version`.
    version: int
    text_version: int
    #: What was answered; None: it waits.
    outcome: CodedTerm | None
    answer: Words | None
    side: object
    words: str
    lang: str
    received_at: datetime
    due_at: datetime
    #: What was contested.
    act: ModerationAct
    act_words: CodedTerm
    decided_at: datetime
    decided_for: str
    principle: Words | None
    law: object | None
    facts: Words | None
    outcomes: tuple[AppealOutcome, ...]
    #: A later decision stands, which an answer does not change.
    overtaken: bool
    #: The text.
    kind: Any
    state: TextState
    said: SaidText | None
    shown: ShownParts
    #: Whether everybody sees a photo with it, where nothing of it is hidden.
    has_photo: bool
    #: What was reported, where somebody who did contests.
    report_reason: CodedTerm | None
    report_words: str
    #: What of the charter can be named against the text, by id.
    principles: Mapping[int, Words]
    #: How many more who reported the text contest the same, and what the first of them say: one answer is for all.
    alike: int = 0
    alike_words: tuple[AlikeWords, ...] = ()


def answered_by(actor: Actor, reach: Reach, bodies: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """The condition that an appeal waits for somebody: it is addressed to them, and about nothing of their own.

    Of those who reported one text and contest the same decision, the first stands for all: a crowd fills no list.
    `bodies`: which of the bodies it may be addressed to, those of their work unless said. Of statements that `joined`
    has made.
    """
    staff = (
        true()
        if reach.everywhere
        else or_(
            ModeratedText.contract_id.in_(sorted(reach.contracts)),
            ModeratedText.commune_id.in_(sorted(reach.communes)),
        )
    )
    named = bodies_worked_for(reach) if bodies is None else bodies
    addressed = or_(
        and_(ModerationAppeal.to_body_id.is_(None), staff),
        ModerationAppeal.to_body_id.in_(select(Body.id).where(named)),
    )
    others = [
        or_(column.is_(None), column != actor.actor_id)
        for column in (ModerationAppeal.contested_by, ModeratedText.author_id, ModerationReport.reporter_id)
    ]
    earlier = aliased(ModerationAppeal)
    first = ~exists().where(alike(earlier, ModerationAppeal), earlier.id < ModerationAppeal.id)
    return and_(addressed, ModerationAppeal.decided_at.is_(None), first, *others)


def alike(one: Any, other: Any) -> ColumnElement[bool]:
    """The condition that `one` waits, and is by somebody who reported the text and contests what `other` does too."""
    return and_(
        one.decision_id == other.decision_id,
        one.side == AppealSide.REPORTER.value,
        other.side == AppealSide.REPORTER.value,
        one.to_body_id.is_not_distinct_from(other.to_body_id),
        one.decided_at.is_(None),
        one.id != other.id,
    )


def _alike_count() -> Any:
    more = aliased(ModerationAppeal)
    return (
        select(func.count(more.id))
        .where(alike(more, ModerationAppeal))
        .correlate(ModerationAppeal)
        .scalar_subquery()
        .label("alike")
    )


def joined(statement: Any) -> Select[Any]:
    """A statement on `ModerationAppeal`, with what `answered_by` reads."""
    found: Select[Any] = (
        statement.select_from(ModerationAppeal)
        .join(ModerationDecision, ModerationDecision.id == ModerationAppeal.decision_id)
        .join(ModeratedText, ModeratedText.id == ModerationDecision.text_id)
        .outerjoin(ModerationReport, ModerationReport.id == ModerationAppeal.report_id)
    )
    return found


def appeals_page(actor: Actor, reach: Reach, cursor: Cursor | None) -> Page[AppealRow]:
    """The appeals that somebody may answer, the oldest first; 1 statement."""
    statement = (
        joined(
            select(
                ModerationAppeal.id,
                ModerationAppeal.side,
                ModerationAppeal.words,
                ModerationAppeal.lang,
                ModerationAppeal.received_at,
                ModerationAppeal.due_at,
                ModerationDecision.act,
                ModerationDecision.decided_for,
                ModeratedText.kind,
                Contract.short_title,
                _Addressee.name,
                _alike_count(),
            )
        )
        .join(Contract, Contract.id == ModeratedText.contract_id)
        .outerjoin(_Addressee, _Addressee.id == ModerationAppeal.to_body_id)
        .where(answered_by(actor, reach, bodies_within(reach)))
    )
    found = db.session.execute(window(statement, (ModerationAppeal.id,), cursor, PAGE_SIZE)).all()
    kinds, now = moderated_kinds(), clock.now()
    rows = [
        AppealRow(
            row.id,
            SIDES[row.side],
            DONE[row.act],
            kinds[row.kind].label if row.kind in kinds else "",
            row.words,
            row.lang,
            row.received_at,
            row.due_at,
            row.due_at < now,
            row.decided_for,
            row.name or row.short_title,
            row.alike,
        )
        for row in found
    ]
    return page_of(rows, cursor, PAGE_SIZE, lambda row: (row.id,))


def appeal_at_desk(appeal_id: int, language: str) -> AppealAtDesk | None:
    """An appeal with its text and what was decided; 2 statements, that of the text's kind, and one more where several
    contest the same.
    """
    principle = Localized("principle", CharterPrinciple.text_id, language)
    facts = Localized("facts", ModerationDecision.facts_id, language)
    answer = Localized("answer", ModerationAppeal.answer_id, language)
    later = aliased(ModerationDecision)
    statement = joined(
        select(
            ModerationAppeal.id,
            ModerationAppeal.version,
            ModerationAppeal.outcome,
            ModerationAppeal.side,
            ModerationAppeal.words,
            ModerationAppeal.lang,
            ModerationAppeal.received_at,
            ModerationAppeal.due_at,
            ModerationDecision.act,
            ModerationDecision.law,
            ModerationDecision.decided_at,
            ModerationDecision.decided_for,
            ModeratedText.id.label("text_id"),
            ModeratedText.kind,
            ModeratedText.state,
            ModeratedText.shown_words,
            ModeratedText.shown_title,
            ModeratedText.photo_hidden,
            ModeratedText.contract_id,
            ModeratedText.body_id,
            ModeratedText.version.label("text_version"),
            ModerationReport.reason,
            ModerationReport.words.label("report_words"),
            exists()
            .where(later.text_id == ModerationDecision.text_id, later.id > ModerationDecision.id)
            .label("overtaken"),
            _alike_count(),
            *principle.columns,
            *facts.columns,
            *answer.columns,
        )
    ).outerjoin(CharterPrinciple, CharterPrinciple.id == ModerationDecision.principle_id)
    statement = facts.join(principle.join(statement, optional=True), optional=True)
    statement = answer.join(statement, optional=True)
    row = db.session.execute(statement.where(ModerationAppeal.id == appeal_id)).first()
    if row is None:
        return None
    kinds, act = moderated_kinds(), ModerationAct(row.act)
    said = said_texts({row.text_id: row.kind}, language).get(row.text_id)
    return AppealAtDesk(
        row.id,
        row.version,
        row.text_version,
        OUTCOMES[row.outcome] if row.outcome else None,
        answer.words_or_none(row),
        SIDES[row.side],
        row.words,
        row.lang,
        row.received_at,
        row.due_at,
        act,
        DONE[act],
        row.decided_at,
        row.decided_for,
        principle.words_or_none(row),
        LAWS[row.law].label if row.law else None,
        facts.words_or_none(row),
        outcomes_of(act),
        row.overtaken,
        kinds[row.kind].label if row.kind in kinds else "",
        TextState(row.state),
        said,
        ShownParts(row.shown_words, row.shown_title, row.photo_hidden),
        said is not None and said.photo_id is not None and kinds[row.kind].shows_photo,
        REPORT_REASONS[row.reason] if row.reason else None,
        row.report_words or "",
        {each.id: each.words for each in principles_for(row.contract_id, row.body_id, language)},
        row.alike,
        _alike_words(appeal_id) if row.alike else (),
    )


def _alike_words(appeal_id: int) -> tuple[AlikeWords, ...]:
    more, here = aliased(ModerationAppeal), aliased(ModerationAppeal)
    rows = db.session.execute(
        select(more.words, more.lang)
        .join(here, alike(more, here))
        .where(here.id == appeal_id)
        .order_by(more.id)
        .limit(MOST_ALIKE)
    )
    return tuple(AlikeWords(row.words, row.lang) for row in rows)

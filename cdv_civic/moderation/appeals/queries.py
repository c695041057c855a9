"""Decisions that somebody may contest: those about their own texts, and those that left what they reported."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from cdv_civic.core.db import db
from cdv_civic.moderation.kinds import SaidText, moderated_kinds, said_texts
from cdv_civic.moderation.models import (
    ModeratedText,
    ModerationAppeal,
    ModerationDecision,
    ModerationReport,
)
from cdv_civic.moderation.queries.statements import BY_AUTHOR, ReasonsIn, StatementOfReasons
from cdv_civic.moderation.reports.queries import followed_report
from cdv_civic.moderation.rules.appeals import AppealSide
from cdv_civic.moderation.rules.decisions import RESTRICTIONS


@dataclass(frozen=True)
class DecidedText:
    """A decision about a text of the reader."""

    text_id: int
    #: « Idée »
    kind: Any
    said: SaidText | None
    decided: StatementOfReasons


def _decisions(language: str) -> tuple[ReasonsIn, Select[Any]]:
    reasons = ReasonsIn(language)
    statement = (
        select(ModeratedText.id.label("text_id"), ModeratedText.kind, *reasons.columns)
        .select_from(ModerationDecision)
        .join(ModeratedText, ModeratedText.id == ModerationDecision.text_id)
    )
    return reasons, reasons.join(statement, BY_AUTHOR)


def has_decisions(account_id: int) -> ColumnElement[bool]:
    """The condition that something was decided about a text of an account, or that it has reported one."""
    decided = (
        select(ModerationDecision.id)
        .join(ModeratedText, ModeratedText.id == ModerationDecision.text_id)
        .where(ModeratedText.author_id == account_id)
    )
    reported = select(ModerationReport.id).where(ModerationReport.reporter_id == account_id)
    return or_(decided.exists(), reported.exists())


def own_decisions(account_id: int, language: str, most: int) -> list[DecidedText]:
    """Decisions that restrict texts that somebody wrote with their account, the newest first.

    1 statement, and one for each kind of text.
    """
    reasons, statement = _decisions(language)
    rows = db.session.execute(
        statement.where(
            ModeratedText.author_id == account_id, ModerationDecision.act.in_(sorted(RESTRICTIONS))
        )
        .order_by(ModerationDecision.id.desc())
        .limit(most)
    ).all()
    said = said_texts({row.text_id: row.kind for row in rows}, language)
    kinds = moderated_kinds()
    return [
        DecidedText(
            row.text_id,
            kinds[row.kind].label if row.kind in kinds else "",
            said.get(row.text_id),
            reasons.statement_of(row, AppealSide.AUTHOR),
        )
        for row in rows
    ]


def contested_by_receipt(code: str, decision_id: int, language: str) -> StatementOfReasons | None:
    """The decision that somebody wants to contest by a receipt; None where it leads to no such decision.

    1 statement for a report; for a text 2, and one for each kind.
    """
    report = followed_report(code, language)
    if report is not None:
        decided = report.decided
        return decided if decided is not None and decided.id == decision_id else None
    for kind in moderated_kinds().values():
        text_ids = kind.cases_by_receipt(db.session(), code)
        if text_ids:
            return _decided(ModerationDecision.text_id.in_(text_ids), decision_id, language)
    return None


def contested_by_account(account_id: int, decision_id: int, language: str) -> StatementOfReasons | None:
    """The same for whoever has signed in: the author, or who reported the text. 2 statements."""
    written = _decided(ModeratedText.author_id == account_id, decision_id, language)
    if written is not None:
        return written
    reasons = ReasonsIn(language)
    statement = reasons.join(
        select(*reasons.columns)
        .select_from(ModerationReport)
        .join(ModerationDecision, ModerationDecision.id == ModerationReport.decision_id),
        ModerationAppeal.report_id == ModerationReport.id,
    )
    row = db.session.execute(
        statement.where(ModerationReport.reporter_id == account_id, ModerationDecision.id == decision_id)
    ).first()
    return reasons.statement_of(row, AppealSide.REPORTER) if row is not None else None


def _decided(which: ColumnElement[bool], decision_id: int, language: str) -> StatementOfReasons | None:
    reasons, statement = _decisions(language)
    row = db.session.execute(
        statement.where(
            which,
            ModerationDecision.id == decision_id,
            ModerationDecision.act.in_(sorted(RESTRICTIONS)),
        )
    ).first()
    return reasons.statement_of(row, AppealSide.AUTHOR) if row is not None else None

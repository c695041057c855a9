"""What pages of reports read: the text that is reported, and where a report stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from cdv_civic.core.db import db
from cdv_civic.moderation.kinds import SaidText, moderated_kinds
from cdv_civic.moderation.models import (
    ModeratedText,
    ModerationAppeal,
    ModerationDecision,
    ModerationReport,
)
from cdv_civic.moderation.queries.public import is_public
from cdv_civic.moderation.queries.statements import ReasonsIn, StatementOfReasons
from cdv_civic.moderation.rules.appeals import AppealSide
from cdv_civic.moderation.wording import REPORT_REASONS
from cdv_civic.participation.receipts import receipt_hash
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.vocabulary import CodedTerm


@dataclass(frozen=True)
class ModeratorNames:
    """Whose moderators read a text, as addresses and pages name them."""

    contract: str
    contract_title: str
    #: None: the staff of the contract.
    body_slug: str | None
    body: str | None


@dataclass(frozen=True)
class ReportedText:
    """A text as everybody reads it."""

    id: int
    kind: Any
    said: SaidText
    #: Its own, or what is shown instead of them.
    words: str
    title: str
    by: ModeratorNames


@dataclass(frozen=True)
class FollowedReport:
    """A report, as whoever made it finds it again."""

    id: int
    reason: CodedTerm
    words: str
    received_at: datetime
    due_at: datetime
    #: « Idée »
    kind: Any
    by: ModeratorNames
    decided: StatementOfReasons | None


def moderator_columns() -> tuple[ColumnElement[Any], ...]:
    """The columns of `moderator_names`, of a statement that `with_moderators` has joined."""
    return (
        Contract.slug.label("contract"),
        Contract.short_title.label("contract_title"),
        Body.slug.label("body_slug"),
        Body.name.label("body"),
    )


def with_moderators(statement: Select[Any]) -> Select[Any]:
    """A statement on `ModeratedText`, with its contract and its body joined."""
    return statement.join(Contract, Contract.id == ModeratedText.contract_id).outerjoin(
        Body, Body.id == ModeratedText.body_id
    )


def moderator_names(row: Any) -> ModeratorNames:
    """Whose moderators read the text of a row."""
    return ModeratorNames(row.contract, row.contract_title, row.body_slug, row.body)


def reported_text(text_id: int, language: str) -> ReportedText | None:
    """A text that everybody may read; None for any other, whatever it is. 3 statements at most."""
    row = db.session.execute(
        with_moderators(
            select(
                ModeratedText.id,
                ModeratedText.kind,
                ModeratedText.shown_words,
                ModeratedText.shown_title,
                *moderator_columns(),
            ).select_from(ModeratedText)
        ).where(ModeratedText.id == text_id, is_public())
    ).first()
    kind = moderated_kinds().get(row.kind) if row is not None else None
    if row is None or kind is None:
        return None
    said = kind.texts([text_id], language).get(text_id)
    if said is None or not said.readable:
        return None
    words = said.words if row.shown_words is None else row.shown_words
    title = said.title if row.shown_title is None else row.shown_title
    return ReportedText(row.id, kind, said, words, title, moderator_names(row))


def followed_report(code: str, language: str) -> FollowedReport | None:
    """A report by its receipt, as `read_receipt` gives it; None: it is none of a report. 1 statement."""
    found = _reports(ModerationReport.receipt_hash == receipt_hash(code), language)
    return found[0] if found else None


def own_reports(account_id: int, language: str, most: int) -> list[FollowedReport]:
    """The reports that somebody made with their account, the newest first; 1 statement."""
    return _reports(ModerationReport.reporter_id == account_id, language, most)


def _reports(which: ColumnElement[bool], language: str, most: int = 1) -> list[FollowedReport]:
    reasons = ReasonsIn(language)
    statement = with_moderators(
        select(
            ModerationReport.id,
            ModerationReport.reason,
            ModerationReport.words,
            ModerationReport.received_at,
            ModerationReport.due_at,
            ModeratedText.kind,
            *moderator_columns(),
            *reasons.columns,
        )
        .select_from(ModerationReport)
        .join(ModeratedText, ModeratedText.id == ModerationReport.text_id)
    ).outerjoin(ModerationDecision, ModerationDecision.id == ModerationReport.decision_id)
    statement = reasons.join(statement, ModerationAppeal.report_id == ModerationReport.id)
    rows = db.session.execute(statement.where(which).order_by(ModerationReport.id.desc()).limit(most))
    kinds = moderated_kinds()
    return [
        FollowedReport(
            row.id,
            REPORT_REASONS[row.reason],
            row.words,
            row.received_at,
            row.due_at,
            kinds[row.kind].label if row.kind in kinds else "",
            moderator_names(row),
            reasons.statement_of(row, AppealSide.REPORTER) if row.decision_id is not None else None,
        )
        for row in rows
    ]

"""What « Mes données » shows of reports and appeals made with an account, and what is left once it is erased."""

from collections.abc import Mapping, Sequence

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart, register_part
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.localized import LocalizedText
from cdv_civic.moderation.models import (
    ModeratedText,
    ModerationAppeal,
    ModerationDecision,
    ModerationReport,
)
from cdv_civic.moderation.rules.appeals import AppealSide
from cdv_civic.moderation.wording import OUTCOMES, REPORT_REASONS


def _reports(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The reports of an account, the newest first; 1 statement."""
    rows = session.execute(
        select(ModerationReport)
        .where(ModerationReport.reporter_id == account_id)
        .order_by(ModerationReport.id.desc())
    ).scalars()
    return [
        {
            "received_at": row.received_at,
            "reason": row.reason,
            "words": row.words,
            "contact": row.contact,
            "decided_at": row.decided_at,
        }
        for row in rows
    ]


def _erase_reports(session: Session, account_id: int) -> None:
    """Leave reports without the person and without a way to them: the texts that they are about may be others'."""
    session.execute(
        update(ModerationReport)
        .where(ModerationReport.reporter_id == account_id)
        .values(reporter_id=None, contact=None, contact_kind=None)
        .execution_options(synchronize_session=False)
    )


def _appeals(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The appeals of an account, as an author or as who reported, the newest first; 1 statement."""
    rows = session.execute(
        select(ModerationAppeal, LocalizedText.original.label("answer"))
        .join(ModerationDecision, ModerationDecision.id == ModerationAppeal.decision_id)
        .join(ModeratedText, ModeratedText.id == ModerationDecision.text_id)
        .outerjoin(ModerationReport, ModerationReport.id == ModerationAppeal.report_id)
        .outerjoin(LocalizedText, LocalizedText.id == ModerationAppeal.answer_id)
        .where(
            ((ModerationAppeal.side == AppealSide.AUTHOR.value) & (ModeratedText.author_id == account_id))
            | (ModerationReport.reporter_id == account_id)
        )
        .order_by(ModerationAppeal.id.desc())
    )
    return [
        {
            "received_at": row.ModerationAppeal.received_at,
            "words": row.ModerationAppeal.words,
            "outcome": row.ModerationAppeal.outcome,
            "answer": row.answer,
        }
        for row in rows
    ]


def leave_texts(session: Session, account_id: int) -> None:
    """Leave the texts of an account, of whatever kind, without their author; 1 statement.

    It is what erases a part whose own rows name nobody, such as appeals: whose they are says the text alone.
    """
    session.execute(
        update(ModeratedText)
        .where(ModeratedText.author_id == account_id)
        .values(author_id=None)
        .execution_options(synchronize_session=False)
    )


def register(app: Flask) -> None:
    """Declare both parts. Appeals come first: they are found by their reports."""
    register_part(
        app,
        PersonalPart(
            "moderation_appeals",
            _l("Vos recours"),
            _appeals,
            leave_texts,
            words={
                "received_at": _l("Quand"),
                "words": _l("Vos mots"),
                "outcome": _l("Ce qui a été répondu"),
                "answer": _l("La réponse"),
            },
            codes={"outcome": {code: word.label for code, word in OUTCOMES.items()}},
            stays=_l("Vos recours restent, sans votre nom."),
        ),
    )
    register_part(
        app,
        PersonalPart(
            "moderation_reports",
            _l("Vos signalements"),
            _reports,
            _erase_reports,
            words={
                "received_at": _l("Quand"),
                "reason": _l("Pourquoi"),
                "words": _l("Vos mots"),
                "contact": _l("Comment vous répondre"),
                "decided_at": _l("Décidé le"),
            },
            codes={"reason": {code: word.label for code, word in REPORT_REASONS.items()}},
            stays=_l("Vos signalements restent, sans votre nom et sans votre adresse e-mail."),
        ),
    )

"""What « Mes données » shows of one's own texts that were chosen, and what becomes of them with the account."""

from collections.abc import Mapping, Sequence

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart, register_part
from cdv_civic.consultations.models import ConsultationAnswer, ConsultationWords
from cdv_civic.consultations.verbatims.operations import withdraw
from cdv_civic.consultations.verbatims.wording import TOLD_AUTHOR
from cdv_civic.consultations.words_models import ConsultationVerbatim
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.entering import held_case
from cdv_civic.moderation.rules.decisions import TextState


def read(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The texts of an account that were chosen, the newest first; 1 statement."""
    rows = session.execute(
        select(ConsultationWords.words, ModeratedText.state)
        .join(ConsultationVerbatim, ConsultationVerbatim.words_id == ConsultationWords.id)
        .join(ConsultationAnswer, ConsultationAnswer.id == ConsultationWords.answer_id)
        .join(ModeratedText, ModeratedText.id == ConsultationVerbatim.case_id)
        .where(ConsultationAnswer.account_id == account_id)
        .order_by(ConsultationVerbatim.id.desc())
    )
    return [{"words": row.words, "state": row.state} for row in rows]


def erase(session: Session, account_id: int) -> None:
    """Publish none of them any more, and let nobody choose them again: the answers stay counted."""
    rows = session.execute(
        select(ConsultationVerbatim.id, ConsultationVerbatim.case_id)
        .join(ConsultationWords, ConsultationWords.id == ConsultationVerbatim.words_id)
        .join(ConsultationAnswer, ConsultationAnswer.id == ConsultationWords.answer_id)
        .where(ConsultationAnswer.account_id == account_id)
        .order_by(ConsultationVerbatim.case_id)
    )
    for row in rows.all():
        case = held_case(session, row.case_id)
        if case.state != TextState.TAKEN_BACK.value:
            withdraw(session, case, row.id)


def register(app: Flask) -> None:
    """Declare the part; it comes before that of answers, which leaves them without the person."""
    register_part(
        app,
        PersonalPart(
            "consultation_verbatims",
            _l("Vos textes choisis pour être publiés"),
            read,
            erase,
            words={"words": _l("Vos mots"), "state": _l("Où il en est")},
            codes={"state": {state.value: said for state, said in TOLD_AUTHOR.items()}},
        ),
    )

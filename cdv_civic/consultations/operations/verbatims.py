"""A published text follows the answer that it is of: changed, taken back or corrected, it stands there no more."""

from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.models import ConsultationAnswer, ConsultationWords
from cdv_civic.consultations.words_models import ConsultationVerbatim
from cdv_civic.core import ledger
from cdv_civic.core.db import raise_tags
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.entering import take_back
from cdv_civic.moderation.rules.decisions import TextState

#: The name of these texts among those that are moderated.
KIND: Final = "verbatim"
#: The line of the ledger.
GIVEN_UP: Final = "consultation_verbatim.given_up"


def forget_verbatims(session: Session, answer: ConsultationAnswer) -> None:
    """Take away the texts that were chosen of a locked answer, within the transaction that rewrites or deletes it.

    A restore that brings back what the answer said before publishes it no more. 1 statement where there are none.
    """
    chosen = ConsultationVerbatim
    rows = session.execute(
        select(chosen.id, ModeratedText)
        .join(ConsultationWords, ConsultationWords.id == chosen.words_id)
        .join(ModeratedText, ModeratedText.id == chosen.case_id)
        .where(ConsultationWords.answer_id == answer.id)
        .order_by(ModeratedText.id)
        .with_for_update(of=ModeratedText, key_share=True),
        execution_options={"populate_existing": True},
    ).all()
    if not rows:
        return
    ledger.note_many(session, GIVEN_UP, [(row.id, row.ModeratedText.received_at) for row in rows])
    for row in rows:
        take_back(row.ModeratedText)
    session.execute(
        delete(chosen)
        .where(chosen.id.in_([row.id for row in rows]))
        .execution_options(synchronize_session=False)
    )
    raise_tags(session, consultation_tag(answer.consultation_id))


def join_verbatims(session: Session, answer: ConsultationAnswer, account_id: int) -> None:
    """Say whose the texts are that were chosen of a locked answer, within the transaction that joins it to an account:
    whoever wrote one decides nothing about it, and contests what others decide. 1 statement.
    """
    chosen = ConsultationVerbatim
    cases = (
        select(chosen.case_id)
        .join(ConsultationWords, ConsultationWords.id == chosen.words_id)
        .where(ConsultationWords.answer_id == answer.id)
    )
    session.execute(
        update(ModeratedText)
        .where(ModeratedText.id.in_(cases), ModeratedText.state != TextState.TAKEN_BACK.value)
        .values(author_id=account_id)
        .execution_options(synchronize_session=False)
    )

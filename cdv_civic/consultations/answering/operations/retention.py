"""How long answers are joined to accounts, persons and receipts."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Select, and_, or_, select, update

from cdv_civic.consultations.models import Consultation, ConsultationAnswer, ConsultationWords
from cdv_civic.consultations.operations.locking import hold_alone
from cdv_civic.consultations.words_models import ConsultationVerbatim
from cdv_civic.core import background, clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.settings import current_settings
from cdv_civic.moderation.models import ModeratedText

#: An answer to a consultation that never comes keeps nothing: so long after its results at the latest.
WITHOUT_ANSWER: Final = timedelta(days=365)


def _due() -> Select[int]:
    now = clock.now()
    limit = now - timedelta(days=current_settings().consultation_link_days)
    return select(Consultation.id).where(
        or_(
            Consultation.answered_at <= limit,
            Consultation.withdrawn_at <= limit,
            and_(Consultation.answered_at.is_(None), Consultation.frozen_at <= now - WITHOUT_ANSWER),
        ),
        Consultation.unlinked_at.is_(None),
    )


def answers_to_unlink() -> bool:
    """Whether any answers are joined to people for longer than they need to be. 1 statement."""
    return db.session.execute(_due().limit(1)).first() is not None


def unlink_answers() -> int:
    """Empty what joins answers to accounts, persons and receipts, so many days after the answer to a consultation was
    published, or it was withdrawn (setting CONSULTATION_LINK_DAYS), and a year after its results where no answer came;
    of how many consultations. May be run again.
    """
    found = db.session.execute(_due().order_by(Consultation.id)).scalars().all()
    return background.one_by_one("unlinking the answers of consultation", found, _unlink)


def _unlink(consultation_id: int) -> int:
    with transaction() as session:
        row = hold_alone(session, consultation_id)
        session.execute(
            update(ConsultationAnswer)
            .where(ConsultationAnswer.consultation_id == consultation_id)
            .values(account_id=None, person_hash=None, receipt_hash=None)
            .execution_options(synchronize_session=False)
        )
        # The case of a text that was chosen knows the account too.
        cases = (
            select(ConsultationVerbatim.case_id)
            .join(ConsultationWords, ConsultationWords.id == ConsultationVerbatim.words_id)
            .where(ConsultationWords.consultation_id == consultation_id)
        )
        session.execute(
            update(ModeratedText)
            .where(ModeratedText.id.in_(cases))
            .values(author_id=None)
            .execution_options(synchronize_session=False)
        )
        row.unlinked_at = clock.now()
    return 1

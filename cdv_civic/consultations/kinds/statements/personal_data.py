"""What « Mes données » shows of the sentences that somebody added, and what is left of them afterwards."""

from collections.abc import Mapping, Sequence

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart, register_part
from cdv_civic.consultations.words_models import ConsultationSentence
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.personal_data import leave_texts


def read(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The sentences of an account, the newest first; 1 statement."""
    sentence = ConsultationSentence
    rows = session.execute(
        select(sentence.words, sentence.received_on, ModeratedText.state)
        .join(ModeratedText, ModeratedText.id == sentence.case_id)
        .where(ModeratedText.author_id == account_id)
        .order_by(sentence.id.desc())
    ).all()
    return [{"words": row.words, "received_on": row.received_on, "state": row.state} for row in rows]


def register(app: Flask) -> None:
    """Declare the part."""
    register_part(
        app,
        PersonalPart(
            "consultation_sentences",
            _l("Les phrases que vous avez proposées"),
            read,
            leave_texts,
            words={
                "words": _l("Votre phrase"),
                "received_on": _l("Quand"),
                "state": _l("Où elle en est"),
            },
            stays=_l("Vos phrases restent, sans lien avec vous."),
        ),
    )

"""What « Mes données » shows of a resident's own answers, and what is left of them after an account is erased."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import PersonalPart, register_part
from cdv_civic.consultations.answering.wording import said_answers
from cdv_civic.consultations.models import Consultation, ConsultationAnswer
from cdv_civic.consultations.operations.keeping import forget_answer
from cdv_civic.consultations.operations.locking import hold_shared
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.given import given_of
from cdv_civic.consultations.rules.evidence import AnswerEvidence
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import LocalizedText


def read(session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    """The answers that are joined to an account, the newest first; 1 statement, and 6 for each answer."""
    answer = ConsultationAnswer
    rows = session.execute(
        select(
            answer.id,
            answer.consultation_id,
            answer.received_on,
            LocalizedText.original.label("title"),
        )
        .join(Consultation, Consultation.id == answer.consultation_id)
        .join(LocalizedText, LocalizedText.id == Consultation.title_id)
        .where(answer.account_id == account_id)
        .order_by(answer.id.desc())
    ).all()
    return [
        {
            "consultation": row.title,
            "answered_on": row.received_on,
            "answers": _in_words(row.consultation_id, row.id),
        }
        for row in rows
    ]


def _in_words(consultation_id: int, answer_id: int) -> list[str]:
    """« Question : réponse », a line for each question."""
    said = said_answers(definition_of(consultation_id, SOURCE_LANGUAGE), given_of(answer_id))
    return [
        f"{each.question} {each.text or ', '.join(f'{line.words} {line.number}'.strip() for line in each.lines)}"
        for each in said
    ]


#: How an answer is proved where the database keeps one for each account.
_ONE_EACH: Final = (AnswerEvidence.MESSAGE.value, AnswerEvidence.CARD.value)


def erase(session: Session, account_id: int) -> None:
    """Leave the answers without the person, those that they typed in for others too.

    While answers are not counted, those that the account alone kept from being given twice go with it: a new account
    may answer. What FranceConnect told of a person stays until answers lose all links, for the same reason.
    """
    _forget_uncounted(session, account_id)
    answer = ConsultationAnswer
    for column in (answer.account_id, answer.entered_by):
        session.execute(
            update(answer)
            .where(column == account_id)
            .values({column.key: None})
            .execution_options(synchronize_session=False)
        )


def _forget_uncounted(session: Session, account_id: int) -> None:
    """Delete what would otherwise count beside the answer of the same person's next account."""
    answer = ConsultationAnswer
    mine = (answer.account_id == account_id) & answer.evidence.in_(_ONE_EACH)
    found = session.execute(
        select(answer.consultation_id)
        .join(Consultation, Consultation.id == answer.consultation_id)
        .where(mine, Consultation.frozen_at.is_(None), Consultation.withdrawn_at.is_(None))
        .order_by(answer.consultation_id)
    ).scalars()
    for consultation_id in found.all():
        if hold_shared(session, consultation_id).frozen_at is not None:
            continue  # its tables were built in this moment
        row = session.execute(
            select(answer)
            .where(mine, answer.consultation_id == consultation_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).scalar()
        if row is not None:
            forget_answer(session, row)


def register(app: Flask) -> None:
    """Declare the part."""
    register_part(
        app,
        PersonalPart(
            "consultations",
            _l("Vos réponses aux consultations"),
            read,
            erase,
            words={
                "consultation": _l("Consultation"),
                "answered_on": _l("Quand"),
                "answers": _l("Vos réponses"),
            },
            stays=_l(
                "Vos réponses aux consultations restent comptées, sans lien avec vous. Tant que les résultats ne sont "
                "pas publiés, une réponse donnée avec votre compte est effacée."
            ),
        ),
    )

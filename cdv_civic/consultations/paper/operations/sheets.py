"""What all acts on sheets share: the consultation is held, whoever acts may, and sheets are still taken in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation, ConsultationAnswer, consultation_quartier
from cdv_civic.consultations.operations.locking import calendar_of, hold_alone, hold_shared
from cdv_civic.consultations.paper.form import rules_of
from cdv_civic.consultations.paper.models import ConsultationVoidSheet
from cdv_civic.consultations.paper.queries.sheets import batches_of
from cdv_civic.consultations.paper.rules.numbers import Spans
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.rules.calendar import ENTER, ConsultationStage
from cdv_civic.consultations.rules.questions import Answers, QuestionRule
from cdv_civic.consultations.scopes import contract_slug, touched_by_answers, touched_consultation
from cdv_civic.core import clock
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.decisions import may, require
from cdv_civic.core.policy.model import Actor

ACTION: Final = "consultation.enter"
#: Who reads what residents wrote, beside whoever typed it in.
READS: Final = "consultation.words"


#: What is said to whoever may neither read nor change what somebody else typed.
OTHERS: Final = _l(
    "Une autre personne a saisi cette feuille\u00a0: elle seule, ou l’organisateur, peut la corriger."
)


class NotTakenIn(Conflict):
    """No sheet is typed in at this moment."""

    def __init__(self, stage: ConsultationStage) -> None:
        super().__init__(
            _l("Cette consultation n’est pas encore ouverte\u00a0: aucune feuille ne se saisit avant.")
            if stage in (ConsultationStage.DRAFT, ConsultationStage.COMING)
            else _l("La saisie des feuilles est terminée. Prévenez la personne qui organise la consultation.")
        )


class NotPrinted(DomainError):
    """No batch holds the number of a sheet."""

    def __init__(self) -> None:
        super().__init__(
            _l("Aucune feuille n’a ce numéro dans cette consultation. Relisez-le sur la feuille."),
            field="sheet",
        )


class VoidSheet(DomainError):
    """Somebody said that the sheet is not counted."""

    def __init__(self) -> None:
        super().__init__(
            _l("Cette feuille est écartée. Remettez-la d’abord parmi les feuilles à saisir."), field="sheet"
        )


@dataclass(frozen=True)
class Held:
    """A consultation that somebody types sheets of."""

    row: Consultation
    contract: str
    questions: Sequence[QuestionRule]
    printed: Spans
    #: Numbers of sheets that somebody said do not count.
    void: frozenset[int]


@dataclass(frozen=True)
class TypedSheet:
    """What was read of a sheet. `number` None: a row of a table whose sheet has none."""

    number: int | None
    #: By question; the quartier is the question `form.PLACE`.
    answers: Answers
    #: Random name of the form, or what names a row of a file.
    client_key: str
    #: The language of the sheet, for the words on it.
    lang: str = field(default=SOURCE_LANGUAGE)


def held_for_sheets(
    session: Session, actor: Actor, consultation_id: int, *, alone: bool = False, until_counted: bool = False
) -> Held:
    """A consultation, once whoever acts may and while sheets come in; 10 statements. `until_counted`: also after the
    end, while its results wait.

    Raises `NotFound`, `Forbidden`, `NotTakenIn`.
    """
    row = (hold_alone if alone else hold_shared)(session, consultation_id)
    require(actor, ACTION, touched_by_answers(session, row))
    calendar = calendar_of(row)
    stage = calendar.stage_at(clock.now())
    if not taken_in(row) and not (until_counted and stage is ConsultationStage.CLOSED):
        raise NotTakenIn(stage)
    return held_by(session, row)


def held_by(session: Session, row: Consultation) -> Held:
    """What is known of the sheets of a consultation whose row the caller holds, whatever its stage; 8 statements."""
    quartiers = session.execute(
        select(consultation_quartier.c.quartier_id)
        .where(consultation_quartier.c.consultation_id == row.id)
        .order_by(consultation_quartier.c.position, consultation_quartier.c.quartier_id)
    ).scalars()
    return Held(
        row,
        contract_slug(session, row.contract_id),
        rules_of(definition_of(row.id, SOURCE_LANGUAGE), list(quartiers)),
        Spans([(batch.first, batch.last) for batch in batches_of(row.id)]),
        frozenset(
            session.execute(
                select(ConsultationVoidSheet.number).where(ConsultationVoidSheet.consultation_id == row.id)
            ).scalars()
        ),
    )


def taken_in(row: Consultation) -> bool:
    """Whether sheets are typed in now."""
    calendar = calendar_of(row)
    return row.opens_at is not None and calendar.allows(ENTER, clock.now())


def locked_answer(session: Session, actor: Actor, row: Consultation, number: int) -> ConsultationAnswer:
    """What was kept of a sheet, locked, for whoever typed it or reads all words; raises `NotFound`, `Forbidden`."""
    answer = session.execute(
        select(ConsultationAnswer)
        .where(ConsultationAnswer.consultation_id == row.id, ConsultationAnswer.sheet_number == number)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar()
    if answer is None:
        raise NotFound(_l("Cette feuille n’est pas saisie."))
    if answer.entered_by != actor.actor_id and not may(actor, READS, touched_consultation(session, row)):
        raise Forbidden(OTHERS)
    return answer

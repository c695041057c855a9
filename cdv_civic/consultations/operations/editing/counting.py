"""How a consultation will be counted, decided before its tables are built."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete

from cdv_civic.consultations.models import ConsultationCross
from cdv_civic.consultations.operations.editing.holding import AlreadyAnswered, editing, has_answers
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.policy.model import Actor

#: Pairs of questions that are published together.
MOST_CROSSES: Final = 3


def choose_counting(
    actor: Actor,
    consultation_id: int,
    *,
    crosses: Sequence[tuple[int, int]],
    open_rows: bool,
    entered_twice: bool,
    version: int,
) -> None:
    """Which pairs of questions are published together, whether rows are open data, whether paper is entered twice.

    `crosses`: pairs of ids; each question stands in one of them at most. Not once the results are counted; rows are
    promised before anybody answers. Raises as `holding.editing` does, and `DomainError`.
    """
    with editing(actor, consultation_id, version=version) as (session, row):
        if row.frozen_at is not None:
            raise DomainError(_l("Ses résultats sont déjà comptés."))
        if open_rows and not row.open_rows and has_answers(session, row.id):
            raise AlreadyAnswered
        allowed = {each.id for each in definition_of(row.id, SOURCE_LANGUAGE).crossable}
        named = [each for pair in crosses for each in pair]
        if not set(named) <= allowed:
            raise DomainError(_l("Choisissez une réponse de la liste."), field="row_1")
        if len(set(named)) != len(named):
            raise DomainError(_l("Une question n’est croisée qu’une fois."), field="row_1")
        session.execute(delete(ConsultationCross).where(ConsultationCross.consultation_id == row.id))
        for first, second in crosses[:MOST_CROSSES]:
            session.add(
                ConsultationCross(row_question_id=first, column_question_id=second, consultation_id=row.id)
            )
        row.open_rows, row.entered_twice = open_rows, entered_twice
        session.flush()

"""Open a consultation, take it back to prepare it, prolong it with a public reason, withdraw it, delete a draft."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import (
    Consultation,
    ConsultationOption,
    ConsultationQuestion,
)
from cdv_civic.consultations.operations.editing.holding import (
    ACTION,
    LONGEST_TEXT,
    AlreadyAnswered,
    Texts,
    editing,
    has_answers,
    put_field,
)
from cdv_civic.consultations.operations.editing.steps import forget_pictures
from cdv_civic.consultations.operations.idea_links import (
    bore_parts,
    hold_boxes,
    let_box_go,
    refuse_hiding_boxes,
)
from cdv_civic.consultations.operations.locking import calendar_of, hold_alone
from cdv_civic.consultations.operations.voices import forget_recordings
from cdv_civic.consultations.organiser_models import ConsultationProlongation, ConsultationRecording
from cdv_civic.consultations.paper.models import ConsultationEvidence
from cdv_civic.consultations.queries.definition import definition_of
from cdv_civic.consultations.queries.preparation import prepared_of
from cdv_civic.consultations.rules.calendar import ConsultationStage
from cdv_civic.consultations.rules.checklist import checklist, complete
from cdv_civic.consultations.scopes import contract_slug, touched_consultation
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import said_in
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.uploads.stored_files import StoredFile

#: How the ledger names a prolongation; its code holds the three moments, or `NO_PAPER` for the second of them.
PROLONGED_LINE: Final = "consultation.prolonged"
NO_PAPER: Final = "-"
#: The stages in which a consultation can be prolonged.
PROLONGED: Final = frozenset(
    {ConsultationStage.COMING, ConsultationStage.OPEN, ConsultationStage.PAPER, ConsultationStage.CLOSED}
)


def publish(actor: Actor, consultation_id: int, *, version: int) -> None:
    """Make it public; it opens by itself, to the minute.

    Raises as `holding.editing` does, and `DomainError` where something is missing that it cannot be opened without.
    """
    with editing(actor, consultation_id, version=version, said="consultation.publish") as (_session, row):
        if row.published_at is not None:
            raise DomainError(_l("Cette consultation est déjà publiée."))
        prepared = prepared_of(row, definition_of(row.id, SOURCE_LANGUAGE))
        if not complete(checklist(prepared, clock.now(), clock.zone())):
            raise DomainError(_l("Il manque encore quelque chose. Regardez la liste de ce qui est prêt."))
        row.published_at = clock.now()


def take_back(actor: Actor, consultation_id: int, *, version: int) -> None:
    """Prepare a consultation again that is public and that nobody has answered: nobody sees it meanwhile."""
    with editing(actor, consultation_id, version=version, said="consultation.take_back") as (session, row):
        if has_answers(session, row.id):
            raise AlreadyAnswered
        if row.published_at is None:
            raise DomainError(_l("Cette consultation est déjà en préparation."))
        if row.frozen_at is not None:
            raise DomainError(_l("Ses résultats sont déjà comptés."))
        refuse_hiding_boxes(session, row.id)
        row.published_at = row.counted = row.counted_at = None


def prolong(
    actor: Actor,
    consultation_id: int,
    *,
    closes_at: datetime,
    paper_until: datetime | None,
    answer_due_on: date,
    reason: Texts,
    version: int,
) -> None:
    """Keep a public consultation open for longer, and say why; one that has closed opens again until then, or takes in
    paper alone for longer where `closes_at` stays.

    Not once its results are counted. Raises as `holding.editing` does, and `DomainError` with the fields of the form.
    """
    trace: dict[str, Any] = {"closes_at": closes_at.isoformat(), "reason": said_in(reason)}
    with editing(actor, consultation_id, version=version, said="consultation.prolong", trace=trace) as (
        session,
        row,
    ):
        stage = calendar_of(row).stage_at(clock.now())
        if (
            row.published_at is None
            or row.closes_at is None
            or row.answer_due_on is None
            or stage not in PROLONGED
        ):
            raise DomainError(
                _l("On prolonge une consultation publiée, avant que ses résultats soient comptés.")
            )
        if closes_at == row.closes_at <= clock.now():
            if paper_until is None or paper_until <= max(calendar_of(row).ends_at or closes_at, clock.now()):
                raise DomainError(
                    _l("Choisissez une fermeture plus tard, ou plus de jours pour le papier."),
                    field="closes_day",
                )
        elif closes_at < row.closes_at or closes_at <= clock.now():
            raise DomainError(
                _l("Choisissez un moment plus tard que la fermeture prévue."), field="closes_day"
            )
        if paper_until is not None and paper_until < closes_at:
            raise DomainError(_l("Le papier arrive encore après la fermeture."), field="paper_day")
        ends_at = paper_until or closes_at
        if ends_at < (row.paper_until or row.closes_at):
            raise DomainError(_l("Le papier ne s’arrête pas plus tôt que prévu."), field="paper_day")
        last = ends_at.astimezone(clock.zone()).date()
        if answer_due_on < last or answer_due_on < row.answer_due_on:
            raise DomainError(
                _l("La réponse vient après la fermeture, et pas plus tôt que prévu."), field="due_day"
            )
        if (closes_at, paper_until, answer_due_on) == (row.closes_at, row.paper_until, row.answer_due_on):
            raise DomainError(
                _l("Choisissez un moment plus tard que la fermeture prévue."), field="closes_day"
            )
        line = ConsultationProlongation(
            id=reserve_ids(session, ConsultationProlongation)[0],
            consultation_id=row.id,
            closes_before=row.closes_at,
            closes_after=closes_at,
            paper_before=row.paper_until,
            paper_after=paper_until,
            due_before=row.answer_due_on,
            due_after=answer_due_on,
            at=clock.now(),
            by_id=actor.actor_id,
            reason_id=None,
        )
        put_field(
            session,
            actor,
            line,
            "reason",
            reason,
            longest=LONGEST_TEXT,
            contract_id=row.contract_id,
            must=_l("Dites pourquoi\u00a0: les habitantes et les habitants le lisent."),
        )
        session.add(line)
        row.closes_at, row.paper_until, row.answer_due_on = closes_at, paper_until, answer_due_on
        # A restore that forgot it would count the answers too early, for good.
        moments = (closes_at, paper_until, answer_due_on)
        code = " ".join(each.isoformat() if each is not None else NO_PAPER for each in moments)
        ledger.note(session, PROLONGED_LINE, row.id, born=row.published_at, code=code)


def withdraw(actor: Actor, consultation_id: int, reason: Texts, *, version: int) -> None:
    """Take a public consultation back: its title and the reason stay, nothing more comes in, no voice is heard.

    Not once it was answered or parts of the contract were born of it, nor while residents choose among the groups of
    one of its boxes. Raises as `holding.editing` does, `ChoiceStands`, `DomainError`.
    """
    trace = {"reason": said_in(reason)}
    with editing(actor, consultation_id, version=version, said="consultation.withdraw", trace=trace) as (
        session,
        row,
    ):
        if row.published_at is None:
            raise DomainError(_l("Cette consultation n’est pas publiée\u00a0: vous pouvez l’effacer."))
        if row.answered_at is not None:
            raise DomainError(_l("La réponse est publiée\u00a0: cette consultation reste."))
        if bore_parts(session, row.id):
            raise DomainError(
                _l("Des parties du contrat sont nées de ce choix\u00a0: cette consultation reste.")
            )
        refuse_hiding_boxes(session, row.id)
        put_field(
            session,
            actor,
            row,
            "withdrawn_reason",
            reason,
            longest=LONGEST_TEXT,
            contract_id=row.contract_id,
            must=_l("Dites pourquoi\u00a0: les habitantes et les habitants le lisent."),
        )
        row.withdrawn_at = clock.now()
        forget_recordings(session, ConsultationRecording.consultation_id == row.id)
        ledger.note(session, "consultation.withdrawn", row.id, born=row.published_at)


def discard(actor: Actor, consultation_id: int, *, version: int) -> None:
    """Delete a consultation that is not public, with its texts, pictures and voices."""
    require(actor, ACTION)
    with transaction() as session:
        row = hold_alone(session, consultation_id)
        require(actor, ACTION, touched_consultation(session, row))
        if row.version != version:
            raise ChangedMeanwhile
        hold_boxes(session, row.id)
        if row.published_at is not None or row.withdrawn_at is not None or has_answers(session, row.id):
            raise DomainError(
                _l("Cette consultation est publiée\u00a0: vous pouvez la retirer, avec une raison.")
            )
        record(
            session,
            actor,
            "consultation.discard",
            "consultation",
            row.id,
            scope=contract_slug(session, row.contract_id),
            before={"slug": row.slug},
        )
        forget_pictures(session, ConsultationOption.question_id.in_(_questions(row)))
        forget_recordings(session, ConsultationRecording.consultation_id == row.id)
        let_box_go(session, consultation_id=row.id)
        _forget_wave(session, row.id)
        photos = _photos(session, row.id)
        session.delete(row)
        session.flush()
        for photo in photos:
            session.delete(photo)


def _forget_wave(session: Session, consultation_id: int) -> None:
    """Let those that were to be its next wave follow nothing; they keep their name."""
    session.execute(
        update(Consultation)
        .where(Consultation.wave_of_id == consultation_id)
        .values(wave_of_id=None)
        .execution_options(synchronize_session=False)
    )


def _photos(session: Session, consultation_id: int) -> Sequence[StoredFile]:
    """The files of sheets that nobody typed in, before it was prepared again."""
    evidence = ConsultationEvidence
    return (
        session.execute(
            select(StoredFile)
            .join(evidence, evidence.file_id == StoredFile.id)
            .where(evidence.consultation_id == consultation_id)
        )
        .scalars()
        .all()
    )


def _questions(row: Consultation) -> Any:
    return select(ConsultationQuestion.id).where(ConsultationQuestion.consultation_id == row.id)

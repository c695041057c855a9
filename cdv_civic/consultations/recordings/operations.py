"""Keep, replace, take off and erase recorded voices.

A voice is no text: one may come, or go, when people have answered already. The audit trail says so each time, and the
ledger of each that went: a restore brings nobody's voice back.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.models import Consultation, ConsultationQuestion
from cdv_civic.consultations.operations.locking import hold_alone
from cdv_civic.consultations.operations.voices import erase_voices, forget_recordings
from cdv_civic.consultations.organiser_models import ConsultationRecording
from cdv_civic.consultations.paper.operations.evidence import ended_long_ago
from cdv_civic.consultations.scopes import contract_slug, touched_by_answers, touched_consultation
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import db, raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.spoken import heard_languages
from cdv_civic.core.idempotency import made_before
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor, Touched
from cdv_civic.core.uploads.receiving import Upload, stored

ACTION = "consultation.enter"
_SAID = "consultation.voice"


class AlreadyRecorded(Conflict):
    """Somebody's voice reads this question in this language already."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Une voix lit déjà cette question dans cette langue. Retournez à la liste, écoutez-la, puis "
                "remplacez-la si besoin."
            ),
            field="language",
        )


@dataclass(frozen=True)
class NewRecording:
    """A voice as it is given."""

    consultation_id: int
    question_id: int
    language: str
    client_key: str
    #: The id of the recording whose place it takes, as the form showed it; None: there was none.
    replaces: int | None = None


def touched_by_voices(session: Session, row: Consultation) -> Touched:
    """What the voices of a consultation touch: what its answers do, once it is public. 3 statements."""
    public = row.published_at is not None
    return touched_by_answers(session, row) if public else touched_consultation(session, row)


def takes_voices(row: Consultation) -> bool:
    """Whether somebody will still hear them."""
    return row.withdrawn_at is None and row.frozen_at is None


def keep_recording(actor: Actor, new: NewRecording, upload: Upload) -> int:
    """Keep a voice, or let it take the place of another; its id. The same `client_key` again keeps no second one.

    Raises `NotFound`, `Forbidden`, `DomainError`, `AlreadyRecorded`.
    """
    if new.language not in heard_languages():
        raise DomainError(_l("Choisissez une réponse de la liste."), field="language")
    with stored(upload) as rows_of, transaction() as session:
        row = _held(session, actor, new.consultation_id)
        if not takes_voices(row):
            raise DomainError(
                _l("Cette consultation est finie\u00a0: personne n’écouterait plus cette voix.")
            )
        known = made_before(
            session,
            ConsultationRecording,
            key=(ConsultationRecording.client_key, new.client_key),
            owner=(ConsultationRecording.consultation_id, row.id),
        )
        if known is not None:
            return known.id
        question = session.get(ConsultationQuestion, new.question_id)
        if question is None or question.consultation_id != row.id:
            raise NotFound(_l("Cette question n’existe pas."))
        there = session.execute(
            select(ConsultationRecording).where(
                ConsultationRecording.question_id == question.id,
                ConsultationRecording.language == new.language,
            )
        ).scalar()
        if there is not None and there.id != new.replaces:
            raise AlreadyRecorded
        if there is not None:
            erase_voices(session, [there])
        (file,) = rows_of(session)
        recording = ConsultationRecording(
            consultation_id=row.id,
            question_id=question.id,
            language=new.language,
            file_id=file.id,
            client_key=new.client_key,
            uploaded_at=clock.now(),
            uploaded_by=actor.actor_id,
        )
        session.add(recording)
        session.flush()
        raise_tags(session, consultation_tag(row.id))
        said = {"question": question.id, "language": new.language}
        _note(session, actor, row, before=said if there else None, after=said)
        return recording.id


def remove_recording(actor: Actor, consultation_id: int, recording_id: int) -> None:
    """Take a voice off its question, and erase it. Raises `NotFound`, `Forbidden`."""
    with transaction() as session:
        row = _held(session, actor, consultation_id)
        found = session.get(ConsultationRecording, recording_id, populate_existing=True)
        if found is None or found.consultation_id != row.id:
            raise NotFound(_l("Cette voix n’est plus là."))
        _note(
            session,
            actor,
            row,
            before={"question": found.question_id, "language": found.language},
            after=None,
        )
        erase_voices(session, [found])


def recordings_to_erase() -> bool:
    """Whether the job has anything to do; 1 statement."""
    return db.session.execute(select(ConsultationRecording.id).where(_old()).limit(1)).first() is not None


def erase_recordings() -> int:
    """Erase the voices of consultations that ended CONSULTATION_EVIDENCE_DAYS ago; how many. A job, which may be run
    again.
    """
    with transaction() as session:
        return forget_recordings(session, _old())


def _old() -> ColumnElement[bool]:
    return ConsultationRecording.consultation_id.in_(ended_long_ago())


def _held(session: Session, actor: Actor, consultation_id: int) -> Consultation:
    row = hold_alone(session, consultation_id)
    require(actor, ACTION, touched_by_voices(session, row))
    return row


def _note(
    session: Session,
    actor: Actor,
    row: Consultation,
    *,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    record(
        session,
        actor,
        _SAID,
        "consultation",
        row.id,
        scope=contract_slug(session, row.contract_id),
        before=before,
        after=after,
    )

"""Write the answer to a consultation, publish it, and count who feels heard by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import Date, bindparam, select, text
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.locking import calendar_of, hold_alone
from cdv_civic.consultations.operations.reminders import withdraw_reminders_of
from cdv_civic.consultations.organiser_models import ConsultationPublic
from cdv_civic.consultations.restitution.models import Restitution, RestitutionPoint
from cdv_civic.consultations.restitution.queries import commitments_led_to
from cdv_civic.consultations.restitution.rules import (
    LONGEST_POINT,
    LONGEST_REASON,
    LONGEST_SAID,
    LONGEST_SIGNED,
    MOST_POINTS,
    Fate,
    Heard,
    ReplyDraft,
    ReplyPoint,
    lacks,
    needs_reason,
)
from cdv_civic.consultations.restitution.wording import LACKING
from cdv_civic.consultations.rules.calendar import ConsultationStage
from cdv_civic.consultations.scopes import contract_slug, touched_consultation
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.localized import put_text, said_in
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.settings import current_settings
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.drafts.operations import forget_sent
from cdv_civic.drafts.rules import SentDraft
from cdv_civic.participation.operations import link, unlink
from cdv_civic.participation.rules.links import LinkKind, Thing, ThingKind
from cdv_civic.territory.cache_tags import contract_tag

ACTION: Final = "consultation.edit"
_NO_SUCH: Final = _l("Cette consultation n’existe pas.")


@dataclass(frozen=True)
class NewPoint:
    """One thing that was said. Texts are by language tag."""

    said: Mapping[str, str]
    fate: Fate
    reason: Mapping[str, str] = field(default_factory=dict)
    answers: int | None = None
    #: What the names of the form's fields end with.
    number: int = 1


@dataclass(frozen=True)
class NewReply:
    """An answer as somebody wrote it, complete or not. Texts are by language tag."""

    said: Mapping[str, str]
    signed: Mapping[str, str]
    next_step: Mapping[str, str]
    next_on: date | None = None
    points: Sequence[NewPoint] = ()
    #: Whether people were reached, by the id of the `ConsultationPublic`.
    reached: Mapping[int, bool | None] = field(default_factory=dict)
    #: Codes of the commitments that come of it.
    commitments: Sequence[str] = ()


def save_reply(
    actor: Actor, consultation_id: int, new: NewReply, *, version: int, sent: SentDraft | None = None
) -> None:
    """Keep an answer as it stands; one that is published is corrected so. `version` is that of the form, 0 at first.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError` with the field of the form.
    """
    require(actor, ACTION)
    _check(new)
    with transaction() as session:
        consultation, contract = _held(session, actor, consultation_id)
        row = session.get(Restitution, consultation_id, populate_existing=True)
        if (row.version if row is not None else 0) != version:
            raise ChangedMeanwhile
        if row is None:
            row = Restitution(consultation_id=consultation_id, told_up_to=0, version=0)
        published = row.published_at is not None
        if published:
            _refuse_lacks(new)
        row.version += 1
        _write(session, actor, row, consultation, new)
        _say_reached(session, consultation_id, new.reached)
        _link(session, actor, consultation, new.commitments)
        if published:
            row.corrected_at = clock.now()
            raise_tags(session, contract_tag(contract), consultation_tag(consultation_id))
        record(
            session,
            actor,
            "consultation.write_answer",
            "consultation",
            consultation_id,
            scope=contract,
            after=_trace(new, published=published),
        )
        forget_sent(session, actor, sent)


def publish_reply(actor: Actor, consultation_id: int, *, version: int) -> None:
    """Let residents read the answer; those who answered with an account are told by a job. Twice changes nothing.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    require(actor, ACTION)
    with transaction() as session:
        consultation, contract = _held(session, actor, consultation_id)
        row = session.get(Restitution, consultation_id, populate_existing=True)
        if row is None:
            raise Conflict(LACKING[lacks(ReplyDraft(False, False, False, None))[0]])
        if row.published_at is not None:
            return
        if row.version != version:
            raise ChangedMeanwhile
        if consultation.frozen_at is None:
            raise Conflict(_l("Publiez d’abord les résultats\u00a0: la réponse en parle."))
        missing = lacks(_stored(session, row))
        if missing:
            raise Conflict(LACKING[missing[0]])
        row.published_at = consultation.answered_at = clock.now()
        row.version += 1
        consultation.version += 1
        raise_tags(session, contract_tag(contract), consultation_tag(consultation_id))
        withdraw_reminders_of(session, consultation_id)
        record(
            session,
            actor,
            "consultation.publish_answer",
            "consultation",
            consultation_id,
            scope=contract,
            after={"due_on": consultation.answer_due_on.isoformat() if consultation.answer_due_on else None},
        )


def _held(session: Session, actor: Actor, consultation_id: int) -> tuple[Consultation, str]:
    """A consultation that is closed, and the slug of its contract, for whoever may answer in its name."""
    consultation = hold_alone(session, consultation_id)
    require(actor, ACTION, touched_consultation(session, consultation))
    stage = calendar_of(consultation).stage_at(clock.now())
    if stage in (ConsultationStage.DRAFT, ConsultationStage.WITHDRAWN):
        raise NotFound(_NO_SUCH)
    if stage in (ConsultationStage.COMING, ConsultationStage.OPEN):
        raise Conflict(_l("Cette consultation est encore ouverte\u00a0: la réponse vient après."))
    if consultation.archived_at is not None:
        raise Conflict(_l("Cette consultation est archivée\u00a0: sa réponse ne change plus."))
    return consultation, contract_slug(session, consultation.contract_id)


def _check(new: NewReply) -> None:
    """Raise `DomainError` for points that cannot be kept even as a draft."""
    few = current_settings().small_count
    with Refusals() as refused:
        if len(new.points) > MOST_POINTS:
            refused.add(DomainError(_l("Gardez %(most)s choses au plus.", most=MOST_POINTS)))
        for point in new.points:
            if not said_in(point.said).get(SOURCE_LANGUAGE):
                refused.add(
                    DomainError(
                        _l("Écrivez en français ce qui a été dit."),
                        field=f"point_{point.number}_{SOURCE_LANGUAGE}",
                    )
                )
            if needs_reason(point.fate) and not said_in(point.reason).get(SOURCE_LANGUAGE):
                refused.add(
                    DomainError(
                        _l("Dites pourquoi\u00a0: les habitantes et les habitants le lisent."),
                        field=f"reason_{point.number}_{SOURCE_LANGUAGE}",
                    )
                )
            if point.answers is not None and point.answers < few:
                refused.add(
                    DomainError(
                        _l(
                            "Moins de %(few)s\u00a0: laissez vide. Un petit nombre désigne des personnes.",
                            few=few,
                        ),
                        field=f"answers_{point.number}",
                    )
                )


def _refuse_lacks(new: NewReply) -> None:
    missing = lacks(
        ReplyDraft(
            bool(said_in(new.said)),
            bool(said_in(new.signed)),
            bool(said_in(new.next_step)),
            new.next_on,
            [ReplyPoint(each.fate, True, bool(said_in(each.reason)), each.answers) for each in new.points],
            new.reached,
        )
    )
    if missing:
        raise Conflict(LACKING[missing[0]])


def _stored(session: Session, row: Restitution) -> ReplyDraft:
    points = session.execute(
        select(RestitutionPoint.fate, RestitutionPoint.reason_id, RestitutionPoint.answers).where(
            RestitutionPoint.consultation_id == row.consultation_id
        )
    ).all()
    publics = session.execute(
        select(ConsultationPublic.id, ConsultationPublic.reached).where(
            ConsultationPublic.consultation_id == row.consultation_id
        )
    ).all()
    return ReplyDraft(
        row.said_id is not None,
        row.signed_id is not None,
        row.next_id is not None,
        row.next_on,
        [ReplyPoint(Fate(each.fate), True, each.reason_id is not None, each.answers) for each in points],
        {each.id: each.reached for each in publics},
    )


def _write(
    session: Session, actor: Actor, row: Restitution, consultation: Consultation, new: NewReply
) -> None:
    owner = TextOwner("restitution", consultation.id, "said", consultation.contract_id)
    if new.next_on is not None and not said_in(new.next_step):
        raise DomainError(_l("Dites ce qui se passe ce jour-là."), field=f"next_{SOURCE_LANGUAGE}")
    gone = []
    with Refusals() as refused:
        for name, texts, longest in (
            ("said", new.said, LONGEST_SAID),
            ("next", new.next_step, LONGEST_SAID),
            ("signed", new.signed, LONGEST_SIGNED),
        ):
            before = getattr(row, f"{name}_id")
            kept = refused.unless(
                put_text, session, before, texts, name, longest, owner._replace(field=name), actor
            )
            if before is not None and kept is None:
                gone.append(before)
            setattr(row, f"{name}_id", kept)
    row.next_on = new.next_on
    session.add(row)
    session.flush()
    for text_id in gone:
        forget_text(session, text_id)
    _write_points(session, actor, consultation, new.points)


def _write_points(
    session: Session, actor: Actor, consultation: Consultation, points: Sequence[NewPoint]
) -> None:
    """Write the points in their order; a text that stands already keeps its id and what is translated of it."""
    known = {
        row.position: row
        for row in session.execute(
            select(RestitutionPoint).where(RestitutionPoint.consultation_id == consultation.id),
            execution_options={"populate_existing": True},
        ).scalars()
    }
    fresh = [position for position in range(len(points)) if position not in known]
    ids = dict(zip(fresh, reserve_ids(session, RestitutionPoint, len(fresh)), strict=True)) if fresh else {}
    gone = []
    for position, point in enumerate(points):
        old = known.pop(position, None)
        owner = TextOwner(
            "restitution_point", old.id if old else ids[position], "said", consultation.contract_id
        )
        said = put_text(
            session,
            old.said_id if old else None,
            point.said,
            f"point_{point.number}",
            LONGEST_POINT,
            owner,
            actor,
        )
        reason = put_text(
            session,
            old.reason_id if old else None,
            point.reason,
            f"reason_{point.number}",
            LONGEST_REASON,
            owner._replace(field="reason"),
            actor,
        )
        if old is None:
            old = RestitutionPoint(
                id=ids[position], consultation_id=consultation.id, position=position, said_id=said
            )
            session.add(old)
        elif old.reason_id is not None and reason is None:
            gone.append(old.reason_id)
        old.fate, old.answers, old.reason_id = point.fate.value, point.answers, reason
    for left in known.values():
        session.delete(left)
    session.flush()
    for text_id in gone:
        forget_text(session, text_id)


def _say_reached(session: Session, consultation_id: int, reached: Mapping[int, bool | None]) -> None:
    rows = session.execute(
        select(ConsultationPublic).where(
            ConsultationPublic.consultation_id == consultation_id, ConsultationPublic.id.in_(sorted(reached))
        )
    ).scalars()
    for row in rows:
        row.reached = reached[row.id]
    session.flush()


def _link(session: Session, actor: Actor, consultation: Consultation, codes: Sequence[str]) -> None:
    """Say which commitments of its contract come of a consultation, and of no others."""
    rows = session.execute(
        select(Commitment.code, Commitment.id).where(
            Commitment.contract_id == consultation.contract_id,
            Commitment.code.in_(codes),
            Commitment.retired_at.is_(None),
        )
    )
    wanted = {row.code: row.id for row in rows}
    unknown = [code for code in codes if code not in wanted]
    if unknown:
        raise DomainError(
            _l("Ce repère n’existe pas dans le contrat\u00a0: %(code)s", code=unknown[0]), field="commitments"
        )
    thing, known = Thing(ThingKind.CONSULTATION, consultation.id), commitments_led_to(consultation.id)
    for code in sorted(known.keys() - wanted.keys()):
        unlink(session, thing, LinkKind.LED_TO, Thing(ThingKind.COMMITMENT, known[code]))
    for code in codes:
        link(session, actor, thing, LinkKind.LED_TO, Thing(ThingKind.COMMITMENT, wanted[code]))


def _trace(new: NewReply, *, published: bool) -> dict[str, Any]:
    return {
        "published": published,
        "said": said_in(new.said),
        "points": [{"said": said_in(each.said), "fate": each.fate.value} for each in new.points],
        "next_on": new.next_on.isoformat() if new.next_on else None,
        "commitments": list(new.commitments),
    }


#: In this form both databases understand it.
_TAP: Final = text(
    "INSERT INTO restitution_heard (consultation_id, day, answer, taps) VALUES (:consultation_id, :day, :answer, 1)"
    " ON CONFLICT (consultation_id, day, answer) DO UPDATE SET taps = restitution_heard.taps + 1"
).bindparams(bindparam("day", type_=Date))


def say_heard(slug: str, heard: Heard) -> None:
    """Count one tap of somebody who read an answer. Nothing is kept of who it was. Raises `NotFound`."""
    with transaction() as session:
        consultation_id = session.execute(
            select(Consultation.id)
            .join(Restitution, Restitution.consultation_id == Consultation.id)
            .where(
                Consultation.slug == slug,
                Restitution.published_at.is_not(None),
                Consultation.withdrawn_at.is_(None),
            )
        ).scalar()
        if consultation_id is None:
            raise NotFound(_NO_SUCH)
        session.execute(
            _TAP, {"consultation_id": consultation_id, "day": clock.today(), "answer": heard.value}
        )

"""Announce a meeting or a permanence of a body, change it, cancel it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.bodies.follows import withdraw_reminders_of
from cdv_civic.bodies.models import Meeting
from cdv_civic.bodies.operations.carrying import Carried, carry_exceptions
from cdv_civic.bodies.operations.locking import locked_body
from cdv_civic.bodies.operations.texts import LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE
from cdv_civic.bodies.rules import KINDS, Recurrence, starts_on_a_day_of_its_own
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, NotFound, Refusals
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import made_before
from cdv_civic.core.localized import put_text, said_in
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.drafts.operations import forget_sent
from cdv_civic.drafts.rules import SentDraft
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Body
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS


@dataclass(frozen=True)
class MeetingDraft:
    """A meeting or a permanence as staff announce it. Texts are by language tag; times are UTC."""

    kind: str
    title: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime | None = None
    second_starts_at: datetime | None = None
    second_ends_at: datetime | None = None
    sentence: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    recurrence: Recurrence | None = None
    childcare: bool = False
    step_free: bool = False
    interpreter: bool = False
    spoken: tuple[str, ...] = ()


def _check(draft: MeetingDraft, zone: ZoneInfo) -> None:
    with Refusals() as refused:
        if draft.kind not in KINDS:
            refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="kind"))
        if not said_in(draft.title).get(SOURCE_LANGUAGE):
            refused.add(DomainError(_l("Donnez un titre en français."), field=f"title_{SOURCE_LANGUAGE}"))
        if len(draft.place) > LONGEST_PLACE:
            refused.add(
                DomainError(
                    _l("Ce texte est trop long : %(most)s caractères au plus.", most=LONGEST_PLACE),
                    field="place",
                )
            )
        _check_times(draft, refused)
        _check_recurrence(draft, zone, refused)


def _check_times(draft: MeetingDraft, refused: Refusals) -> None:
    ends_early = _l("La fin vient après le début : corrigez l’heure de fin.")
    if draft.ends_at is not None and draft.ends_at <= draft.starts_at:
        refused.add(DomainError(ends_early, field="end"))
    if draft.second_starts_at is None:
        if draft.second_ends_at is not None:
            refused.add(
                DomainError(_l("Écrivez l’heure de début du deuxième horaire."), field="second_start")
            )
        return
    if draft.second_starts_at < (draft.ends_at or draft.starts_at):
        refused.add(
            DomainError(
                _l("Le deuxième horaire vient après le premier : corrigez son début."), field="second_start"
            )
        )
    if draft.second_ends_at is not None and draft.second_ends_at <= draft.second_starts_at:
        refused.add(DomainError(ends_early, field="second_end"))


def _check_recurrence(draft: MeetingDraft, zone: ZoneInfo, refused: Refusals) -> None:
    if draft.recurrence is None:
        return
    first = draft.starts_at.astimezone(zone).date()
    if draft.recurrence.until is not None and draft.recurrence.until < first:
        refused.add(DomainError(_l("La dernière date vient après la première : corrigez-la."), field="until"))
    if not starts_on_a_day_of_its_own(first, draft.recurrence):
        refused.add(
            DomainError(
                _l("La première date tombe un mois sans rencontre : changez l’une ou l’autre."),
                field="except_months",
            )
        )


def _owner(session: Session, meeting: Meeting, field: str) -> TextOwner:
    contract_id = session.get_one(Body, meeting.body_id).contract_id
    return TextOwner("meeting", meeting.id, field, contract_id)


def _when_and_where(meeting: Meeting) -> tuple[object, ...]:
    """What followers are told of it, where it changes."""
    return (
        *(meeting.starts_at, meeting.ends_at, meeting.second_starts_at, meeting.second_ends_at),
        *(meeting.recurrence, meeting.place),
    )


def _fill(session: Session, actor: Actor, meeting: Meeting, draft: MeetingDraft) -> None:
    before = _when_and_where(meeting)
    owner = _owner(session, meeting, "title")
    title_id = put_text(session, meeting.title_id, draft.title, "title", LONGEST_TITLE, owner, actor)
    if title_id is None:
        raise DomainError(_l("Donnez un titre en français."), field=f"title_{SOURCE_LANGUAGE}")
    meeting.title_id = title_id
    old_sentence = meeting.sentence_id
    owner = _owner(session, meeting, "sentence")
    meeting.sentence_id = put_text(
        session, old_sentence, draft.sentence, "sentence", LONGEST_TEXT, owner, actor
    )
    meeting.kind = draft.kind
    meeting.starts_at, meeting.ends_at = draft.starts_at, draft.ends_at
    meeting.second_starts_at, meeting.second_ends_at = draft.second_starts_at, draft.second_ends_at
    meeting.place = draft.place.strip() or None
    meeting.recurrence = draft.recurrence.as_data() if draft.recurrence else None
    meeting.childcare, meeting.step_free = draft.childcare, draft.step_free
    meeting.interpreter, meeting.spoken = draft.interpreter, list(draft.spoken)
    meeting.changed_at = clock.now()
    if _when_and_where(meeting) != before:
        meeting.told_at = meeting.changed_at
    session.add(meeting)
    session.flush()
    if meeting.sentence_id is None:
        forget_text(session, old_sentence)


def _trace(meeting: Meeting, draft: MeetingDraft) -> dict[str, Any]:
    return {
        "meeting": meeting.id,
        "title": said_in(draft.title),
        "starts_at": meeting.starts_at.isoformat(),
        "recurrence": meeting.recurrence,
    }


def announce_meeting(
    actor: Actor,
    body_id: int,
    draft: MeetingDraft,
    *,
    client_key: str,
    zone: ZoneInfo,
    sent: SentDraft | None = None,
) -> int:
    """Announce a meeting or a permanence; its id. The same `client_key` again announces nothing more.

    `zone` is where its days are counted, `sent` what the form was kept as, which goes with it.
    Raises `NotFound`, `Forbidden`, `DomainError`.
    """
    with transaction() as session:
        body, contract = locked_body(session, actor, "meeting.edit", body_id)
        raise_tags(session, contract_tag(contract))
        if body.kind not in RESIDENTS_BODY_KINDS:
            raise DomainError(_l("Les rencontres de ce groupe ne sont pas publiques : rien à annoncer."))
        known = made_before(
            session, Meeting, key=(Meeting.client_key, client_key), owner=(Meeting.body_id, body_id)
        )
        if known is not None:
            return known.id
        _check(draft, zone)
        meeting = Meeting(
            id=reserve_ids(session, Meeting)[0],
            body_id=body_id,
            client_key=client_key,
            sentence_id=None,
            cancelled_at=None,
            cancelled_reason_id=None,
            sequence=0,
        )
        _fill(session, actor, meeting, draft)
        record(
            session, actor, "meeting.announce", "body", body_id, scope=contract, after=_trace(meeting, draft)
        )
        forget_sent(session, actor, sent)
        return meeting.id


def locked_meeting(
    session: Session, actor: Actor, meeting_id: int, sequence: int | None
) -> tuple[Meeting, str]:
    """The meeting, and the slug of its contract; `sequence` is that of the form, None where it has none.

    Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    meeting = session.execute(
        select(Meeting).where(Meeting.id == meeting_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar()
    if meeting is None:
        raise NotFound(_l("Cette rencontre n’existe pas."))
    _body, contract = locked_body(session, actor, "meeting.edit", meeting.body_id)
    if sequence is not None and meeting.sequence != sequence:
        raise ChangedMeanwhile
    return meeting, contract


def change_meeting(
    actor: Actor,
    meeting_id: int,
    draft: MeetingDraft,
    *,
    sequence: int,
    zone: ZoneInfo,
    carried: Carried | None = None,
    sent: SentDraft | None = None,
) -> None:
    """Change what is announced; calendars that have it take the change.

    `sequence` is that of the form, `sent` what it was kept as; `carried` says what becomes of dates that were cancelled
    or moved (`carrying`). Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        meeting, contract = locked_meeting(session, actor, meeting_id, sequence)
        raise_tags(session, contract_tag(contract))
        _check(draft, zone)
        before = {
            "starts_at": meeting.starts_at.isoformat(),
            "recurrence": meeting.recurrence,
        }
        _fill(session, actor, meeting, draft)
        carry_exceptions(session, meeting, carried or {}, zone)
        meeting.sequence += 1
        withdraw_reminders_of(session, meeting)
        record(
            session,
            actor,
            "meeting.edit",
            "body",
            meeting.body_id,
            scope=contract,
            before=before,
            after=_trace(meeting, draft),
        )
        forget_sent(session, actor, sent)


def cancel_meeting(actor: Actor, meeting_id: int, reason: Mapping[str, str], *, sequence: int) -> None:
    """Say that it will not be held, and why; it stays on the pages, marked.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction() as session:
        meeting, contract = locked_meeting(session, actor, meeting_id, sequence)
        raise_tags(session, contract_tag(contract))
        if meeting.cancelled_at is not None:
            return
        owner = _owner(session, meeting, "cancelled_reason")
        reason_id = put_text(session, None, reason, "reason", LONGEST_TEXT, owner, actor)
        if reason_id is None:
            raise DomainError(
                _l("Dites pourquoi : les habitantes et les habitants le lisent."),
                field=f"reason_{SOURCE_LANGUAGE}",
            )
        meeting.cancelled_at = meeting.changed_at = meeting.told_at = clock.now()
        meeting.cancelled_reason_id = reason_id
        meeting.sequence += 1
        withdraw_reminders_of(session, meeting)
        record(
            session,
            actor,
            "meeting.cancel",
            "body",
            meeting.body_id,
            scope=contract,
            after={"meeting": meeting.id, "reason": said_in(reason)},
        )

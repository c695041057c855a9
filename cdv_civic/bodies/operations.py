"""What staff do for bodies: say how they are, announce what they hold, cancel it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.bodies.models import BodyLife, Meeting
from cdv_civic.bodies.rules import KINDS, STATES, Recurrence, starts_on_a_day_of_its_own
from cdv_civic.core import clock
from cdv_civic.core.audit import record
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n import lazy_gettext as _l
from cdv_civic.core.localized import (
    SOURCE_LANGUAGE,
    LocalizedText,
    Translation,
    TranslationState,
    change_original,
    translate,
    write_original,
)
from cdv_civic.core.policy import Actor, require
from cdv_civic.core.vocabulary import RESIDENTS_BODY_KINDS
from cdv_civic.territory.models import Body, Contract
from cdv_civic.territory.scopes import touched_body

LONGEST_TITLE: Final = 120
LONGEST_TEXT: Final = 1000
LONGEST_PLACE: Final = 200
#: A name that is to be the only one in all calendars of the world is not short.
SHORTEST_UID: Final = 16

_CHANGED = _l(
    "Une autre personne a changé la même chose pendant que vous écriviez. Vos mots sont encore là : "
    "relisez, puis enregistrez de nouveau."
)


@dataclass(frozen=True)
class Event:
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


def _hold(session: Session, actor: Actor, action: str, body_id: int) -> tuple[Body, str]:
    """The body, and the slug of its contract; raises `NotFound` or `Forbidden`."""
    found = session.execute(
        select(Body, Contract.slug)
        .join(Contract, Contract.id == Body.contract_id)
        .where(Body.id == body_id)
        .with_for_update(of=Body)
    ).one_or_none()
    if found is None:
        raise NotFound(_l("Cette instance n’existe pas."))
    body, contract = found
    require(actor, action, touched_body(session, body_id))
    return body, contract


def _clean(texts: Mapping[str, str]) -> dict[str, str]:
    return {tag: text.strip() for tag, text in texts.items() if text.strip()}


def _put(
    session: Session, text_id: int | None, texts: Mapping[str, str], name: str, longest: int
) -> int | None:
    """Write a text and its translations; an empty one is None. Raises `DomainError`."""
    said = _clean(texts)
    for tag, text in said.items():
        if len(text) > longest:
            raise DomainError(
                _l("Ce texte est trop long : %(most)s signes au plus.", most=longest), field=f"{name}_{tag}"
            )
    original = said.pop(SOURCE_LANGUAGE, "")
    if not original:
        if said:
            raise DomainError(_l("Écrivez d’abord ce texte en français."), field=f"{name}_{SOURCE_LANGUAGE}")
        return None
    fresh = text_id is None
    if text_id is None:
        text_id = write_original(session, original).id
    changed = session.get_one(LocalizedText, text_id, populate_existing=True).original != original
    if changed:
        change_original(session, text_id, original)
    known = (
        {}
        if fresh
        else {
            row.language: row
            for row in session.execute(
                select(Translation).where(Translation.text_id == text_id),
                execution_options={"populate_existing": True},
            ).scalars()
        }
    )
    for tag, text in said.items():
        old = known.get(tag)
        # The same words again say that they are still right, unless the original changed just now.
        still_right = old is not None and not changed and old.state == TranslationState.STALE.value
        if old is None or old.text != text or still_right:
            translate(session, text_id, tag, text)
    for tag, old in known.items():
        if tag not in said:
            session.delete(old)
    session.flush()
    return text_id


def _forget(session: Session, text_id: int | None) -> None:
    if text_id is not None:
        session.delete(session.get_one(LocalizedText, text_id))


def describe_body(
    actor: Actor,
    body_id: int,
    *,
    version: int,
    state: str | None,
    contact: Mapping[str, str],
    joining: Mapping[str, str],
) -> None:
    """Say how a body is, how to reach and to join it; empty texts take away what stood there.

    `version` is that of the form (0: nothing was said yet). Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    if state is not None and state not in STATES:
        raise DomainError(_l("Choisissez une réponse de la liste."), field="state")
    with transaction(publishes=True) as session:
        _body, contract = _hold(session, actor, "body.edit", body_id)
        life = session.get(BodyLife, body_id, populate_existing=True)
        if (life.version if life else 0) != version:
            raise Conflict(_CHANGED)
        before = life.state if life else None
        if life is None:
            life = BodyLife(body_id=body_id, state=None, contact_id=None, joining_id=None, version=0)
            session.add(life)
        old = (life.contact_id, life.joining_id)
        life.contact_id = _put(session, life.contact_id, contact, "contact", LONGEST_TEXT)
        life.joining_id = _put(session, life.joining_id, joining, "joining", LONGEST_TEXT)
        life.state = state
        life.version += 1
        session.flush()
        for text_id, kept in zip(old, (life.contact_id, life.joining_id), strict=True):
            if kept is None:
                _forget(session, text_id)
        record(
            session,
            actor,
            "body.edit",
            "body",
            body_id,
            scope=contract,
            before={"state": before},
            after={"state": state, "contact": _clean(contact), "joining": _clean(joining)},
        )


def _check(event: Event, zone: ZoneInfo) -> None:
    if event.kind not in KINDS:
        raise DomainError(_l("Choisissez une réponse de la liste."), field="kind")
    if not _clean(event.title).get(SOURCE_LANGUAGE):
        raise DomainError(_l("Donnez un titre en français."), field=f"title_{SOURCE_LANGUAGE}")
    if len(event.place) > LONGEST_PLACE:
        raise DomainError(
            _l("Ce texte est trop long : %(most)s signes au plus.", most=LONGEST_PLACE), field="place"
        )
    if event.ends_at is not None and event.ends_at <= event.starts_at:
        raise DomainError(_l("La fin vient après le début : corrigez l’heure de fin."), field="end")
    if event.second_starts_at is None and event.second_ends_at is not None:
        raise DomainError(_l("Écrivez l’heure de début du deuxième horaire."), field="second_start")
    if event.second_starts_at is not None:
        if event.second_starts_at < (event.ends_at or event.starts_at):
            raise DomainError(
                _l("Le deuxième horaire vient après le premier : corrigez son début."), field="second_start"
            )
        if event.second_ends_at is not None and event.second_ends_at <= event.second_starts_at:
            raise DomainError(
                _l("La fin vient après le début : corrigez l’heure de fin."), field="second_end"
            )
    first = event.starts_at.astimezone(zone).date()
    if event.recurrence is not None:
        if event.recurrence.until is not None and event.recurrence.until < first:
            raise DomainError(_l("La dernière date vient après la première : corrigez-la."), field="until")
        if not starts_on_a_day_of_its_own(first, event.recurrence):
            raise DomainError(
                _l("La première date tombe un mois sans rencontre : changez l’une ou l’autre."),
                field="except_months",
            )


def _fill(session: Session, meeting: Meeting, event: Event) -> None:
    title_id = _put(session, meeting.title_id, event.title, "title", LONGEST_TITLE)
    if title_id is None:
        raise DomainError(_l("Donnez un titre en français."), field=f"title_{SOURCE_LANGUAGE}")
    meeting.title_id = title_id
    old_sentence = meeting.sentence_id
    meeting.sentence_id = _put(session, old_sentence, event.sentence, "sentence", LONGEST_TEXT)
    meeting.kind = event.kind
    meeting.starts_at, meeting.ends_at = event.starts_at, event.ends_at
    meeting.second_starts_at, meeting.second_ends_at = event.second_starts_at, event.second_ends_at
    meeting.place = event.place.strip() or None
    meeting.recurrence = event.recurrence.as_data() if event.recurrence else None
    meeting.childcare, meeting.step_free = event.childcare, event.step_free
    meeting.interpreter, meeting.spoken = event.interpreter, list(event.spoken)
    meeting.changed_at = clock.now()
    session.add(meeting)
    session.flush()
    if meeting.sentence_id is None:
        _forget(session, old_sentence)


def _trace(meeting: Meeting, event: Event) -> dict[str, Any]:
    return {
        "meeting": meeting.id,
        "title": _clean(event.title),
        "starts_at": meeting.starts_at.isoformat(),
        "recurrence": meeting.recurrence,
    }


def announce_meeting(actor: Actor, body_id: int, event: Event, *, uid: str, zone: ZoneInfo) -> int:
    """Announce a meeting or a permanence; its id. The same `uid` again announces nothing more.

    `zone` is where its days are counted. Raises `NotFound`, `Forbidden`, `DomainError`.
    """
    with transaction(publishes=True) as session:
        body, contract = _hold(session, actor, "meeting.edit", body_id)
        if body.kind not in RESIDENTS_BODY_KINDS:
            raise DomainError(_l("Les rencontres de cette instance ne sont pas publiques : rien à annoncer."))
        known = session.execute(select(Meeting.id, Meeting.body_id).where(Meeting.uid == uid)).first()
        if known is not None and known.body_id == body_id:
            return int(known.id)  # the same form, sent twice
        if known is not None or len(uid) < SHORTEST_UID:
            raise Conflict(_CHANGED)
        _check(event, zone)
        meeting = Meeting(
            body_id=body_id,
            uid=uid,
            sentence_id=None,
            cancelled_at=None,
            cancelled_reason_id=None,
            sequence=0,
        )
        _fill(session, meeting, event)
        record(
            session, actor, "meeting.announce", "body", body_id, scope=contract, after=_trace(meeting, event)
        )
        return meeting.id


def _held_meeting(session: Session, actor: Actor, meeting_id: int, sequence: int) -> tuple[Meeting, str]:
    meeting = session.execute(
        select(Meeting).where(Meeting.id == meeting_id).with_for_update(),
        execution_options={"populate_existing": True},
    ).scalar()
    if meeting is None:
        raise NotFound(_l("Cette rencontre n’existe pas."))
    _body, contract = _hold(session, actor, "meeting.edit", meeting.body_id)
    if meeting.sequence != sequence:
        raise Conflict(_CHANGED)
    return meeting, contract


def change_meeting(actor: Actor, meeting_id: int, event: Event, *, sequence: int, zone: ZoneInfo) -> None:
    """Change what is announced; calendars that hold it take the change.

    `sequence` is that of the form. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction(publishes=True) as session:
        meeting, contract = _held_meeting(session, actor, meeting_id, sequence)
        _check(event, zone)
        before = {
            "starts_at": meeting.starts_at.isoformat(),
            "recurrence": meeting.recurrence,
        }
        _fill(session, meeting, event)
        meeting.sequence += 1
        session.flush()
        record(
            session,
            actor,
            "meeting.edit",
            "body",
            meeting.body_id,
            scope=contract,
            before=before,
            after=_trace(meeting, event),
        )


def cancel_meeting(actor: Actor, meeting_id: int, reason: Mapping[str, str], *, sequence: int) -> None:
    """Say that it will not be held, and why; it stays on the pages, marked.

    Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    with transaction(publishes=True) as session:
        meeting, contract = _held_meeting(session, actor, meeting_id, sequence)
        if meeting.cancelled_at is not None:
            return
        reason_id = _put(session, None, reason, "reason", LONGEST_TEXT)
        if reason_id is None:
            raise DomainError(
                _l("Dites pourquoi : les habitantes et les habitants le lisent."),
                field=f"reason_{SOURCE_LANGUAGE}",
            )
        meeting.cancelled_at = meeting.changed_at = clock.now()
        meeting.cancelled_reason_id = reason_id
        meeting.sequence += 1
        session.flush()
        record(
            session,
            actor,
            "meeting.cancel",
            "body",
            meeting.body_id,
            scope=contract,
            after={"meeting": meeting.id, "reason": _clean(reason)},
        )

"""Publish what a body says and decides; correct it; take it back with a reason."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.bodies.models import BodyPublication, Decision, Meeting, PublicationFile
from cdv_civic.bodies.operations.locking import locked_body
from cdv_civic.bodies.operations.occurrences import occurrence_of
from cdv_civic.bodies.operations.publication_drafts import (
    LONGEST_DECISION,
    MOST_FILES,
    NewDecision,
    PublicationDraft,
    check_draft,
)
from cdv_civic.bodies.operations.texts import LONGEST_TEXT, LONGEST_TITLE
from cdv_civic.bodies.queries.publications import published_by
from cdv_civic.bodies.rules import MINUTES
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import made_before, read_key
from cdv_civic.core.localized import put_text, said_in, write_original
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.published_before import LastSeen, check_published
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.core.uploads.receiving import stored
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.drafts.operations import forget_sent
from cdv_civic.drafts.rules import SentDraft
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.models import Body
from cdv_civic.territory.vocabulary import RESIDENTS_BODY_KINDS

ACTION: Final = "publication.edit"


def _occurrence_day(session: Session, body_id: int, draft: PublicationDraft, zone: ZoneInfo) -> date:
    """The date that readers see; raises `NotFound` or `DomainError` where the meeting is not one to write of."""
    if draft.meeting_id is None or draft.meeting_day is None:
        return draft.said_on or clock.today()
    meeting = session.get(Meeting, draft.meeting_id, populate_existing=True)
    if meeting is None or meeting.body_id != body_id:
        raise NotFound(_l("Cette rencontre n’existe pas."))
    held = occurrence_of(session, meeting, draft.meeting_day, zone)
    if held.cancelled or meeting.cancelled_at is not None:
        raise DomainError(_l("Cette rencontre est annulée\u00a0: il n’y a rien à en publier."))
    if draft.kind == MINUTES and held.day > clock.now().astimezone(zone).date():
        raise DomainError(_l("Cette rencontre est à venir\u00a0: son compte rendu vient après."))
    return held.day


def publish(
    actor: Actor,
    body_id: int,
    draft: PublicationDraft,
    *,
    client_key: str,
    zone: ZoneInfo,
    sent: SentDraft | None = None,
    seen: LastSeen | None = None,
) -> int:
    """Publish a document of a body; its id. The same `client_key` again publishes nothing more.

    `sent` is what the form was kept as, which goes with it; `seen` the newest that its page knew of (None: no form).
    Raises `NotFound`, `Forbidden`, `PublishedBefore`, `DomainError` with the field of the form.
    """
    require(actor, ACTION)
    check_draft(draft)
    read_key(client_key)
    with (
        stored(*(each.upload for each in draft.files)) as rows_of_files,
        transaction() as session,
    ):
        body, contract = locked_body(session, actor, ACTION, body_id)
        raise_tags(session, contract_tag(contract))
        if body.kind not in RESIDENTS_BODY_KINDS:
            raise DomainError(_l("Les rencontres de ce groupe ne sont pas publiques : rien à publier."))
        known = made_before(
            session,
            BodyPublication,
            key=(BodyPublication.client_key, client_key),
            owner=(BodyPublication.body_id, body_id),
        )
        if known is not None:
            return known.id
        words = " ".join((*_french(draft.title), *_french(draft.summary)))
        check_published(words, published_by(session, body.id, body.name), seen, clock.now())
        row = BodyPublication(
            id=reserve_ids(session, BodyPublication)[0],
            body_id=body_id,
            kind=draft.kind,
            meeting_id=draft.meeting_id,
            meeting_day=draft.meeting_day,
            said_on=_occurrence_day(session, body_id, draft, zone),
            client_key=client_key,
            published_at=clock.now(),
            version=1,
            title_id=None,
            withdrawn_at=None,
            withdrawn_reason_id=None,
        )
        _fill(session, actor, row, draft, body.contract_id)
        _attach(session, row, draft, rows_of_files(session) if draft.files else [], body.contract_id)
        record(
            session, actor, "publication.publish", "body", body_id, scope=contract, after=_trace(row, draft)
        )
        forget_sent(session, actor, sent)
        return row.id


def _french(texts: Mapping[str, str]) -> list[str]:
    return [text for tag, text in said_in(texts).items() if tag == SOURCE_LANGUAGE]


def _fill(
    session: Session, actor: Actor, row: BodyPublication, draft: PublicationDraft, contract_id: int
) -> None:
    owner = TextOwner("body_publication", row.id, "summary", contract_id)
    summary_id = put_text(session, row.summary_id, draft.summary, "summary", LONGEST_TEXT, owner, actor)
    if summary_id is None:
        raise DomainError(
            _l("Écrivez un résumé en mots simples : rien ne paraît sans lui."),
            field=f"summary_{SOURCE_LANGUAGE}",
        )
    row.summary_id = summary_id
    if row.meeting_id is None:
        owner = owner._replace(field="title")
        row.title_id = put_text(session, row.title_id, draft.title, "title", LONGEST_TITLE, owner, actor)
    session.add(row)
    session.flush()
    _decide(session, actor, row, draft.decisions, contract_id)


def _decide(
    session: Session,
    actor: Actor,
    row: BodyPublication,
    decisions: Sequence[NewDecision],
    contract_id: int,
) -> None:
    """Write the decisions in their order; a text that stands already keeps its id and what is translated of it."""
    known = {
        each.position: each
        for each in session.execute(
            select(Decision).where(Decision.publication_id == row.id),
            execution_options={"populate_existing": True},
        ).scalars()
    }
    new = [position for position in range(len(decisions)) if position not in known]
    ids = dict(zip(new, reserve_ids(session, Decision, len(new)), strict=True)) if new else {}
    for position, said in enumerate(decisions):
        old = known.pop(position, None)
        owner = TextOwner("body_decision", old.id if old else ids[position], "sentence", contract_id)
        text_id = old.sentence_id if old else None
        sentence_id = put_text(session, text_id, said.sentence, said.field, LONGEST_DECISION, owner, actor)
        if old is None:
            old = Decision(id=ids[position], publication_id=row.id, position=position)
            session.add(old)
        old.sentence_id = sentence_id or old.sentence_id
        old.who, old.by_day = said.who.strip() or None, said.by_day
    for gone in known.values():
        session.delete(gone)
    session.flush()


def _attach(
    session: Session,
    row: BodyPublication,
    draft: PublicationDraft,
    files: Sequence[StoredFile],
    contract_id: int,
) -> None:
    known = session.execute(
        select(PublicationFile.position, PublicationFile.hidden_at).where(
            PublicationFile.publication_id == row.id
        )
    ).all()
    if sum(each.hidden_at is None for each in known) + len(files) > MOST_FILES:
        raise DomainError(_l("Joignez au plus %(most)s fichiers.", most=MOST_FILES), field="file_1")
    start = max((each.position for each in known), default=-1) + 1
    ids = reserve_ids(session, PublicationFile, len(files)) if files else []
    for position, (each, file, id_) in enumerate(zip(draft.files, files, ids, strict=True), start=start):
        owner = TextOwner("body_publication_file", id_, "caption", contract_id)
        session.add(
            PublicationFile(
                id=id_,
                publication_id=row.id,
                file_id=file.id,
                caption_id=write_original(session, each.caption.strip(), owner).id,
                position=position,
                hidden_at=None,
            )
        )
    session.flush()


def _trace(row: BodyPublication, draft: PublicationDraft) -> dict[str, Any]:
    return {
        "publication": row.id,
        "kind": row.kind,
        "said_on": row.said_on.isoformat(),
        "meeting": row.meeting_id,
        "title": said_in(draft.title),
        "summary": said_in(draft.summary),
        "decisions": [said_in(each.sentence) for each in draft.decisions],
        "files": len(draft.files),
    }


def _locked_publication(
    session: Session, actor: Actor, publication_id: int, version: int
) -> tuple[BodyPublication, Body, str]:
    row = session.execute(
        select(BodyPublication).where(BodyPublication.id == publication_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar()
    if row is None:
        raise NotFound(_l("Cette publication n’existe pas."))
    body, contract = locked_body(session, actor, ACTION, row.body_id)
    if row.version != version:
        raise ChangedMeanwhile
    return row, body, contract


def change_publication(
    actor: Actor,
    publication_id: int,
    draft: PublicationDraft,
    *,
    version: int,
    hide: Collection[int] = (),
    sent: SentDraft | None = None,
) -> None:
    """Correct what is published, add files, and hide those (ids of `PublicationFile`) that were a mistake.

    Its meeting stays, and so does the kind of what belongs to one. `version` is that of the form, `sent` what it
    was kept as. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    require(actor, ACTION)
    check_draft(draft)
    with (
        stored(*(each.upload for each in draft.files)) as rows_of_files,
        transaction() as session,
    ):
        row, body, contract = _locked_publication(session, actor, publication_id, version)
        raise_tags(session, contract_tag(contract))
        if row.withdrawn_at is not None:
            raise DomainError(_l("Cette publication est retirée : on ne peut plus la changer."))
        if (row.meeting_id, row.meeting_day) != (draft.meeting_id, draft.meeting_day) or (
            row.meeting_id is not None and row.kind != draft.kind
        ):
            raise ChangedMeanwhile
        before = {"publication": row.id, "said_on": row.said_on.isoformat(), "version": row.version}
        row.kind = draft.kind
        if row.meeting_id is None and draft.said_on is not None:
            row.said_on = draft.said_on
        _fill(session, actor, row, draft, body.contract_id)
        hidden = session.execute(
            select(PublicationFile).where(
                PublicationFile.publication_id == row.id,
                PublicationFile.id.in_(sorted(hide)),
                PublicationFile.hidden_at.is_(None),
            )
        ).scalars()
        gone = []
        for each in hidden:
            each.hidden_at = clock.now()
            ledger.note(session, "publication_file.hidden", each.id, born=row.published_at)
            gone.append(each.id)
        session.flush()
        _attach(session, row, draft, rows_of_files(session) if draft.files else [], body.contract_id)
        row.version += 1
        record(
            session,
            actor,
            "publication.edit",
            "body",
            row.body_id,
            scope=contract,
            before=before,
            after={**_trace(row, draft), "hidden": gone},
        )
        forget_sent(session, actor, sent)


def withdraw_publication(
    actor: Actor, publication_id: int, reason: Mapping[str, str], *, version: int
) -> None:
    """Take a publication back: its name and the reason stay to be read, its words and files do not.

    Twice changes nothing. Raises `NotFound`, `Forbidden`, `Conflict`, `DomainError`.
    """
    require(actor, ACTION)
    with transaction() as session:
        row, body, contract = _locked_publication(session, actor, publication_id, version)
        raise_tags(session, contract_tag(contract))
        if row.withdrawn_at is not None:
            return
        owner = TextOwner("body_publication", row.id, "withdrawn_reason", body.contract_id)
        reason_id = put_text(session, None, reason, "reason", LONGEST_TEXT, owner, actor)
        if reason_id is None:
            raise DomainError(
                _l("Dites pourquoi : les habitantes et les habitants le lisent."),
                field=f"reason_{SOURCE_LANGUAGE}",
            )
        row.withdrawn_at = clock.now()
        row.withdrawn_reason_id = reason_id
        ledger.note(session, "publication.withdrawn", row.id, born=row.published_at)
        row.version += 1
        record(
            session,
            actor,
            "publication.withdraw",
            "body",
            row.body_id,
            scope=contract,
            after={"publication": row.id, "kind": row.kind, "reason": said_in(reason)},
        )

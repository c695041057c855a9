"""Say how far a commitment is, with evidence; take back what was a mistake."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment, Evidence, Progress, commitment_quartier
from cdv_civic.commitments.operations.locking import locked_commitment
from cdv_civic.commitments.queries.story import published_news
from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.commitments.rules.texts import (
    LONGEST_SENTENCE,
    check_detail,
    check_line,
    check_link,
    check_sentence,
)
from cdv_civic.commitments.rules.transitions import check_day, check_quartier, check_reason, check_transition
from cdv_civic.commitments.search import refresh
from cdv_civic.commitments.wording import RuleRefusals, RuleRefused, refusals_in_words
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit import trail
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import made_before, read_key
from cdv_civic.core.localized import put_text, write_original
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.published_before import LastSeen, check_published
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.settings import current_settings
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.core.uploads.receiving import Upload, stored
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.drafts.operations import forget_sent
from cdv_civic.drafts.rules import SentDraft
from cdv_civic.territory.cache_tags import contract_tag
from cdv_civic.territory.codes import ANNOUNCED, TO_CHECK

MOST_EVIDENCE: Final = 8
LONGEST_CAPTION: Final = 200


@dataclass(frozen=True)
class EvidenceFile:
    """A photo or a document that shows a progress."""

    upload: Upload
    #: What the photo shows, for those who do not see it; the name of the document.
    caption: str
    #: The form's field for errors of the caption.
    field: str = "caption"


@dataclass(frozen=True)
class EvidenceLink:
    """A page of the web that shows a progress."""

    url: str
    title: str


@dataclass(frozen=True)
class NewProgress:
    """What is told. The sentence is in French; `translations` are by language tag."""

    state: str
    happened_on: date
    sentence: str
    #: Made by the form: the same one publishes once.
    client_key: str
    translations: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""
    #: The one quartier it is about; None for the commitment as a whole.
    quartier_id: int | None = None
    files: Sequence[EvidenceFile] = ()
    links: Sequence[EvidenceLink] = ()
    #: What the page of the form showed as the newest; None: no form.
    seen: LastSeen | None = None


@dataclass(frozen=True)
class _Checked:
    sentence: str
    detail: str | None
    translations: Mapping[str, str]
    captions: Sequence[str]
    links: Sequence[tuple[str, str]]


def _check(news: NewProgress) -> _Checked:
    with RuleRefusals() as refused:
        sentence = refused.unless(check_sentence, news.sentence)
        detail = refused.unless(check_detail, news.detail)
        translations = {
            language: refused.unless(_translation, language, text)
            for language, text in news.translations.items()
            if text.strip()
        }
        if len(news.files) + len(news.links) > MOST_EVIDENCE:
            refused.add(RuleRefused(BrokenRule(Breach.TOO_MUCH_EVIDENCE, "files")))
        captions = [refused.unless(_caption, each) for each in news.files]
        links = []
        for link in news.links:
            address = refused.unless(check_link, link.url, "link") or ""
            title = refused.unless(check_line, link.title, "link_title", longest=LONGEST_CAPTION)
            links.append((address, title or address.partition("://")[2][:LONGEST_CAPTION]))
    read_key(news.client_key)
    return _Checked(
        sentence or "",
        detail,
        {language: text or "" for language, text in translations.items()},
        [caption or "" for caption in captions],
        links,
    )


def _translation(language: str, text: str) -> str:
    if language not in current_settings().languages or language == SOURCE_LANGUAGE:
        raise BrokenRule(Breach.UNKNOWN_LANGUAGE, f"sentence_{language}")
    return check_sentence(text, f"sentence_{language}")


def _caption(file: EvidenceFile) -> str:
    caption = check_line(file.caption, file.field, longest=LONGEST_CAPTION)
    if caption is None:
        photo = file.upload.kind == "photo"
        raise BrokenRule(Breach.PHOTO_WITHOUT_WORDS if photo else Breach.DOCUMENT_WITHOUT_NAME, file.field)
    return caption


@refusals_in_words()
def publish_progress(
    actor: Actor, commitment_id: int, news: NewProgress, draft: SentDraft | None = None
) -> Progress:
    """Publish one entry of the story; the entry, or the one that the same `client_key` made before.

    `draft` is that of the form, which goes with it. Raises `Forbidden`, `NotFound`, `PublishedBefore`, or
    `RuleRefused` with the field of the form. A commitment that was still to be checked is announced by it: whoever
    tells how far it is has looked.
    """
    require(actor, "progress.publish")
    checked = _check(news)
    with (
        stored(*(each.upload for each in news.files)) as rows_of_files,
        transaction() as session,
    ):
        commitment, contract = locked_commitment(session, actor, "progress.publish", commitment_id)
        raise_tags(session, contract_tag(contract.slug))
        known = made_before(
            session,
            Progress,
            key=(Progress.client_key, news.client_key),
            owner=(Progress.commitment_id, commitment_id),
        )
        if known is not None:
            return known
        if commitment.retired_at is not None:
            raise BrokenRule(Breach.RETIRED)
        check_day(news.happened_on, clock.today(), contract.period_start)
        check_published(checked.sentence, published_news(session, commitment_id), news.seen, clock.now())
        _check_place(session, commitment, news, checked)
        before = {"state": commitment.state}
        progress = _write(session, actor, commitment, news, checked)
        files = rows_of_files(session) if news.files else []
        _write_evidence(session, progress, news, checked, files, contract.id)
        commitment.published_at = commitment.published_at or clock.now()
        recompute(session, commitment)
        refresh(session, [commitment.id])
        trail.record(
            session,
            actor,
            "progress.publish",
            "commitment",
            commitment.id,
            scope=contract.slug,
            before=before,
            after={
                "progress": progress.id,
                "state": news.state,
                "happened_on": news.happened_on.isoformat(),
                "quartier": news.quartier_id,
                "sentence": checked.sentence,
                "evidence": len(news.files) + len(news.links),
            },
        )
        forget_sent(session, actor, draft)
    return progress


def _check_place(session: Session, commitment: Commitment, news: NewProgress, checked: _Checked) -> None:
    """Does it fit between what was told before and what was told later, as a whole or for one quartier?"""
    covered = session.execute(
        select(commitment_quartier.c.quartier_id).where(commitment_quartier.c.commitment_id == commitment.id)
    ).scalars()
    check_quartier(news.quartier_id, covered)
    told = session.execute(
        select(Progress.quartier_id, Progress.happened_on, Progress.state)
        .where(Progress.commitment_id == commitment.id, Progress.withdrawn_at.is_(None))
        .order_by(Progress.happened_on, Progress.id)
    ).all()
    before = ANNOUNCED if commitment.published_at is not None else TO_CHECK
    following = None
    # A quartier of which nothing was told stands where the whole stands.
    tracks = (None,) if news.quartier_id is None else (None, news.quartier_id)
    for track in tracks:
        for entry in (entry for entry in told if entry.quartier_id == track):
            if entry.happened_on <= news.happened_on:
                before = entry.state
            elif track == news.quartier_id:
                following = entry.state
                break
    check_transition(before, news.state, following)
    check_reason(before, news.state, checked.sentence, checked.detail or "")


def _write(
    session: Session, actor: Actor, commitment: Commitment, news: NewProgress, checked: _Checked
) -> Progress:
    sentences = {SOURCE_LANGUAGE: checked.sentence, **checked.translations}
    progress_id = reserve_ids(session, Progress)[0]
    owner = TextOwner("progress", progress_id, "sentence", commitment.contract_id)
    sentence_id = put_text(session, None, sentences, "sentence", LONGEST_SENTENCE, owner, actor)
    owner = owner._replace(field="detail")
    detail = write_original(session, checked.detail, owner) if checked.detail else None
    progress = Progress(
        id=progress_id,
        commitment_id=commitment.id,
        quartier_id=news.quartier_id,
        state=news.state,
        happened_on=news.happened_on,
        sentence_id=sentence_id,
        detail_id=detail.id if detail else None,
        organisation_name=actor.organisation_name or actor.name,
        actor_id=actor.actor_id,
        published_at=clock.now(),
        client_key=news.client_key,
        withdrawn_at=None,
        withdrawn_reason=None,
    )
    session.add(progress)
    session.flush()
    return progress


def _write_evidence(
    session: Session,
    progress: Progress,
    news: NewProgress,
    checked: _Checked,
    files: Sequence[StoredFile],
    contract_id: int,
) -> None:
    how_many = len(files) + len(checked.links)
    owners = [
        TextOwner("evidence", id_, "caption", contract_id)
        for id_ in (reserve_ids(session, Evidence, how_many) if how_many else ())
    ]
    position = 0
    for each, caption, row in zip(news.files, checked.captions, files, strict=True):
        session.add(
            Evidence(
                id=owners[position].id,
                progress_id=progress.id,
                kind="photo" if each.upload.kind == "photo" else "document",
                file_id=row.id,
                url=None,
                caption_id=write_original(session, caption, owners[position]).id,
                position=position,
            )
        )
        position += 1
    for url, title in checked.links:
        session.add(
            Evidence(
                id=owners[position].id,
                progress_id=progress.id,
                kind="link",
                file_id=None,
                url=url,
                caption_id=write_original(session, title, owners[position]).id,
                position=position,
            )
        )
        position += 1
    session.flush()


def recompute(session: Session, commitment: Commitment) -> None:
    """Put the states that follow from what is told and not withdrawn: of the whole, and of each quartier."""
    session.flush()
    told = session.execute(
        select(Progress.quartier_id, Progress.state, Progress.happened_on)
        .where(Progress.commitment_id == commitment.id, Progress.withdrawn_at.is_(None))
        .order_by(Progress.happened_on.desc(), Progress.id.desc())
    ).all()
    latest: dict[int | None, str] = {}
    for entry in told:
        latest.setdefault(entry.quartier_id, entry.state)
    commitment.state = latest.get(None) or (ANNOUNCED if commitment.published_at else TO_CHECK)
    commitment.last_progress_on = told[0].happened_on if told else None
    stated = session.execute(
        select(commitment_quartier.c.quartier_id, commitment_quartier.c.state).where(
            commitment_quartier.c.commitment_id == commitment.id
        )
    ).all()
    for quartier_id, state in stated:
        if state != latest.get(quartier_id):
            session.execute(
                update(commitment_quartier)
                .where(
                    commitment_quartier.c.commitment_id == commitment.id,
                    commitment_quartier.c.quartier_id == quartier_id,
                )
                .values(state=latest.get(quartier_id))
            )
    session.flush()


@refusals_in_words()
def withdraw_progress(actor: Actor, progress_id: int, reason: str) -> Progress:
    """Mark an entry as a mistake, with the reason that residents read; it stays in the story, struck out.

    The commitment's state goes back to what remains. Withdrawing twice changes nothing. Raises `NotFound`,
    `Forbidden`, `RuleRefused`.
    """
    require(actor, "progress.withdraw")
    reason = check_sentence(reason, "reason")
    with transaction() as session:
        commitment_id = session.execute(
            select(Progress.commitment_id).where(Progress.id == progress_id)
        ).scalar()
        if commitment_id is None:
            raise NotFound(_l("Cette nouvelle n’existe pas."))
        commitment, contract = locked_commitment(session, actor, "progress.withdraw", commitment_id)
        raise_tags(session, contract_tag(contract.slug))
        progress = session.execute(
            select(Progress).where(Progress.id == progress_id).execution_options(populate_existing=True)
        ).scalar_one()
        if progress.withdrawn_at is not None:
            return progress
        before = {"state": commitment.state, "progress": progress.id}
        progress.withdrawn_at = clock.now()
        progress.withdrawn_reason = reason
        ledger.note(session, "progress.withdrawn", progress.id, born=progress.published_at)
        recompute(session, commitment)
        refresh(session, [commitment.id])
        trail.record(
            session,
            actor,
            "progress.withdraw",
            "commitment",
            commitment.id,
            scope=contract.slug,
            before=before,
            after={"state": commitment.state, "progress": progress.id, "reason": reason},
        )
    return progress

"""What authors do with their own ideas and points: write them otherwise when asked, and take them back."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core import clock, ledger
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings
from cdv_civic.core.stemming import search_document
from cdv_civic.core.text_folding import same_words
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.models import Idea, IdeaObjection, IdeaPoint
from cdv_civic.ideas.operations.checking import checked_words
from cdv_civic.ideas.operations.locking import NO_IDEA, hold_many
from cdv_civic.ideas.operations.pointing import PointMade, checked_point
from cdv_civic.ideas.operations.putting import SaidAlready
from cdv_civic.ideas.operations.supporting import forget_supports
from cdv_civic.moderation.kinds import SaidText
from cdv_civic.moderation.operations.entering import held_case, take_back, wait_again
from cdv_civic.moderation.operations.hinting import hint_case
from cdv_civic.moderation.rules.decisions import NotInThisState
from cdv_civic.participation.receipts import receipt_hash

TAKEN_BACK: Final = "idea.taken_back"
POINT_TAKEN_BACK: Final = "idea_point.taken_back"
CONTACT_ERASED: Final = "idea.contact"
_NO_REWORDING: Final = _l("Personne ne demande d’écrire ce texte autrement en ce moment.")


def _own(session: Session, kind: type[Any], whose: ColumnElement[bool]) -> Any:
    """One's own text, with its case locked before it; raises `NotFound`."""
    case_id = session.execute(select(kind.case_id).where(whose)).scalar()
    if case_id is None:
        raise NotFound(NO_IDEA)
    case = held_case(session, case_id)
    row = session.execute(
        select(kind).where(whose).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar_one()
    return case, row


def reword(code: str, title: str, words: str) -> None:
    """Write one's idea otherwise, by its receipt, where a moderator asked for it: it waits for them again.

    Raises `NotFound`, `Conflict`, `DomainError`.
    """
    with Refusals() as refused:
        plain, text = checked_words(refused, title, words)
    same = same_words(plain, text)
    try:
        with transaction() as session:
            case, idea = _own(session, Idea, Idea.receipt_hash == receipt_hash(code))
            try:
                wait_again(session, case)
            except NotInThisState:
                raise Conflict(_NO_REWORDING) from None
            idea.title, idea.words, idea.same_words = plain, text, same
            idea.search_text = search_document(plain, text)
            idea.version += 1
            session.flush()
            hint_case(session, case, SaidText(plain, text, idea.lang))
            raise_tags(session, box_tag(idea.box_id))
    except IntegrityError:
        raise SaidAlready from None


def reword_point(code: str, words: str) -> None:
    """The same for a point. Raises `NotFound`, `Conflict`, `DomainError`."""
    with Refusals() as refused:
        text = checked_point(refused, words)
    try:
        with transaction() as session:
            case, point = _own(session, IdeaPoint, IdeaPoint.receipt_hash == receipt_hash(code))
            try:
                wait_again(session, case)
            except NotInThisState:
                raise Conflict(_NO_REWORDING) from None
            point.words, point.same_words = text, same_words(text)
            point.version += 1
            session.flush()
            hint_case(session, case, SaidText("", text, point.lang))
            raise_tags(session, box_tag(_box_of(session, point.idea_id)))
    except IntegrityError:
        raise PointMade from None


def _box_of(session: Session, idea_id: int) -> int:
    return session.execute(select(Idea.box_id).where(Idea.id == idea_id)).scalar_one()


def take_back_idea(code: str) -> bool:
    """Take one's idea back, by its receipt (as `read_receipt` gives it); whether there was anything to take.

    Its words, photo, place, first name, contact and supports go at once. What stays is that there was one, and what was
    decided about it. Points of others stay theirs, and nobody reads them any more. Raises `NotFound`.
    """
    with transaction() as session:
        case, idea = _own(session, Idea, Idea.receipt_hash == receipt_hash(code))
        if idea.taken_back_at is not None:
            return False
        ledger.note(session, TAKEN_BACK, idea.id, born=idea.received_at)
        take_back(case)
        forget_words(session, idea)
    return True


def forget_words(session: Session, idea: Idea) -> None:
    """Erase what an idea says and how its author is reached, within the caller's transaction."""
    raise_tags(session, box_tag(idea.box_id))
    photo_id = idea.photo_id
    idea.title = idea.words = idea.search_text = ""
    idea.same_words = idea.signed = idea.lang = None
    idea.place_kind = idea.lat = idea.lon = idea.landmark = None
    idea.contact = idea.contact_kind = None
    idea.photo_id = idea.author_id = None
    idea.supports = 0
    idea.taken_back_at = clock.now()
    idea.version += 1
    session.flush()
    forget_supports(session, idea.id)
    session.execute(
        update(IdeaObjection)
        .where(IdeaObjection.idea_id == idea.id)
        .values(words="", lang=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(StoredFile).where(StoredFile.id == photo_id))


def take_back_point(code: str) -> bool:
    """The same for a point. Raises `NotFound`."""
    with transaction() as session:
        case, point = _own(session, IdeaPoint, IdeaPoint.receipt_hash == receipt_hash(code))
        if point.taken_back_at is not None:
            return False
        ledger.note(session, POINT_TAKEN_BACK, point.id, born=point.received_at)
        take_back(case)
        forget_point(session, point)
    return True


def forget_point(session: Session, point: IdeaPoint) -> None:
    """Erase what a point says, within the caller's transaction."""
    raise_tags(session, box_tag(_box_of(session, point.idea_id)))
    point.words = ""
    point.same_words = point.lang = point.author_id = None
    point.taken_back_at = clock.now()
    point.version += 1


def _contacts_to_erase() -> ColumnElement[bool]:
    """Answered long ago, or never for two years."""
    now = clock.now()
    answered = now - timedelta(days=current_settings().voice_contact_days)
    return Idea.contact.is_not(None) & (
        (Idea.answered_at <= answered)
        | (Idea.answered_at.is_(None) & (Idea.received_at <= now - timedelta(days=730)))
    )


def erase_contacts() -> int:
    """Erase the ways to reach authors of ideas answered VOICE_CONTACT_DAYS ago, or never for two years. A job."""
    which = _contacts_to_erase()
    with transaction() as session:
        hold_many(session, Idea, which)
        erased = session.execute(
            update(Idea)
            .where(which)
            .values(contact=None, contact_kind=None)
            .returning(Idea.id, Idea.received_at)
            .execution_options(synchronize_session=False)
        ).all()
        ledger.note_many(session, CONTACT_ERASED, [(row.id, row.received_at) for row in erased])
    return len(erased)

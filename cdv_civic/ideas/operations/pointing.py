"""A point for an idea, or against it: one sentence or two, and nobody answers it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock, pasted_text
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.spoken import SPOKEN
from cdv_civic.core.idempotency import bound_key, read_key, stored_key
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.settings import current_settings
from cdv_civic.core.text_folding import same_words
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.models import Idea, IdeaPoint
from cdv_civic.ideas.operations.checking import too_long
from cdv_civic.ideas.operations.locking import NO_IDEA, asked_in, held_box, require_open
from cdv_civic.ideas.rules.boxes import SUPPORT
from cdv_civic.ideas.rules.ideas import LONGEST_POINT, SIDES
from cdv_civic.ideas.scopes import moderated_by
from cdv_civic.moderation.kinds import SaidText
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.entering import open_case
from cdv_civic.moderation.operations.hinting import hint_case
from cdv_civic.moderation.queries.public import is_public
from cdv_civic.moderation.rules.decisions import TextState
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.public_names import is_minor
from cdv_civic.participation.rules.receipts import written
from cdv_civic.participation.rules.themes import SENSITIVE

KIND: Final = "idea_point"


class PointMade(Conflict):
    """Somebody made the same point in the same words."""

    def __init__(self) -> None:
        super().__init__(_l("Ce point est déjà écrit, mot pour mot. Dites autre chose, ou soutenez l’idée."))


@dataclass(frozen=True)
class NewIdeaPoint:
    """What somebody says for an idea, or against it."""

    idea_id: int
    side: str
    words: str
    #: Random name of the form: sent twice, it is one row.
    client_key: str
    lang: str | None = None
    contact_language: str = "fr"
    minor: bool = False
    #: Whether whoever says it says that they are old enough.
    old_enough: bool = False


@dataclass(frozen=True)
class MadePoint:
    """What the person gets in return."""

    point_id: int
    receipt: str
    #: Whether a moderator reads it before others do.
    waits: bool


def checked_point(refused: Refusals, words: str) -> str:
    """The words of a point as they are kept; what is wrong with them is remembered in `refused`."""
    text = pasted_text.free_text(words)
    if not text:
        refused.add(DomainError(_l("Dites votre point en une phrase."), field="words"))
    if len(text) > LONGEST_POINT:
        refused.add(DomainError(too_long(LONGEST_POINT).sentence, field="words"))
    return text


def make_point(new: NewIdeaPoint, author: SignedIn | None = None) -> MadePoint:
    """Take a point, with an account or without; the same form again takes nothing more, and gives its receipt again.

    Raises `BoxClosed`, `AccountNeeded`, `PointMade`, `NotFound`, `DomainError`.
    """
    at = clock.now()
    require(author, "idea.put")
    if author is not None:
        require(author, "part.take")
    try:
        return _make(new, author, at)
    except IntegrityError:
        # The same form, or the same words, sent at the same moment were faster.
        return _make(new, author, at)


def _make(new: NewIdeaPoint, author: SignedIn | None, at: datetime) -> MadePoint:
    with Refusals() as refused:
        words = checked_point(refused, new.words)
        if new.side not in SIDES:
            refused.add(DomainError(_l("Choisissez une réponse de la liste."), field="side"))
    raw = bound_key(read_key(new.client_key), new.idea_id, new.side, words)
    key, code, same = stored_key(raw), receipt_for(raw), same_words(words)
    minor = is_minor(new.minor, author.minor if author else None)
    languages = current_settings().languages
    with transaction() as session:
        known = _known(session, new.idea_id, key, same)
        if known is not None:
            return MadePoint(known.id, written(code), known.state == TextState.WAITING.value)
        row = session.execute(
            select(Idea.box_id, Idea.theme)
            .join(ModeratedText, ModeratedText.id == Idea.case_id)
            .where(Idea.id == new.idea_id, is_public())
        ).first()
        if row is None:
            raise NotFound(NO_IDEA)
        box = held_box(session, row.box_id, shared=True)
        require_open(box, SUPPORT, at)
        asked_in(box).require(signed_in=author is not None, old_enough=new.old_enough)
        case = open_case(
            session,
            KIND,
            moderated_by(box),
            author_id=author.actor_id if author else None,
            sensitive=row.theme in SENSITIVE,
            minor=minor,
            read_before=box.read_before,
        )
        point = IdeaPoint(
            idea_id=new.idea_id,
            case_id=case.id,
            side=new.side,
            words=words,
            lang=new.lang if new.lang in SPOKEN else None,
            same_words=same,
            received_at=at,
            author_id=author.actor_id if author else None,
            contact_language=new.contact_language if new.contact_language in languages else languages[0],
            minor=minor,
            client_key=key,
            receipt_hash=receipt_hash(code),
            taken_back_at=None,
            version=1,
        )
        session.add(point)
        session.flush()
        hint_case(session, case, SaidText("", point.words, point.lang), came_in=True)
        waits = case.state == TextState.WAITING.value
        if not waits:
            raise_tags(session, box_tag(box.id))
        return MadePoint(point.id, written(code), waits)


def _known(session: Session, idea_id: int, key: str, same: str) -> Any:
    """The point that this form brought already; raises `PointMade` where another one says the same."""
    rows = session.execute(
        select(IdeaPoint.id, IdeaPoint.client_key, ModeratedText.state)
        .join(ModeratedText, ModeratedText.id == IdeaPoint.case_id)
        .where(IdeaPoint.idea_id == idea_id, (IdeaPoint.client_key == key) | (IdeaPoint.same_words == same))
    ).all()
    mine = next((row for row in rows if row.client_key == key), None)
    if mine is None and rows:
        raise PointMade
    return mine

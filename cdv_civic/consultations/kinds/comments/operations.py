"""Somebody comments a thing, writes it otherwise when asked, and takes it back; what follows a decision of moderation.

The consultation is shared by whoever comments, as by whoever answers: it closes, and its organiser changes it, before
or after, never in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.commitments.models import Commitment, Indicator
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.kinds.comments.models import Comment, CommentedThing, CommentStep
from cdv_civic.consultations.kinds.comments.queries.things import thing_is_public
from cdv_civic.consultations.kinds.comments.reach import COMMENT, is_insider
from cdv_civic.consultations.kinds.comments.rules import (
    LONGEST_COMMENT,
    SHORTEST_COMMENT,
    may_comment,
    may_read,
)
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.locking import calendar_of, hold_shared
from cdv_civic.consultations.operations.speakers import asked_of_speakers
from cdv_civic.core import clock, ledger, pasted_text
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.idempotency import bound_key, read_key, stored_key
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.text_folding import same_words
from cdv_civic.moderation.kinds import SaidText
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.entering import (
    ModeratedBy,
    held_case,
    open_case,
    take_back,
    wait_again,
)
from cdv_civic.moderation.operations.hinting import hint_case
from cdv_civic.moderation.rules.decisions import NotInThisState, TextState
from cdv_civic.participation.receipts import receipt_for, receipt_hash
from cdv_civic.participation.rules.public_names import is_minor
from cdv_civic.participation.rules.receipts import written

#: The name of its texts among those that are moderated.
KIND: Final = "comment"
#: The line of the ledger.
TAKEN_BACK: Final = "consultation_comment.taken_back"
#: The line of an embargo that lasts longer than before; its code is the moment of its end.
EMBARGO_LINE: Final = "consultation.embargo"
NO_THING: Final = _l("Ce que vous vouliez commenter n’est plus ici.")


class CommentedAlready(Conflict):
    """Somebody said the same of it, word for word: whoever was first has the receipt."""

    def __init__(self) -> None:
        super().__init__(
            _l("Ce commentaire est déjà écrit, mot pour mot. Dites-le autrement, ou dites autre chose.")
        )


class CommentsClosed(Conflict):
    """Nothing comes in at the moment; what was typed is still on the page."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "On ne peut pas commenter en ce moment. Vos mots sont encore là\u00a0: copiez-les si vous voulez les "
                "garder."
            )
        )


@dataclass(frozen=True)
class NewComment:
    """What a form says of a thing."""

    thing_id: int
    words: str
    #: The language of the page.
    lang: str
    #: Random name of the form: sent twice, it is one row.
    client_key: str
    #: When the request came in.
    at: datetime
    minor: bool = False
    #: Whether whoever writes says that they are old enough.
    old_enough: bool = False


@dataclass(frozen=True)
class PutComment:
    """What the person gets in return. The receipt is nowhere else but in their hands."""

    receipt: str
    #: Whether a moderator reads it before others do.
    waits: bool


def checked_words(typed: str) -> str:
    """The words of a comment as they are kept; raises `DomainError`. What nobody sees makes no comment."""
    text = pasted_text.free_text(typed)
    if len(text) > LONGEST_COMMENT:
        raise DomainError(
            _l(
                "Ce texte est trop long\u00a0: %(most)s caractères au plus. Enlevez-en %(beyond)s.",
                most=LONGEST_COMMENT,
                beyond=len(text) - LONGEST_COMMENT,
            ),
            field="words",
        )
    if len(pasted_text.one_line(text)) < SHORTEST_COMMENT:
        raise DomainError(_l("Écrivez votre commentaire en quelques mots."), field="words")
    return text


def comment(new: NewComment, author: SignedIn | None = None) -> PutComment:
    """Take a comment, with an account or without; the same form again takes nothing more, and gives its receipt again.

    Raises `NotFound`, `CommentsClosed`, `AccountNeeded`, `CommentedAlready`, `DomainError`.
    """
    require(author, COMMENT)
    if author is not None:
        require(author, "part.take")
    try:
        return _comment(new, author)
    except IntegrityError:
        # The same form, or the same words, sent at the same moment were faster.
        return _comment(new, author)


def _comment(new: NewComment, author: SignedIn | None) -> PutComment:
    words = checked_words(new.words)
    raw = bound_key(read_key(new.client_key), new.thing_id, words)
    key, code, same = stored_key(raw), receipt_for(raw), same_words(words)
    minor = is_minor(new.minor, author.minor if author else None)
    with transaction() as session:
        thing = _thing(session, new.thing_id)
        row = hold_shared(session, thing.consultation_id)
        step = step_settings(session, thing.step_id)
        known = _known(session, thing.id, key, same)
        mine = next((each for each in known if each.client_key == key), None)
        if mine is not None:
            return PutComment(written(code), mine.state == TextState.WAITING.value)
        _require_open(session, row, step, new.at, author)
        if known:
            raise CommentedAlready
        asked_of_speakers(row.proof, row.age_to_answer).require(
            signed_in=author is not None, old_enough=new.old_enough
        )
        case = open_case(
            session,
            KIND,
            ModeratedBy(row.contract_id, row.body_id, row.commune_id),
            author_id=author.actor_id if author is not None else None,
            sensitive=step is not None and step.sensitive,
            minor=minor,
            read_before=step is None or step.read_before,
        )
        said = Comment(
            consultation_id=row.id,
            thing_id=thing.id,
            case_id=case.id,
            words=words,
            lang=new.lang,
            same_words=same,
            received_at=new.at,
            minor=minor,
            client_key=key,
            receipt_hash=receipt_hash(code),
            taken_back_at=None,
            version=1,
        )
        session.add(said)
        session.flush()
        hint_case(session, case, SaidText("", words, new.lang), came_in=True)
        waits = case.state == TextState.WAITING.value
        if not waits:
            raise_tags(session, consultation_tag(row.id))
        return PutComment(written(code), waits)


def step_settings(session: Session, step_id: int) -> CommentStep | None:
    """What is set of a step of comments; None: nothing yet. 1 statement."""
    found: CommentStep | None = session.execute(
        select(CommentStep).where(CommentStep.step_id == step_id),
        execution_options={"populate_existing": True},
    ).scalar()
    return found


def _thing(session: Session, thing_id: int) -> CommentedThing:
    """A thing that everybody may read, as far as its commitment goes; raises `NotFound`."""
    thing: CommentedThing | None = session.execute(
        select(CommentedThing)
        .outerjoin(Commitment, Commitment.id == CommentedThing.commitment_id)
        .outerjoin(Indicator, Indicator.id == CommentedThing.indicator_id)
        .where(
            CommentedThing.id == thing_id,
            thing_is_public(),
        )
    ).scalar()
    if thing is None:
        raise NotFound(NO_THING)
    return thing


def _require_open(
    session: Session, row: Consultation, step: CommentStep | None, at: datetime, author: SignedIn | None
) -> None:
    """Raise `NotFound` where somebody does not even read the thing, `CommentsClosed` where nothing comes in."""
    calendar, until = calendar_of(row), step.embargo_until if step is not None else None
    insider = until is not None and at < until and is_insider(session, author, row)
    if not may_read(calendar, until, at, insider=insider):
        raise NotFound(NO_THING)
    if not may_comment(calendar, until, at, insider=insider):
        raise CommentsClosed


def _known(session: Session, thing_id: int, key: str, same: str) -> Sequence[Any]:
    """The comment that this form brought already, and that which says the same; 1 statement."""
    return session.execute(
        select(Comment.id, Comment.client_key, ModeratedText.state)
        .join(ModeratedText, ModeratedText.id == Comment.case_id)
        .where(Comment.thing_id == thing_id, (Comment.client_key == key) | (Comment.same_words == same))
    ).all()


def _own(session: Session, code: str) -> tuple[ModeratedText, Comment]:
    """One's own comment, its case locked before it; raises `NotFound`."""
    whose = Comment.receipt_hash == receipt_hash(code)
    case_id = session.execute(select(Comment.case_id).where(whose)).scalar()
    if case_id is None:
        raise NotFound(_l("Ce commentaire n’est plus ici."))
    case = held_case(session, case_id)
    row = session.execute(
        select(Comment).where(whose).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).scalar_one()
    return case, row


def reword(code: str, words: str) -> None:
    """Write one's comment otherwise, by its receipt, where a moderator asked for it: it waits for them again.

    Raises `NotFound`, `Conflict`, `DomainError`.
    """
    with Refusals() as refused:
        text = refused.unless(checked_words, words) or ""
    try:
        with transaction() as session:
            case, row = _own(session, code)
            try:
                wait_again(session, case)
            except NotInThisState:
                raise Conflict(_l("Personne ne demande d’écrire ce texte autrement en ce moment.")) from None
            row.words, row.same_words = text, same_words(text)
            row.version += 1
            session.flush()
            hint_case(session, case, SaidText("", text, row.lang))
            raise_tags(session, consultation_tag(row.consultation_id))
    except IntegrityError:
        raise CommentedAlready from None


def take_comment_back(code: str) -> bool:
    """Take one's comment back, by its receipt (as `read_receipt` gives it); whether there was anything to take.

    Its words go at once, and what joins it to an account. What stays is that there was one, and what was decided about
    it. Raises `NotFound`.
    """
    with transaction() as session:
        case, row = _own(session, code)
        if row.taken_back_at is not None:
            return False
        ledger.note(session, TAKEN_BACK, row.id, born=row.received_at)
        take_back(case)
        forget(session, case, row)
    return True


def forget(session: Session, case: ModeratedText, row: Comment) -> None:
    """Erase what a comment says, and who said it, within the caller's transaction that has both rows."""
    raise_tags(session, consultation_tag(row.consultation_id))
    case.author_id = None
    row.words, row.same_words, row.taken_back_at = "", None, clock.now()
    row.version += 1


def case_changed(session: Session, case: ModeratedText) -> None:
    """What moderation decided shows on every page of the consultation at once."""
    consultation_id = session.execute(
        select(Comment.consultation_id).where(Comment.case_id == case.id)
    ).scalar()
    if consultation_id is not None:
        raise_tags(session, consultation_tag(consultation_id))

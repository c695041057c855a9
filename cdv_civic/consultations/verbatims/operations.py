"""The organiser chooses texts of answers to be published; moderators decide; whoever wrote one takes it back."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import Account
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.models import (
    Consultation,
    ConsultationAnswer,
    ConsultationQuestion,
    ConsultationWords,
)
from cdv_civic.consultations.operations.locking import calendar_of, hold_alone
from cdv_civic.consultations.operations.verbatims import GIVEN_UP, KIND
from cdv_civic.consultations.scopes import contract_slug, touched_consultation
from cdv_civic.consultations.verbatims.rules import (
    MOST_AT_ONCE,
    MOST_OF_A_QUESTION,
    why_not_choose,
)
from cdv_civic.consultations.verbatims.wording import WHY_NOT
from cdv_civic.consultations.words_models import ConsultationVerbatim
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit.trail import record
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.moderation.kinds import SaidText
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.entering import ModeratedBy, held_case, open_case, take_back
from cdv_civic.moderation.operations.hinting import hint_case
from cdv_civic.moderation.operations.locking import lock_texts
from cdv_civic.moderation.rules.decisions import OPEN_STATES, PUBLIC_STATES, TextState
from cdv_civic.participation.receipts import receipt_hash

ACTION: Final = "consultation.words"
TAKEN_BACK: Final = "consultation_verbatim.taken_back"
_GONE: Final = _l("Ce texte n’est plus ici.")


def choose(actor: Actor, consultation_id: int, words_ids: Sequence[int]) -> int:
    """Have texts read by a moderator, to be published without a name; how many. What was chosen before stays as it is.

    Of questions alone that said so before they were answered, and once nothing comes in any more. Each text waits for a
    moderator, whatever the charter says, and never for whoever chose it. Raises `NotFound`, `Forbidden`, `Conflict`,
    `DomainError`.
    """
    with transaction() as session:
        row = hold_alone(session, consultation_id)
        require(actor, ACTION, touched_consultation(session, row))
        found = _texts(session, row, words_ids)
        if not found:
            raise DomainError(_l("Choisissez au moins un texte."), field="texts")
        new = [each for each in found if each.chosen is None]
        _refuse(row, new)
        for question_id in sorted({each.question_id for each in new}):
            _refuse_too_many(session, question_id, sum(each.question_id == question_id for each in new))
        for each in new:
            _send_to_moderators(session, actor, row, each)
        _record(session, actor, row, {"chosen": len(new)})
        return len(new)


def _texts(session: Session, row: Consultation, words_ids: Sequence[int]) -> Sequence[Any]:
    """Texts of a consultation, with what tells whether they may be chosen; 1 statement."""
    words, answer, chosen = ConsultationWords, ConsultationAnswer, ConsultationVerbatim
    statement: Any = (
        select(
            words.id,
            words.question_id,
            words.words,
            words.lang,
            answer.account_id,
            func.coalesce(Account.minor, False).label("minor"),
            ConsultationQuestion.may_publish,
            chosen.id.label("chosen"),
        )
        .join(answer, answer.id == words.answer_id)
        .join(ConsultationQuestion, ConsultationQuestion.id == words.question_id)
        .outerjoin(Account, Account.id == answer.account_id)
        .outerjoin(chosen, chosen.words_id == words.id)
        .where(words.consultation_id == row.id, words.id.in_(list(words_ids)[:MOST_AT_ONCE]))
        .order_by(words.id)
    )
    return session.execute(statement).all()


def _refuse(row: Consultation, new: Sequence[Any]) -> None:
    why_not = why_not_choose(calendar_of(row), clock.now(), said_before=all(each.may_publish for each in new))
    if why_not is not None:
        raise Conflict(WHY_NOT[why_not])


def _refuse_too_many(session: Session, question_id: int, more: int) -> None:
    there = session.execute(
        select(func.count()).where(ConsultationVerbatim.question_id == question_id)
    ).scalar_one()
    if there + more > MOST_OF_A_QUESTION:
        raise DomainError(
            _l("On publie %(most)s textes au plus par question.", most=MOST_OF_A_QUESTION), field="texts"
        )


def _send_to_moderators(session: Session, actor: Actor, row: Consultation, text: Any) -> None:
    case = open_case(
        session,
        KIND,
        ModeratedBy(row.contract_id, row.body_id, row.commune_id),
        author_id=text.account_id,
        minor=text.minor,
        read_before=True,
    )
    session.add(
        ConsultationVerbatim(
            words_id=text.id,
            question_id=text.question_id,
            may_publish=text.may_publish,
            case_id=case.id,
            chosen_by=actor.actor_id,
        )
    )
    session.flush()
    hint_case(session, case, SaidText("", text.words, text.lang))


def give_up(actor: Actor, consultation_id: int, words_ids: Sequence[int]) -> int:
    """Publish texts no more that were chosen, or let nobody read them first; how many.

    What moderators hid, and what its author took back, stays as it is. Raises `NotFound`, `Forbidden`, `DomainError`.
    """
    chosen = (
        select(ConsultationVerbatim)
        .join(ConsultationWords, ConsultationWords.id == ConsultationVerbatim.words_id)
        .where(
            ConsultationWords.consultation_id == consultation_id,
            ConsultationVerbatim.words_id.in_(list(words_ids)[:MOST_AT_ONCE]),
        )
        .order_by(ConsultationVerbatim.case_id)
        .execution_options(populate_existing=True)
    )
    with transaction() as session:
        # Cases first, as moderators do, who then hold the consultation where a sentence of it is among them.
        cases = lock_texts(session, [each.case_id for each in session.execute(chosen).scalars()])
        row = hold_alone(session, consultation_id)
        require(actor, ACTION, touched_consultation(session, row))
        given_up = 0
        for each in session.execute(chosen).scalars().all():
            case = cases.get(each.case_id)
            if case is not None and case.state in OPEN_STATES | PUBLIC_STATES:
                ledger.note(session, GIVEN_UP, each.id, born=case.received_at)
                take_back(case)
                session.delete(each)
                given_up += 1
        if not given_up:
            raise DomainError(_l("Aucun de ces textes n’attend ni n’est publié."), field="texts")
        session.flush()
        raise_tags(session, consultation_tag(row.id))
        _record(session, actor, row, {"given_up": given_up})
        return given_up


def _record(session: Session, actor: Actor, row: Consultation, after: dict[str, object]) -> None:
    record(
        session,
        actor,
        ACTION,
        "consultation",
        row.id,
        scope=contract_slug(session, row.contract_id),
        after={"verbatims": after},
    )


def take_back_by_receipt(code: str, verbatim_id: int) -> bool:
    """Have a text of one's own answer published no more, by its receipt (as `read_receipt` gives it); False: it was so
    before. Nobody chooses it again. The answer stays counted. Raises `NotFound`.
    """
    require(None, "receipt.follow")
    return _take_back(verbatim_id, ConsultationAnswer.receipt_hash == receipt_hash(code))


def take_back_own(author: Actor, verbatim_id: int) -> bool:
    """The same for an answer that one finds with one's account. Raises `NotFound`."""
    require(author, "account.self")
    return _take_back(verbatim_id, ConsultationAnswer.account_id == author.actor_id)


def _take_back(verbatim_id: int, whose: Any) -> bool:
    with transaction() as session:
        case_id = session.execute(
            select(ConsultationVerbatim.case_id)
            .join(ConsultationWords, ConsultationWords.id == ConsultationVerbatim.words_id)
            .join(ConsultationAnswer, ConsultationAnswer.id == ConsultationWords.answer_id)
            .where(ConsultationVerbatim.id == verbatim_id, whose)
        ).scalar()
        if case_id is None:
            raise NotFound(_GONE)
        case = held_case(session, case_id)
        if case.state == TextState.TAKEN_BACK.value:
            return False
        withdraw(session, case, verbatim_id)
    return True


def withdraw(session: Session, case: ModeratedText, verbatim_id: int) -> None:
    """End the locked case of a text whose author does not want it to be published, within the caller's transaction."""
    ledger.note(session, TAKEN_BACK, verbatim_id, born=case.received_at)
    take_back(case)
    case_changed(session, case)


def case_changed(session: Session, case: ModeratedText) -> None:
    """Let pages show what moderation decided, within its transaction: nothing of the answer changes."""
    consultation_id = session.execute(
        select(ConsultationWords.consultation_id)
        .join(ConsultationVerbatim, ConsultationVerbatim.words_id == ConsultationWords.id)
        .where(ConsultationVerbatim.case_id == case.id)
    ).scalar()
    if consultation_id is not None:
        raise_tags(session, consultation_tag(consultation_id))

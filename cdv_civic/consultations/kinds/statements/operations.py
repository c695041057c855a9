"""A resident adds a sentence; what moderation decides of it; what the organiser sets of a step.

The consultation is held alone by each: the answers that come in meanwhile are of the sentences before or after, and the
bounds are kept by whoever comes second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.cache_tags import consultation_tag
from cdv_civic.consultations.kinds.statements.rules import (
    LONGEST_SENTENCE,
    MOST_ADDED,
    MOST_BY_ONE,
    SHORTEST_SENTENCE,
)
from cdv_civic.consultations.models import Consultation, ConsultationQuestion, ConsultationStep
from cdv_civic.consultations.operations.editing import building
from cdv_civic.consultations.operations.editing.building import NewQuestion, next_position
from cdv_civic.consultations.operations.editing.holding import editing
from cdv_civic.consultations.operations.editing.steps import step_of
from cdv_civic.consultations.operations.locking import NotOpen, calendar_of, hold_alone
from cdv_civic.consultations.operations.speakers import asked_of_speakers
from cdv_civic.consultations.operations.voices import forget_recordings
from cdv_civic.consultations.organiser_models import ConsultationRecording
from cdv_civic.consultations.rules.calendar import ANSWER
from cdv_civic.consultations.rules.questions import MOST_QUESTIONS, QuestionKind
from cdv_civic.consultations.words_models import ConsultationSentence
from cdv_civic.core import clock, pasted_text
from cdv_civic.core.db import raise_tags, transaction
from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.forgotten_texts import forget_text, forget_translations
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.translation_check import SOURCE_LANGUAGE
from cdv_civic.core.idempotency import bound_key, made_before, stored_key
from cdv_civic.core.localized import LocalizedText, change_originals, write_original
from cdv_civic.core.policy.decisions import require
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.moderation.kinds import SaidText
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.entering import ModeratedBy, held_case, open_case, wait_again
from cdv_civic.moderation.operations.hinting import hint_case
from cdv_civic.moderation.rules.decisions import PUBLIC_STATES, NotInThisState
from cdv_civic.participation.receipts import receipt_for, receipt_hash

#: The name of its texts among those that are moderated.
KIND: Final = "statement"
ACTION: Final = "idea.put"


class TakesNoMore(Conflict):
    """Residents add no sentence here, or none any more."""

    def __init__(self) -> None:
        super().__init__(_l("Ici, on ne peut pas, ou plus, ajouter de phrase."))


@dataclass(frozen=True)
class NewSentence:
    """A sentence as a form says it."""

    consultation_id: int
    step_id: int
    words: str
    lang: str
    client_key: str
    #: When the request came in.
    at: datetime
    #: Whether whoever writes says that they are old enough.
    old_enough: bool = False


def add_sentence(new: NewSentence, author: SignedIn | None = None) -> str:
    """Take a sentence, which waits for a moderator; its receipt. The same form again gives the same one.

    Raises `NotFound`, `NotOpen`, `AccountNeeded`, `TakesNoMore`, `DomainError`.
    """
    require(author, ACTION)
    raw = bound_key(new.client_key, new.consultation_id)
    with transaction() as session:
        row = hold_alone(session, new.consultation_id)
        before = made_before(
            session,
            ConsultationSentence,
            key=(ConsultationSentence.client_key, stored_key(raw)),
            owner=(ConsultationSentence.consultation_id, row.id),
        )
        if before is not None:
            return receipt_for(raw)
        calendar = calendar_of(row)
        if not calendar.allows(ANSWER, new.at):
            raise NotOpen(calendar.stage_at(new.at))
        asked = asked_of_speakers(row.proof, row.age_to_answer)
        asked.require(signed_in=author is not None, old_enough=new.old_enough)
        step = step_of(session, row, new.step_id)
        account_id = author.actor_id if author is not None else None
        if not step.takes_sentences or _added(session, row.id) >= MOST_ADDED:
            raise TakesNoMore
        if account_id is not None and _added(session, row.id, account_id) >= MOST_BY_ONE:
            raise DomainError(
                _l(
                    "Vous avez déjà proposé %(most)s phrases ici. Laissez la place à d’autres.",
                    most=MOST_BY_ONE,
                ),
                field="words",
            )
        words = _checked(new.words)
        case = open_case(
            session,
            KIND,
            ModeratedBy(row.contract_id, row.body_id, row.commune_id),
            author_id=account_id,
            read_before=True,
        )
        session.add(
            ConsultationSentence(
                consultation_id=row.id,
                step_id=step.id,
                case_id=case.id,
                question_id=None,
                words=words,
                lang=new.lang,
                received_on=clock.today(),
                client_key=stored_key(raw),
                receipt_hash=receipt_hash(receipt_for(raw)),
            )
        )
        session.flush()
        hint_case(session, case, SaidText("", words, new.lang))
        return receipt_for(raw)


def reword_sentence(code: str, words: str, at: datetime) -> None:
    """Write one's sentence otherwise, by its receipt, where a moderator asked for it: it waits for them again.

    What was answered to the old words is theirs: once published, the new ones are asked as a question of their own.
    Raises `NotFound`, `NotOpen`, `Conflict`, `DomainError`.
    """
    require(None, ACTION)
    text = _checked(words)
    with transaction() as session:
        mine = ConsultationSentence.receipt_hash == receipt_hash(code)
        case_id = session.execute(select(ConsultationSentence.case_id).where(mine)).scalar()
        if case_id is None:
            raise NotFound(_l("Cette phrase n’est pas ici."))
        case = held_case(session, case_id)
        sentence = session.execute(
            select(ConsultationSentence).where(mine), execution_options={"populate_existing": True}
        ).scalar_one()
        row = hold_alone(session, sentence.consultation_id)
        calendar = calendar_of(row)
        if not calendar.allows(ANSWER, at):
            raise NotOpen(calendar.stage_at(at))
        try:
            wait_again(session, case)
        except NotInThisState:
            raise Conflict(_l("Personne ne demande d’écrire cette phrase autrement en ce moment.")) from None
        sentence.words = text
        sentence.question_id = None
        session.flush()
        hint_case(session, case, SaidText("", text, sentence.lang))


def _added(session: Session, consultation_id: int, account_id: int | None = None) -> int:
    """How many sentences were added to a consultation, or by one account; 1 statement."""
    statement = select(func.count()).where(ConsultationSentence.consultation_id == consultation_id)
    if account_id is not None:
        statement = statement.join(ModeratedText, ModeratedText.id == ConsultationSentence.case_id).where(
            ModeratedText.author_id == account_id
        )
    return session.execute(statement.select_from(ConsultationSentence)).scalar_one()


def _checked(typed: str, field: str = "words") -> str:
    words = pasted_text.one_line(typed)
    if len(words) < SHORTEST_SENTENCE:
        raise DomainError(_l("Écrivez une phrase de quelques mots."), field=field)
    if len(words) > LONGEST_SENTENCE:
        raise DomainError(
            _l("Cette phrase est trop longue\u00a0: %(most)s caractères au plus.", most=LONGEST_SENTENCE),
            field=field,
        )
    return words


def case_changed(session: Session, case: ModeratedText) -> None:
    """Bring the step in line with what moderation decided, within its transaction: a sentence that is published while
    the consultation is open is asked from now on; one that is hidden is asked and shown no more. No answer changes.
    """
    sentence = session.execute(
        select(ConsultationSentence).where(ConsultationSentence.case_id == case.id)
    ).scalar()
    if sentence is None:
        return
    row = hold_alone(session, sentence.consultation_id)
    shown = case.state in PUBLIC_STATES
    words = case.shown_words or sentence.words
    question = None
    if sentence.question_id is not None:
        question = session.get(ConsultationQuestion, sentence.question_id, populate_existing=True)
    if question is not None:
        question.hidden_at = None if shown else question.hidden_at or clock.now()
        if shown:
            _say(session, question, words, in_part=case.shown_words is not None)
    elif shown and calendar_of(row).allows(ANSWER, clock.now()):
        sentence.question_id = _ask(session, row, sentence, words).id
    else:
        return
    row.version += 1
    raise_tags(session, consultation_tag(row.id))


def _say(session: Session, question: ConsultationQuestion, words: str, *, in_part: bool) -> None:
    """Let a question say what is shown of its sentence. Where a part is hidden, what else says the whole goes:
    translations, the same in simple words, and voices that read it aloud."""
    if session.get_one(LocalizedText, question.text_id).original == words:
        return
    change_originals(session, {question.text_id: words})
    if not in_part:
        return
    forget_translations(session, question.text_id)
    forget_recordings(session, ConsultationRecording.question_id == question.id)
    easy_id, question.easy_id = question.easy_id, None
    session.flush()
    forget_text(session, easy_id)


def _ask(
    session: Session, row: Consultation, sentence: ConsultationSentence, words: str
) -> ConsultationQuestion:
    """One more question at the end of its step; raises `DomainError` where there are too many."""
    there = select(func.count()).where(ConsultationQuestion.consultation_id == row.id)
    if session.execute(there).scalar_one() >= MOST_QUESTIONS:
        raise DomainError(_l("Une consultation a %(most)s questions au plus.", most=MOST_QUESTIONS))
    number = reserve_ids(session, ConsultationQuestion)[0]
    owner = TextOwner("consultation_question", number, "text", row.contract_id)
    question = ConsultationQuestion(
        id=number,
        consultation_id=row.id,
        step_id=sentence.step_id,
        position=next_position(
            session, ConsultationQuestion, ConsultationQuestion.step_id == sentence.step_id
        ),
        kind=QuestionKind.STATEMENT.value,
        text_id=write_original(session, words, owner, sentence.lang).id,
        hint_id=None,
        easy_id=None,
        required=False,
        classes=None,
        asked_from=clock.now(),
    )
    session.add(question)
    session.flush()
    return question


@dataclass(frozen=True)
class StepSettings:
    """What an organiser sets of a step besides its words, and sentences to add to it, one a line."""

    takes_sentences: bool
    opinion_groups: bool
    sentences: Sequence[str] = ()


def set_step(
    actor: Actor, consultation_id: int, step_id: int, settings: StepSettings, *, version: int
) -> None:
    """Set a step, and add sentences in French; raises as `holding.editing` does, and `DomainError`."""
    with editing(actor, consultation_id, version=version, asks=True) as (session, row):
        step = step_of(session, row, step_id)
        _refuse_other_kinds(step)
        step.takes_sentences, step.opinion_groups = settings.takes_sentences, settings.opinion_groups
        for each in settings.sentences:
            words = {SOURCE_LANGUAGE: _checked(each, "sentences")}
            building.add_question(session, actor, row, step, NewQuestion(QuestionKind.STATEMENT, words))


def _refuse_other_kinds(step: ConsultationStep) -> None:
    if step.kind != "statements":
        raise DomainError(_l("Cette étape ne prend pas ce genre de question."))

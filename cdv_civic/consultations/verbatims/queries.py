"""What pages read of texts that were chosen among answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from cdv_civic.consultations.models import ConsultationAnswer, ConsultationQuestion, ConsultationWords
from cdv_civic.consultations.words_models import ConsultationVerbatim
from cdv_civic.core.db import rows_of
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.text_folding import fold
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.queries.public import is_public
from cdv_civic.moderation.rules.decisions import OPEN_STATES, PUBLIC_STATES, TextState


@dataclass(frozen=True)
class Verbatim:
    """A text as everybody reads it: nothing of its answer stands beside it."""

    case_id: int
    words: str
    #: The language of the form that it was written in.
    lang: str


def published_verbatims(consultation_id: int) -> Mapping[int, tuple[Verbatim, ...]]:
    """What everybody reads, by question; 1 statement.

    In the order of their letters: that in which they were written, or chosen, would tell of who wrote them.
    """
    chosen, words = ConsultationVerbatim, ConsultationWords
    rows = rows_of(
        select(chosen.question_id, chosen.case_id, words.words, words.lang, ModeratedText.shown_words)
        .join(words, words.id == chosen.words_id)
        .join(ModeratedText, ModeratedText.id == chosen.case_id)
        .where(words.consultation_id == consultation_id, is_public())
    )
    found: dict[int, list[Verbatim]] = {}
    for row in rows:
        said = row.words if row.shown_words is None else row.shown_words
        found.setdefault(row.question_id, []).append(Verbatim(row.case_id, said, row.lang))
    return {
        question: tuple(sorted(each, key=lambda verbatim: (fold(verbatim.words), verbatim.words)))
        for question, each in found.items()
    }


def states_of(words_ids: Sequence[int]) -> Mapping[int, TextState]:
    """Where texts stand that were chosen, by the id of the words; 1 statement."""
    chosen = ConsultationVerbatim
    rows = rows_of(
        select(chosen.words_id, ModeratedText.state)
        .join(ModeratedText, ModeratedText.id == chosen.case_id)
        .where(chosen.words_id.in_(words_ids))
    )
    return {row.words_id: TextState(row.state) for row in rows}


@dataclass(frozen=True)
class OwnVerbatim:
    """A text of one's own answer that was chosen."""

    id: int
    case_id: int
    question: Words
    words: str
    lang: str
    state: TextState
    #: What everybody reads instead, where a part is hidden.
    shown_words: str | None

    @property
    def may_take_back(self) -> bool:
        """Whether it is published, or would be: what is hidden needs no word of its author."""
        return self.state in OPEN_STATES | PUBLIC_STATES


def own_verbatims(answer_id: int, language: str) -> list[OwnVerbatim]:
    """The texts of an answer that were chosen, for whoever gave it; 1 statement."""
    return _own(ConsultationWords.answer_id == answer_id, language)


def own_verbatim(answer_id: int, verbatim_id: int, language: str) -> OwnVerbatim | None:
    """One of them; 1 statement."""
    found = _own(
        (ConsultationWords.answer_id == answer_id) & (ConsultationVerbatim.id == verbatim_id), language
    )
    return found[0] if found else None


def _own(which: ColumnElement[bool], language: str) -> list[OwnVerbatim]:
    chosen, words = ConsultationVerbatim, ConsultationWords
    question = Localized("question", ConsultationQuestion.text_id, language)
    statement = (
        select(
            chosen.id,
            chosen.case_id,
            words.words,
            words.lang,
            ModeratedText.state,
            ModeratedText.shown_words,
            *question.columns,
        )
        .join(words, words.id == chosen.words_id)
        .join(ConsultationAnswer, ConsultationAnswer.id == words.answer_id)
        .join(ConsultationQuestion, ConsultationQuestion.id == words.question_id)
        .join(ModeratedText, ModeratedText.id == chosen.case_id)
        .where(which)
        .order_by(chosen.question_id)
    )
    return [
        OwnVerbatim(
            row.id,
            row.case_id,
            question.words(row),
            row.words,
            row.lang,
            TextState(row.state),
            row.shown_words,
        )
        for row in rows_of(question.join(statement))
    ]

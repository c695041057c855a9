"""What a consultation asks, in the words of one language."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Select, select

from cdv_civic.consultations.idea_models import ConsultationIdeaOption
from cdv_civic.consultations.models import (
    ConsultationCondition,
    ConsultationOption,
    ConsultationQuestion,
    ConsultationStep,
)
from cdv_civic.consultations.organiser_models import ConsultationRecording
from cdv_civic.consultations.rules.questions import ONE_OPTION, QuestionKind, QuestionRule
from cdv_civic.consultations.rules.typed import field_of
from cdv_civic.consultations.words_models import ConsultationSentence
from cdv_civic.core.db import rows_of
from cdv_civic.core.i18n.spoken import heard_languages
from cdv_civic.core.localized import Localized, Words
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.ideas.models import IdeaBox, IdeaGroup


@dataclass(frozen=True)
class ShownOption:
    """An option in words."""

    id: int
    words: Words
    position: int
    axis_id: int | None = None
    commitment_id: int | None = None
    #: The key of its picture in the store, and what it shows.
    picture: str | None = None
    picture_words: Words | None = None
    #: It came up in answers: nobody can choose it.
    came_up_in: str | None = None
    #: Of a group of ideas: the box by its name in addresses, and the group; what it says.
    group: tuple[str, int] | None = None
    group_words: Words | None = None


@dataclass(frozen=True)
class ShownVoice:
    """A recorded voice that reads a question."""

    #: A tag, of a language of the site or of another one.
    language: str
    #: Of its file in the store.
    key: str


@dataclass(frozen=True)
class ShownQuestion:
    """A question in words, and the same as the rules read it."""

    rule: QuestionRule
    step_id: int
    position: int
    words: Words
    hint: Words | None
    #: In simple French.
    easy: Words | None
    #: All of them, those that came up in answers too.
    options: tuple[ShownOption, ...] = ()
    #: The voice in the language of the page first.
    voices: tuple[ShownVoice, ...] = ()
    #: Since when it is asked, where a resident added it.
    asked_from: datetime | None = None
    #: Of words: whether chosen texts may be published without a name.
    may_publish: bool = False
    #: Its case with the moderators, where a resident wrote it.
    case_id: int | None = None

    @property
    def id(self) -> int:
        """Its stable id."""
        return self.rule.id

    @property
    def kind(self) -> QuestionKind:
        """What it asks."""
        return self.rule.kind

    def field(self, option: int | None = None) -> str:
        """The name of its field in a form, or of that of one of its options."""
        return field_of(self.rule, option)

    @property
    def offered(self) -> tuple[ShownOption, ...]:
        """The options that can be chosen."""
        return tuple(option for option in self.options if option.came_up_in is None)


@dataclass(frozen=True)
class ShownStep:
    """A step in words."""

    id: int
    kind: str
    position: int
    title: Words | None
    intro: Words | None
    questions: tuple[ShownQuestion, ...] = ()
    #: Of statements: whether residents may add sentences, and whether groups of opinions are looked for.
    takes_sentences: bool = False
    opinion_groups: bool = False


@dataclass(frozen=True)
class Definition:
    """All that a consultation asks."""

    steps: tuple[ShownStep, ...] = field(default=())

    @cached_property
    def questions(self) -> tuple[ShownQuestion, ...]:
        """All questions, in the order in which they are asked."""
        return tuple(question for step in self.steps for question in step.questions)

    @cached_property
    def rules(self) -> tuple[QuestionRule, ...]:
        """All questions as the rules read them."""
        return tuple(question.rule for question in self.questions)

    @cached_property
    def forms(self) -> dict[type, type]:
        """Forms with fields for its questions, by what they are made of: made once (`engine.answer_fields`)."""
        return {}

    @property
    def crossable(self) -> tuple[ShownQuestion, ...]:
        """Those of which two can be published as one table: everybody chooses one option."""
        return tuple(question for question in self.questions if question.kind in ONE_OPTION)

    def words_shown(self) -> Iterator[Words]:
        """Every text that somebody who answers reads: what is not translated shows here."""
        for step in self.steps:
            yield from (words for words in (step.title, step.intro) if words is not None)
            for question in step.questions:
                yield from (words for words in (question.words, question.hint) if words is not None)
                for option in question.offered:
                    yield from (words for words in (option.words, option.picture_words) if words is not None)


def hidden_questions() -> Select[int]:
    """The ids of the questions that moderation keeps from being shown."""
    return select(ConsultationQuestion.id).where(ConsultationQuestion.hidden_at.is_not(None))


def definition_of(consultation_id: int, language: str, *, hidden: bool = False) -> Definition:
    """What a consultation asks, in a language; 3 statements, and one more where voices read its questions.

    `hidden`: also what moderation keeps from being shown, for whoever counts answers.
    """
    options = _options(consultation_id, language)
    questions = _questions(consultation_id, language, options, hidden=hidden)
    title = Localized("title", ConsultationStep.title_id, language)
    intro = Localized("intro", ConsultationStep.intro_id, language)
    statement = (
        select(
            ConsultationStep.id,
            ConsultationStep.kind,
            ConsultationStep.position,
            ConsultationStep.takes_sentences,
            ConsultationStep.opinion_groups,
            *title.columns,
            *intro.columns,
        )
        .where(ConsultationStep.consultation_id == consultation_id)
        .order_by(ConsultationStep.position, ConsultationStep.id)
    )
    rows = rows_of(intro.join(title.join(statement, optional=True), optional=True))
    return Definition(
        tuple(
            ShownStep(
                row.id,
                row.kind,
                row.position,
                title.words_or_none(row),
                intro.words_or_none(row),
                tuple(question for question in questions if question.step_id == row.id),
                row.takes_sentences,
                row.opinion_groups,
            )
            for row in rows
        )
    )


#: What is read of a question besides its texts.
_QUESTION: Final[tuple[Any, ...]] = (
    ConsultationQuestion.id,
    ConsultationQuestion.step_id,
    ConsultationQuestion.position,
    ConsultationQuestion.kind,
    ConsultationQuestion.required,
    ConsultationQuestion.least,
    ConsultationQuestion.most,
    ConsultationQuestion.lowest,
    ConsultationQuestion.highest,
    ConsultationQuestion.classes,
    ConsultationQuestion.asked_from,
    ConsultationQuestion.may_publish,
    ConsultationCondition.option_id.label("condition"),
    ConsultationSentence.case_id,
)


def _questions(
    consultation_id: int, language: str, options: dict[int, list[ShownOption]], *, hidden: bool
) -> list[ShownQuestion]:
    text = Localized("text", ConsultationQuestion.text_id, language)
    hint = Localized("hint", ConsultationQuestion.hint_id, language)
    easy = Localized("easy", ConsultationQuestion.easy_id, language)
    recorded = select(ConsultationRecording.id).where(
        ConsultationRecording.question_id == ConsultationQuestion.id
    )
    statement = (
        select(
            *_QUESTION,
            recorded.exists().label("recorded"),
            *text.columns,
            *hint.columns,
            *easy.columns,
        )
        .outerjoin(ConsultationCondition, ConsultationCondition.question_id == ConsultationQuestion.id)
        .outerjoin(ConsultationSentence, ConsultationSentence.question_id == ConsultationQuestion.id)
        .where(ConsultationQuestion.consultation_id == consultation_id)
        .order_by(ConsultationQuestion.position, ConsultationQuestion.id)
    )
    if not hidden:
        statement = statement.where(ConsultationQuestion.hidden_at.is_(None))
    asked_for = easy.join(hint.join(text.join(statement), optional=True), optional=True)
    rows = rows_of(asked_for).all()
    voices = _voices(consultation_id, language) if any(row.recorded for row in rows) else {}
    found = []
    for row in rows:
        mine = options.get(row.id, [])
        rule = QuestionRule(
            row.id,
            QuestionKind(row.kind),
            tuple(option.id for option in mine if option.came_up_in is None),
            row.required,
            row.least,
            row.most,
            row.lowest,
            row.highest,
            tuple(row.classes or ()),
            row.condition,
        )
        found.append(
            ShownQuestion(
                rule,
                row.step_id,
                row.position,
                text.words(row),
                hint.words_or_none(row),
                easy.words_or_none(row),
                tuple(mine),
                tuple(voices.get(row.id, ())),
                row.asked_from,
                row.may_publish,
                row.case_id,
            )
        )
    return found


def _voices(consultation_id: int, language: str) -> dict[int, list[ShownVoice]]:
    order = [language, *heard_languages()]
    rows = rows_of(
        select(ConsultationRecording.question_id, ConsultationRecording.language, StoredFile.key)
        .join(StoredFile, StoredFile.id == ConsultationRecording.file_id)
        .where(ConsultationRecording.consultation_id == consultation_id)
    ).all()
    found: dict[int, list[ShownVoice]] = {}
    for row in sorted(
        rows, key=lambda row: order.index(row.language) if row.language in order else len(order)
    ):
        found.setdefault(row.question_id, []).append(ShownVoice(row.language, row.key))
    return found


def _options(consultation_id: int, language: str) -> dict[int, list[ShownOption]]:
    text = Localized("text", ConsultationOption.text_id, language)
    shows = Localized("picture_words", ConsultationOption.picture_words_id, language)
    group = Localized("group_words", IdeaGroup.words_id, language)
    statement = (
        select(
            ConsultationOption.id,
            ConsultationOption.question_id,
            ConsultationOption.position,
            ConsultationOption.axis_id,
            ConsultationOption.commitment_id,
            ConsultationOption.came_up_in,
            StoredFile.key.label("picture"),
            IdeaBox.slug.label("box"),
            ConsultationIdeaOption.group_id,
            *text.columns,
            *shows.columns,
            *group.columns,
        )
        .join(ConsultationQuestion, ConsultationQuestion.id == ConsultationOption.question_id)
        .outerjoin(StoredFile, StoredFile.id == ConsultationOption.picture_id)
        .outerjoin(ConsultationIdeaOption, ConsultationIdeaOption.option_id == ConsultationOption.id)
        .outerjoin(IdeaGroup, IdeaGroup.id == ConsultationIdeaOption.group_id)
        .outerjoin(IdeaBox, IdeaBox.id == ConsultationIdeaOption.box_id)
        .where(ConsultationQuestion.consultation_id == consultation_id)
        .order_by(ConsultationOption.position, ConsultationOption.id)
    )
    found: dict[int, list[ShownOption]] = {}
    asked_for = group.join(shows.join(text.join(statement), optional=True), optional=True)
    for row in rows_of(asked_for):
        found.setdefault(row.question_id, []).append(
            ShownOption(
                row.id,
                text.words(row),
                row.position,
                row.axis_id,
                row.commitment_id,
                row.picture,
                shows.words_or_none(row),
                row.came_up_in,
                (row.box, row.group_id) if row.group_id is not None else None,
                group.words_or_none(row),
            )
        )
    return found

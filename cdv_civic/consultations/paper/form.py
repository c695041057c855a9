"""The questions of a sheet: those of the consultation, and where one lives, where several quartiers are asked."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdv_civic.consultations.paper.queries.asked import PlaceName
from cdv_civic.consultations.queries.definition import Definition, ShownOption, ShownQuestion
from cdv_civic.consultations.rules.questions import NOTHING, Answers, Given, QuestionKind, QuestionRule
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.localized import Words

#: The id of the question about the quartier, which no row has.
PLACE: Final = 0


def place_question(quartiers: Sequence[PlaceName], tag: str | None = None) -> ShownQuestion | None:
    """Where one lives, in the language that is spoken (`tag`); None where one quartier alone is asked."""
    if len(quartiers) < 2:
        return None
    tag = tag or current_language().tag
    return ShownQuestion(
        rule=QuestionRule(PLACE, QuestionKind.SINGLE, tuple(each.id for each in quartiers)),
        step_id=0,
        position=-1,
        words=Words(_("Votre quartier"), tag, translated=True),
        hint=None,
        easy=None,
        options=tuple(
            ShownOption(each.id, Words(each.name, "fr", translated=False), position)
            for position, each in enumerate(quartiers)
        ),
    )


def questions_of(
    definition: Definition, quartiers: Sequence[PlaceName], tag: str | None = None
) -> list[ShownQuestion]:
    """What a sheet asks, in its order: where one lives comes last."""
    place = place_question(quartiers, tag)
    return [*definition.questions, *([place] if place is not None else [])]


def rules_of(definition: Definition, quartier_ids: Sequence[int]) -> list[QuestionRule]:
    """The same as the rules read it."""
    place = QuestionRule(PLACE, QuestionKind.SINGLE, tuple(quartier_ids))
    return [*definition.rules, *([place] if len(quartier_ids) > 1 else [])]


def without_place(answers: Answers) -> tuple[dict[int, Given], int | None]:
    """What was answered, and the quartier, apart."""
    place = next(iter(answers.get(PLACE, NOTHING).choices), None)
    return {question: given for question, given in answers.items() if question != PLACE}, place


def with_place(answers: Answers, quartier_id: int | None) -> dict[int, Given]:
    """What was answered, the quartier among it."""
    place: Mapping[int, Given] = {} if quartier_id is None else {PLACE: Given(choices={quartier_id: None})}
    return {**answers, **place}

"""What was said of the sentences of a step, by quartier and by channel, as its tables are built."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select

from cdv_civic.consultations.engine.kinds import StepToCount
from cdv_civic.consultations.kinds.statements.opinion_groups import NoGroups, opinion_groups
from cdv_civic.consultations.kinds.statements.rules import Parts, Sides, parts_told
from cdv_civic.consultations.models import ConsultationAnswer, ConsultationNumber
from cdv_civic.consultations.queries.quartiers import quartiers_asked
from cdv_civic.consultations.rules.questions import Speaker, Stance
from cdv_civic.core.db import rows_of
from cdv_civic.participation.rules.channels import Channel, counted_as

#: The ways of parting all people, as they are kept.
QUARTIERS: Final = "quartiers"
CHANNELS: Final = "channels"
#: The quartier of those who live elsewhere, or did not say.
ELSEWHERE: Final = ""
_SIDE: Final = {Stance.AGREE.value: 1, Stance.DISAGREE.value: -1}
_People = dict[str, dict[str, int]]
_Said = dict[int, dict[str, dict[str, dict[int, int]]]]


def build(step: StepToCount) -> dict[str, Any]:
    """What is kept of a step: for each sentence whose counts are all public, those of its parts that may be told, each
    for, against and neither; 3 statements.
    """
    people, said = _counted(step.consultation_id)
    sentences = {
        str(question.id): {
            way: _kept(_parts(people[way], said.get(question.id, {}).get(way, {}), step.threshold))
            for way in (QUARTIERS, CHANNELS)
        }
        for question in step.questions
        if step.told[question.id].whole
    }
    names = {str(number): name for number, name in quartiers_asked(step.consultation_id)}
    kept: dict[str, Any] = {"sentences": sentences, "names": names}
    if step.opinion_groups:
        kept["opinions"] = _opinions(step)
    return kept


def _opinions(step: StepToCount) -> dict[str, Any]:
    """Groups of opinions: their sizes, to the nearest step of the threshold, and their typical sentences among those
    whose counts are public; or why there are none. What they were made from is gone once this returns. 1 statement.
    """
    asked = [question.id for question in step.questions if step.told[question.id].whole]
    found = opinion_groups(_rows(step.consultation_id, asked))
    if isinstance(found, NoGroups):
        return {"groups": [], "why": found.value}
    return {
        "groups": [
            {
                "about": max(round(group.people / step.threshold), 1) * step.threshold,
                "typical": [[asked[at], side] for at, side in group.typical],
            }
            for group in found
        ],
        "why": None,
    }


def _rows(consultation_id: int, asked: Sequence[int]) -> list[list[int]]:
    """What each person said of each sentence: 1, -1, or 0 for neither."""
    answer, number = ConsultationAnswer, ConsultationNumber
    statement = (
        select(number.answer_id, number.question_id, number.value)
        .join(answer, answer.id == number.answer_id)
        .where(
            number.consultation_id == consultation_id,
            number.question_id.in_(asked),
            answer.speaker == Speaker.PERSON.value,
        )
    )
    at = {question: place for place, question in enumerate(asked)}
    rows: dict[int, list[int]] = {}
    for answer_id, question, value in rows_of(statement):
        rows.setdefault(answer_id, [0] * len(asked))[at[question]] = _SIDE.get(value, 0)
    return list(rows.values())


def _kept(parts: Parts) -> dict[str, Any]:
    return {
        "told": {name: [each.agree, each.disagree, each.neither] for name, each in parts.told.items()},
        "others": None
        if parts.others is None
        else [parts.others.agree, parts.others.disagree, parts.others.neither],
    }


def parts_of(content: Mapping[str, Any]) -> Parts:
    """What `build` kept of one way of parting the people of a sentence."""
    others = content["others"]
    return Parts(
        {name: Sides(*each) for name, each in content["told"].items()},
        None if others is None else Sides(*others),
    )


def _parts(people: Mapping[str, int], said: Mapping[str, Mapping[int, int]], threshold: int) -> Parts:
    parts = {}
    for name, count in people.items():
        of_part = said.get(name, {})
        agree, disagree = of_part.get(Stance.AGREE, 0), of_part.get(Stance.DISAGREE, 0)
        parts[name] = Sides(agree, disagree, count - agree - disagree)
    return parts_told(parts, threshold)


def _names(quartier_id: int | None, channel: str) -> dict[str, str]:
    """The part in which somebody stands, by way of parting."""
    return {
        QUARTIERS: ELSEWHERE if quartier_id is None else str(quartier_id),
        CHANNELS: counted_as(Channel(channel)).value,
    }


def _counted(consultation_id: int) -> tuple[_People, _Said]:
    """How many persons stand in each part; and how many of them said what of each sentence. 2 statements."""
    answer, number = ConsultationAnswer, ConsultationNumber
    by = (answer.quartier_id, answer.channel)
    persons = (answer.consultation_id == consultation_id, answer.speaker == Speaker.PERSON.value)
    people: _People = {QUARTIERS: {}, CHANNELS: {}}
    for quartier_id, channel, count in rows_of(select(*by, func.count()).where(*persons).group_by(*by)):
        for way, name in _names(quartier_id, channel).items():
            people[way][name] = people[way].get(name, 0) + count
    said: _Said = {}
    statement = (
        select(*by, number.question_id, number.value, func.count())
        .join(number, number.answer_id == answer.id)
        .where(*persons)
        .group_by(*by, number.question_id, number.value)
    )
    for quartier_id, channel, question, value, count in rows_of(statement):
        for way, name in _names(quartier_id, channel).items():
            part = said.setdefault(question, {}).setdefault(way, {}).setdefault(name, {})
            part[value] = part.get(value, 0) + count
    return people, said

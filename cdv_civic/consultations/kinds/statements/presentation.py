"""The results of a step as its page shows them: what gathers people, what divides them, and the rest folded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cdv_civic.consultations.engine.kinds import OpenLine, ToldCounts
from cdv_civic.consultations.engine.wording import STANCES_SAID
from cdv_civic.consultations.kinds.statements.counting import CHANNELS, ELSEWHERE, QUARTIERS, parts_of
from cdv_civic.consultations.kinds.statements.rules import AGREED, Consensus, Parts, Sides, meeting, spread
from cdv_civic.consultations.kinds.statements.wording import (
    ELSEWHERE_SAID,
    NEITHER_SAID,
    OTHERS_SAID,
    WAYS_SAID,
    WHY_NO_GROUPS,
)
from cdv_civic.consultations.queries.definition import ShownStep
from cdv_civic.consultations.rules.questions import Stance
from cdv_civic.core.localized import Words
from cdv_civic.participation.wording import CHANNEL_WORDS

#: Sentences of each kind that stand open; the others are folded.
OPEN_FIRST: Final = 3
#: In what order parts are told.
WAYS: Final = (QUARTIERS, CHANNELS)


@dataclass(frozen=True)
class SentencePart:
    """A quartier, a channel, or all others together."""

    label: Any
    sides: Sides


@dataclass(frozen=True)
class ShownSentence:
    """A sentence and what was said of it."""

    id: int
    words: Words
    #: None: hidden.
    sides: Sides | None
    meeting: Consensus
    #: By quartier, by channel: what is told, in words.
    ways: tuple[tuple[Any, tuple[SentencePart, ...]], ...] = ()
    #: Since when it was asked, where a resident added it.
    asked_from: datetime | None = None
    #: Its case with the moderators, then.
    case_id: int | None = None
    spread: float = 0.0

    @property
    def looked_at(self) -> bool:
        """Whether any of its parts is told."""
        return bool(self.ways)

    @property
    def agree(self) -> int | None:
        """How many of a hundred who took a side agreed, rounded so that it never crosses `AGREED`."""
        percent = self.sides.percent if self.sides is not None else None
        return None if percent is None else int(percent)


@dataclass(frozen=True)
class OpinionGroupShown:
    """A group of people who answered alike: about how many, and typical sentences with the side that most took."""

    about: int
    typical: tuple[tuple[Any, Words], ...]


@dataclass(frozen=True)
class ShownOpinions:
    """The groups, or why there are none."""

    groups: tuple[OpinionGroupShown, ...]
    why: Any


def shown(step: ShownStep, content: Any, told: Mapping[int, ToldCounts]) -> dict[str, Any]:
    """What the template of a step gets."""
    sentences = list(_sentences(step, content or {}, told))
    by_meeting = {
        each: [sentence for sentence in sentences if sentence.meeting is each] for each in Consensus
    }
    by_meeting[Consensus.GATHERS].sort(key=lambda each: (-_percent(each), each.id))
    by_meeting[Consensus.REFUSED].sort(key=lambda each: (_percent(each), each.id))
    by_meeting[Consensus.SPLITS].sort(key=lambda each: (-each.spread, abs(_percent(each) - 50), each.id))
    return {
        "step": step,
        "gathers": by_meeting[Consensus.GATHERS],
        "refused": by_meeting[Consensus.REFUSED],
        "splits": by_meeting[Consensus.SPLITS],
        "untold": by_meeting[Consensus.UNTOLD],
        "opinions": _opinions(step, (content or {}).get("opinions")),
        "agreed": AGREED,
        "open_first": OPEN_FIRST,
    }


def _opinions(step: ShownStep, content: Mapping[str, Any] | None) -> ShownOpinions | None:
    if content is None:
        return None
    words = {question.id: question.words for question in step.questions}
    groups = tuple(
        OpinionGroupShown(
            group["about"],
            tuple(
                (STANCES_SAID[Stance.AGREE if side > 0 else Stance.DISAGREE], words[question])
                for question, side in group["typical"]
                if question in words
            ),
        )
        for group in content["groups"]
    )
    return ShownOpinions(groups, None if content["why"] is None else WHY_NO_GROUPS[content["why"]])


def _percent(sentence: ShownSentence) -> float:
    return (sentence.sides.percent if sentence.sides is not None else None) or 0.0


def _sentences(
    step: ShownStep, content: Mapping[str, Any], told: Mapping[int, ToldCounts]
) -> Iterator[ShownSentence]:
    kept, names = content.get("sentences", {}), content.get("names", {})
    for question in step.questions:
        if question.id not in told:
            continue
        whole = _whole(told[question.id])
        by_way = kept.get(str(question.id), {})
        ways = [(way, parts_of(by_way[way])) for way in WAYS if way in by_way]
        parts = [each for _way, each in ways]
        yield ShownSentence(
            question.id,
            question.words,
            whole,
            meeting(whole, parts),
            tuple((WAYS_SAID[way], _said(way, each, names)) for way, each in ways if each.told),
            question.asked_from,
            question.case_id,
            spread(parts),
        )


def _whole(told: ToldCounts) -> Sides | None:
    agree, disagree = told.answers
    if agree is None or disagree is None or told.blanks is None:
        return None
    return Sides(agree, disagree, told.blanks)


def _said(way: str, parts: Parts, names: Mapping[str, str]) -> tuple[SentencePart, ...]:
    found = [SentencePart(_name(way, name, names), sides) for name, sides in parts.told.items()]
    if parts.others is not None:
        found.append(SentencePart(OTHERS_SAID, parts.others))
    return tuple(found)


def _name(way: str, part: str, names: Mapping[str, str]) -> Any:
    if way == CHANNELS:
        return CHANNEL_WORDS[part].label
    return ELSEWHERE_SAID if part == ELSEWHERE else names.get(part, "")


def lines(step: ShownStep, content: Mapping[str, Any]) -> Iterator[OpenLine]:
    """What is told of parts, a line for each count."""
    names = content["names"]
    for question in step.questions:
        by_way = content["sentences"].get(str(question.id), {})
        for way in WAYS:
            for part in _said(way, parts_of(by_way[way]), names) if way in by_way else ():
                yield from _lines(question.id, part)


def _lines(question: int, part: SentencePart) -> Iterator[OpenLine]:
    said: Sequence[tuple[int | None, Any, int]] = (
        (Stance.AGREE.value, STANCES_SAID[Stance.AGREE], part.sides.agree),
        (Stance.DISAGREE.value, STANCES_SAID[Stance.DISAGREE], part.sides.disagree),
        (None, NEITHER_SAID, part.sides.neither),
    )
    for key, label, count in said:
        yield OpenLine(question, key, f"{part.label} · {label}", count, part.sides.people)

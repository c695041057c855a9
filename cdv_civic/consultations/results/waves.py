"""Which question, and which of its options, of an earlier wave stands beside which of this one: from plain values.

An option is the same where it stands for the same axis or commitment of the contract, or says the same in French.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cdv_civic.consultations.rules.questions import SIDES, QuestionKind
from cdv_civic.core.text_folding import fold


@dataclass(frozen=True)
class ComparedOption:
    """An option, by what it stands for."""

    id: int
    text: str
    axis_id: int | None = None
    commitment_id: int | None = None

    def same_as(self, other: "ComparedOption") -> bool:
        """Whether two options of two waves are one."""
        stands_for = (self.axis_id, self.commitment_id)
        if stands_for != (None, None) and stands_for == (other.axis_id, other.commitment_id):
            return True
        return fold(self.text) == fold(other.text)


@dataclass(frozen=True)
class ComparedQuestion:
    """A question of a wave."""

    id: int
    kind: QuestionKind
    text: str
    options: tuple[ComparedOption, ...] = ()
    classes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Matched:
    """The question of an earlier wave that one stands beside, and the pairs of their options (or classes)."""

    question: int
    #: Key of this wave -> key of the earlier one.
    keys: Mapping[Hashable, int] = field(default_factory=dict)


def matched(question: ComparedQuestion, before: Sequence[ComparedQuestion]) -> Matched | None:
    """The question of an earlier wave that asked the same in the same way; None: none did.

    The one that says the same in words; else the one that shares most options, half of them at least.
    """
    same_kind = [each for each in before if each.kind is question.kind]
    if question.kind is QuestionKind.NUMBER:
        same_kind = [each for each in same_kind if each.classes == question.classes]
    best: tuple[int, Matched] | None = None
    for each in same_kind:
        pairs = _pairs(question.options, each.options)
        if fold(each.text) == fold(question.text):
            same = SIDES if question.kind is QuestionKind.STATEMENT else question.classes
            return Matched(each.id, {**pairs, **{key: key for key in same}})
        enough = len(pairs) * 2 >= len(question.options) > 0
        if enough and (best is None or len(pairs) > best[0]):
            best = len(pairs), Matched(each.id, pairs)
    return best[1] if best else None


def _pairs(options: Iterable[ComparedOption], before: Sequence[ComparedOption]) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {}
    for option in options:
        same = next((each for each in before if each.id not in found.values() and option.same_as(each)), None)
        if same is not None:
            found[option.id] = same.id
    return found

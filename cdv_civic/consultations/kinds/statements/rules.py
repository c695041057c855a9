"""What steps of statements take, what may be told of sentences by quartier and channel, and what gathers people.

Who passed, and who did not come to a sentence, is counted with neither side: `AGREED` is out of those who agreed or did
not agree.

What is told of the parts of all people (quartiers, channels) is decided for each sentence and each way of parting by
itself, and only where all three counts of the sentence are public:

- A part whose three counts (for, against, neither) are all of the threshold or more is told.
- All others are told as one sum, « autres », with the smallest of those that could be told if one of its own counts is
  small, and so on; where nothing is left to be told beside it, nothing is.

So no count that is told is small. Of a part inside « autres » nobody can say which count is small: these sums are each
of the threshold or more, of two parts at least or of all that is left, and can be dealt out among the parts whatever
other sentences tell, as everything that they tell of a part leaves the threshold or more on each of its sides.

What brings people together is computed from the counts that are told, and so tells nothing more.

Pure: plain numbers in and out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cdv_civic.consultations.rules.questions import QuestionKind, QuestionRule

TAKES: Final = (QuestionKind.STATEMENT,)
#: Of a hundred who take a side, how many agree with what brings people together; or do not, with what most refuse.
AGREED: Final = 60
#: Sentences that residents add to a consultation, whatever the organiser says; and one person.
MOST_ADDED: Final = 30
MOST_BY_ONE: Final = 3
LONGEST_SENTENCE: Final = 140
SHORTEST_SENTENCE: Final = 8


class StatementShortcoming(StrEnum):
    """What is missing."""

    NO_SENTENCE = "no_sentence"


def shortcomings(questions: Sequence[QuestionRule]) -> list[tuple[int | None, StatementShortcoming]]:
    """What a step lacks before it is asked."""
    return [] if questions else [(None, StatementShortcoming.NO_SENTENCE)]


@dataclass(frozen=True)
class Sides:
    """How many agreed with a sentence, did not agree, and took no side."""

    agree: int
    disagree: int
    neither: int

    @property
    def smallest(self) -> int:
        """The smallest of the three."""
        return min(self.agree, self.disagree, self.neither)

    @property
    def people(self) -> int:
        """All of them."""
        return self.agree + self.disagree + self.neither

    @property
    def percent(self) -> float | None:
        """How many of a hundred who took a side agreed; None: nobody took one."""
        sides = self.agree + self.disagree
        return 100 * self.agree / sides if sides else None

    def __add__(self, other: "Sides") -> "Sides":
        return Sides(self.agree + other.agree, self.disagree + other.disagree, self.neither + other.neither)


NOBODY: Final = Sides(0, 0, 0)


@dataclass(frozen=True)
class Parts:
    """What is told of a sentence by part: each one’s counts by its name, and those of all others as one sum.

    Nothing told: there is one part alone, or the counts of each are too small.
    """

    told: Mapping[str, Sides]
    others: Sides | None = None

    @property
    def all(self) -> tuple[Sides, ...]:
        """All that is told."""
        return (*self.told.values(), *((self.others,) if self.others is not None else ()))


NOTHING_TOLD: Final = Parts({})


def parts_told(parts: Mapping[str, Sides], threshold: int) -> Parts:
    """What may be told of the parts of all people, whose sum is public and nowhere small. None of them is empty of
    people, or it is left out.
    """
    there = {name: sides for name, sides in parts.items() if sides.people}
    told = {name: sides for name, sides in there.items() if sides.smallest >= threshold}
    others = sum((sides for name, sides in there.items() if name not in told), NOBODY)
    while others.people and others.smallest < threshold and told:
        # All that are as small: which of them was taken would tell that it was not one of those hidden before.
        fewest = min(sides.people for sides in told.values())
        for name in [name for name, sides in told.items() if sides.people == fewest]:
            others += told.pop(name)
    if not told or len(there) < 2:
        return NOTHING_TOLD
    return Parts(told, others if others.people else None)


class Consensus(StrEnum):
    """How people meet on a sentence."""

    #: « Ce qui rassemble »: in all and in each part that is told, `AGREED` of a hundred agree.
    GATHERS = "gathers"
    #: In all and in each part, `AGREED` of a hundred do not agree.
    REFUSED = "refused"
    #: « Ce qui partage »: neither.
    SPLITS = "splits"
    #: The counts of all are hidden.
    UNTOLD = "untold"


def meeting(whole: Sides | None, ways: Sequence[Parts]) -> Consensus:
    """How people meet on a sentence, by what is told of all of them and of their parts, parted in several `ways`."""
    if whole is None or whole.percent is None:
        return Consensus.UNTOLD
    percents = [whole.percent, *(sides.percent for way in ways for sides in way.all)]
    found = [each for each in percents if each is not None]
    if min(found) >= AGREED:
        return Consensus.GATHERS
    return Consensus.REFUSED if max(found) <= 100 - AGREED else Consensus.SPLITS


def spread(ways: Sequence[Parts]) -> float:
    """How far parts lie from each other, in percents of those who agree; 0 where they are not told."""
    percents = [sides.percent for way in ways for sides in way.all]
    found = [each for each in percents if each is not None]
    return max(found) - min(found) if found else 0.0

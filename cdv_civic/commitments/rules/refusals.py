"""How the rules of commitments refuse: by a code. `commitments.wording` has the sentences."""

from enum import StrEnum
from types import MappingProxyType


class Breach(StrEnum):
    """What was asked for and goes against a rule. The facts that each sentence tells stand beside it."""

    NO_STATE = "no state"
    #: `before`, `after`: codes of states.
    CANNOT_FOLLOW = "cannot follow"
    #: `following`, `after`: codes of states.
    LATER_NEWS_DISAGREES = "later news disagrees"
    NO_REASON = "no reason"
    DAY_TO_COME = "day to come"
    #: `year`: the first that is possible.
    DAY_BEFORE_CONTRACT = "day before contract"
    YEAR_OUT_OF_RANGE = "year out of range"
    SHORT_SENTENCE = "short sentence"
    #: `length`
    LONG_SENTENCE = "long sentence"
    NOT_PLAIN = "not plain"
    #: `length`, `longest`
    LONG_LINE = "long line"
    LONG_DETAIL = "long detail"
    LONG_TRANSLATION = "long translation"
    NO_LINK = "no link"
    OTHER_QUARTIER = "other quartier"
    ONLY_QUARTIER = "only quartier"
    QUARTIER_NOT_MEASURED = "quartier not measured"
    QUARTIER_HAS_NEWS = "quartier has news"
    NO_VALUE = "no value"
    NOT_YES_OR_NO = "not yes or no"
    NO_NUMBER = "no number"
    TWO_NUMBERS = "two numbers"
    LARGE_NUMBER = "large number"
    NOT_WHOLE = "not whole"
    NO_DATE = "no date"
    NO_AMOUNT = "no amount"
    NOT_IN_LIST = "not in list"
    NO_TITLE = "no title"
    UNKNOWN_LANGUAGE = "unknown language"
    NOT_TO_TRANSLATE = "not to translate"
    TOO_MUCH_EVIDENCE = "too much evidence"
    PHOTO_WITHOUT_WORDS = "photo without words"
    DOCUMENT_WITHOUT_NAME = "document without name"
    RETIRED = "retired"


class BrokenRule(ValueError):
    """A rule refuses what was asked: why, the field of the form it is about, and the facts to be told."""

    def __init__(self, breach: Breach, field: str | None = None, **facts: object) -> None:
        super().__init__(breach)
        self.breach = breach
        self.field = field
        self.facts = MappingProxyType(facts)

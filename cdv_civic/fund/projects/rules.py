"""How a project comes in: when, how long its words may be, and what its carrier may still do with it. Pure."""

from datetime import datetime
from typing import Final

from cdv_civic.fund.rules.fund_rules import CarrierKind
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.rules.phases import Phase, Phases

LONGEST_TITLE: Final = 120
LONGEST_SUMMARY: Final = 200
LONGEST_WORDS: Final = 3000
#: For whom, where, when; who helps.
LONGEST_ANSWER: Final = 300
#: A name, the words of a line of the budget.
LONGEST_NAME: Final = 120
LONGEST_FIRST_NAME: Final = 40
LONGEST_AMOUNT: Final = 40
#: Lines of the budget that a form shows at once, and with those behind a tap.
SHOWN_LINES: Final = 8
MOST_FORM_LINES: Final = 20
MOST_CO_FUNDERS: Final = 5
MOST_CO_CARRIERS: Final = 5
#: Quotes that a form takes at once.
MOST_QUOTES: Final = 3
#: The youngest and the oldest that an age may say.
AGES: Final = range(10, 121)
_ADULT: Final = 18

#: The act that an open round allows.
DEPOSIT: Final = "deposit"
#: Whose name everybody reads.
NAMED_CARRIERS: Final = frozenset({CarrierKind.ASSOCIATION, CarrierKind.SCHOOL, CarrierKind.COUNCIL})
#: Where whoever carries a project writes it otherwise, as long as nobody gave an opinion or a mark.
CORRECTABLE: Final = frozenset({ProjectState.SUBMITTED, ProjectState.INCOMPLETE})
#: Where they may give it up without money coming back: nothing is decided yet.
GIVEN_UP_ALONE: Final = frozenset(
    {
        ProjectState.SUBMITTED,
        ProjectState.INCOMPLETE,
        ProjectState.ADMISSIBLE,
        ProjectState.OPINION,
        ProjectState.IN_CHOICE,
    }
)
#: What nobody but its carrier and the desk reads yet, or ever.
NOT_PUBLIC: Final = frozenset({ProjectState.SUBMITTED, ProjectState.INCOMPLETE, ProjectState.INADMISSIBLE})
#: Ways by which a relais hears a project.
RELAIS_CHANNELS: Final = (
    Channel.PERMANENCE,
    Channel.STREET,
    Channel.TELEPHONE,
    Channel.DOOR,
    Channel.HOME,
    Channel.MARKET,
    Channel.SCHOOL_GATE,
    Channel.MEETING,
)


def deposit_phases(opens_at: datetime | None, closes_at: datetime | None) -> Phases:
    """When a round takes projects; without `closes_at` all year."""
    return Phases([Phase("open", frozenset({DEPOSIT}), opens_at, closes_at)])


def is_minor_age(age: int | None) -> bool:
    """Whether an age that was said is under 18."""
    return age is not None and age < _ADULT

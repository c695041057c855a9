"""Pure decisions about what residents say: who may say it and when, its life, what may be published."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from cdv_civic.participation.rules.channels import Channel
from cdv_civic.participation.rules.eligibility import Requirement
from cdv_civic.participation.rules.phases import Phase, Phases
from cdv_civic.participation.rules.themes import SENSITIVE

KINDS: Final = ("question", "idee", "difficulte")

#: Who may say something, by who types it: anybody, wherever they live and whatever their age.
SAID_ON_THE_SITE: Final = Requirement(channels=frozenset({Channel.ONLINE}))
WRITTEN_DOWN: Final = Requirement()
ASSISTED: Final = Requirement(channels=frozenset({Channel.STREET, Channel.TELEPHONE}))
#: Where a relais meets people.
RELAIS_CHANNELS: Final = (
    Channel.STREET, Channel.TELEPHONE, Channel.DOOR, Channel.HOME, Channel.MARKET,
)  # fmt: skip
#: The one thing that the form on the site is for.
SAY: Final = "say"

LONGEST_WORDS: Final = 4000
LONGEST_ANSWER: Final = 4000
LONGEST_READERS: Final = 300
#: Due this soon, it stands with what is urgent.
SOON_DAYS: Final = 7
MOST_DUE_DAYS: Final = 365
#: Whoever waits for an answer asks where it stands once its day has passed, or after so long where none was set.
ASKED_AFTER: Final = timedelta(days=30)
#: And no sooner again than this.
ASKED_EVERY: Final = timedelta(days=14)
#: A way to answer is kept so long, where nobody ever answered.
FORGOTTEN_AFTER: Final = timedelta(days=730)


class VoiceState(StrEnum):
    """Where a word is on its way."""

    RECEIVED = "recu"
    TRANSMITTED = "transmis"
    ANSWERED = "repondu"
    CLOSED = "sans_suite"


class Act(StrEnum):
    """What the people of the body do with it."""

    TRANSMIT = "transmettre"
    TAKE_BACK = "reprendre"
    ANSWER = "repondre"
    CLOSE = "clore"
    REOPEN = "rouvrir"


STATES: Final = tuple(state.value for state in VoiceState)
OPEN_STATES: Final = (VoiceState.RECEIVED.value, VoiceState.TRANSMITTED.value)
#: What may be done in each state, and where it leads. What is not listed is refused.
LIFE: Final[dict[VoiceState, dict[Act, VoiceState]]] = {
    VoiceState.RECEIVED: {
        Act.TRANSMIT: VoiceState.TRANSMITTED,
        Act.ANSWER: VoiceState.ANSWERED,
        Act.CLOSE: VoiceState.CLOSED,
    },
    VoiceState.TRANSMITTED: {
        Act.TRANSMIT: VoiceState.TRANSMITTED,  # to somebody else
        Act.TAKE_BACK: VoiceState.RECEIVED,
        Act.ANSWER: VoiceState.ANSWERED,
        Act.CLOSE: VoiceState.CLOSED,
    },
    VoiceState.ANSWERED: {Act.REOPEN: VoiceState.RECEIVED},
    VoiceState.CLOSED: {Act.REOPEN: VoiceState.RECEIVED},
}


class WrongMoment(ValueError):
    """The word is not in a state in which this can be done."""


def after(state: str, act: Act) -> VoiceState:
    """The state that an act leads to; raises `WrongMoment`."""
    try:
        return LIFE[VoiceState(state)][act]
    except KeyError:
        raise WrongMoment(f"{act} in {state}") from None


def acts_in(state: str) -> tuple[Act, ...]:
    """What may be done in a state."""
    return tuple(LIFE[VoiceState(state)])


def due_day(received_on: date, due_days: int | None) -> date | None:
    """The day by which the body answers; None where it set none."""
    return received_on + timedelta(days=due_days) if due_days else None


def is_late(state: str, due_on: date | None, today: date) -> bool:
    """Whether an answer is overdue."""
    return state in OPEN_STATES and due_on is not None and due_on < today


def asks_again_from(
    state: str, received_on: date, due_on: date | None, asked_again_on: date | None
) -> date | None:
    """The first day on which whoever said a word may ask where it stands; None: there is nothing to wait for."""
    if state not in OPEN_STATES:
        return None
    waited = received_on + ASKED_AFTER if due_on is None else due_on + timedelta(days=1)
    return waited if asked_again_on is None else max(waited, asked_again_on + ASKED_EVERY)


def listening_phases(opens_at: datetime | None, closes_at: datetime | None) -> Phases:
    """When the form on the site takes words; raises `phases.BadPhases`."""
    return Phases([Phase("listening", frozenset({SAY}), opens_at, closes_at)])


def says_more(words: str, beginning: str) -> bool:
    """Whether somebody wrote anything but the words that a form began with; spaces and ends of lines do not count."""
    return words.split() != beginning.split()


# --- what may be public -------------------------------------------------------------------------------------------


class Why(StrEnum):
    """Why a word may not be published as it is."""

    AUTHOR = "author"
    NOT_READ = "not_read"
    NAMES = "names"
    SENSITIVE = "sensitive"


def why_not_public(
    *,
    author_agrees: bool,
    read_again: bool,
    holds_names: bool,
    shortened: bool,
    theme: str,
    minor: bool,
    confirmed: bool,
) -> Why | None:
    """What keeps a word from being published; None: nothing does.

    Sensitive themes, and what somebody under 18 says, ask for a second confirmation.
    """
    if not author_agrees:
        return Why.AUTHOR
    if not read_again:
        return Why.NOT_READ
    if holds_names and not shortened:
        return Why.NAMES
    if (theme in SENSITIVE or minor) and not confirmed:
        return Why.SENSITIVE
    return None

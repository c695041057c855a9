"""The page of a quartier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cdv_civic.bodies.activities import MEETINGS
from cdv_civic.bodies.queries.dates import MOST_LISTED, MOST_LISTED_OF_ONE, coming
from cdv_civic.bodies.queries.events import OccurrenceLine, events_of_quartier
from cdv_civic.bodies.wording import ASLEEP
from cdv_civic.commitments.queries.summaries.deadlines import NextDeadline, next_deadlines
from cdv_civic.commitments.queries.summaries.news import NewsItem, latest_news
from cdv_civic.commitments.queries.summaries.tallies import StateTally, tally
from cdv_civic.core import clock
from cdv_civic.territory.activities.registry import Current, current_activities
from cdv_civic.territory.queries.quartiers import QuartierFacts, Representation, quartier_facts
from cdv_civic.territory.vocabulary import CodedTerm
from cdv_civic.voices.activities import LISTENING
from cdv_civic.voices.queries.listening import HeardInQuartier, ListeningPlace, heard_in

#: Beside other things; pages of their own show the others.
NEWS_OF_A_QUARTIER: Final = 2
DATES_OF_A_QUARTIER: Final = 2
#: Dates that the contract gives, on the page of dates; the list of actions shows the others.
MOST_DEADLINES: Final = 24


@dataclass(frozen=True)
class QuartierPage:
    """The page of a quartier."""

    facts: QuartierFacts
    tally: StateTally
    news: Sequence[NewsItem]
    #: The next days that `current` does not show: of bodies that meet, and those that the contract gives.
    dates: Sequence[OccurrenceLine | NextDeadline]
    #: Whether a body meets at all.
    meets: bool
    #: The bodies, those that do not meet today last: the first are read, the others are folded.
    bodies: Sequence[Representation]
    #: What staff said of them, by slug.
    body_states: Mapping[str, CodedTerm]
    #: What people can do here now.
    current: Current
    #: The bodies that take words now.
    listening: Sequence[ListeningPlace]


def quartier_page(slug: str, language: str) -> QuartierPage | None:
    """The page of a quartier; 10 statements, 7 where nobody meets and nobody listens: it has no body."""
    facts = quartier_facts(slug)
    if facts is None:
        return None
    # In a quartier without a body nobody meets and nobody listens.
    events = events_of_quartier(facts.id, language) if facts.bodies else []
    heard = heard_in(facts.id) if facts.bodies else HeardInQuartier([], {})
    # The button at its head says who listens.
    current = current_activities(language, quartiers=[facts.id], known={MEETINGS: events, LISTENING: ()})
    meetings = coming(events, clock.now())
    deadlines = next_deadlines(
        limit=DATES_OF_A_QUARTIER, today=clock.today(), language=language, quartier_id=facts.id
    )
    return QuartierPage(
        facts,
        tally(quartier_id=facts.id),
        latest_news(limit=NEWS_OF_A_QUARTIER, language=language, quartier_id=facts.id),
        _soonest(_beside(current, meetings), deadlines)[:DATES_OF_A_QUARTIER],
        bool(meetings),
        sorted(facts.bodies, key=lambda body: _asleep(body, heard.states.get(body.slug))),
        heard.states,
        current,
        heard.listening,
    )


def _asleep(body: Representation, state: CodedTerm | None) -> bool:
    """Whether it does not meet today, as its staff say, else as the contract does."""
    return state.code == ASLEEP if state is not None else body.active is False


def _beside(current: Current, meetings: Sequence[OccurrenceLine]) -> list[OccurrenceLine]:
    """The dates that « En ce moment » does not show."""
    here = clock.zone()
    shown = {
        (activity.title, activity.span.opens_at.astimezone(here).date())
        for activity in current.shown
        if activity.span.opens_at is not None
    }
    return [each for each in meetings if (each.event.title, each.day) not in shown]


def _soonest(
    meetings: Sequence[OccurrenceLine], deadlines: Sequence[NextDeadline]
) -> list[OccurrenceLine | NextDeadline]:
    """Days on which people meet come before those that the contract gives."""
    return sorted(
        [*meetings, *deadlines], key=lambda each: each.day if isinstance(each, OccurrenceLine) else each.on
    )


@dataclass(frozen=True)
class QuartierDates:
    """All the days ahead of a quartier."""

    meetings: Sequence[OccurrenceLine]
    deadlines: Sequence[NextDeadline]


def dates_ahead(quartier_id: int, language: str) -> QuartierDates:
    """When the bodies of a quartier meet, and the dates that the contract gives; 2 statements."""
    return QuartierDates(
        coming(events_of_quartier(quartier_id, language), clock.now(), MOST_LISTED, MOST_LISTED_OF_ONE),
        next_deadlines(limit=MOST_DEADLINES, today=clock.today(), language=language, quartier_id=quartier_id),
    )

"""The page of a quartier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cdv_civic.bodies.activities import MEETINGS
from cdv_civic.bodies.queries.bodies import states_of
from cdv_civic.bodies.queries.events import OccurrenceLine, coming, events_of_quartier
from cdv_civic.commitments.queries.summaries.deadlines import NextDeadline, next_deadlines
from cdv_civic.commitments.queries.summaries.news import NewsItem, latest_news
from cdv_civic.commitments.queries.summaries.tallies import StateTally, tally
from cdv_civic.core import clock
from cdv_civic.territory.activities.registry import Current, current_activities
from cdv_civic.territory.queries.quartiers import QuartierFacts, quartier_facts
from cdv_civic.territory.vocabulary import CodedTerm
from cdv_civic.voices.activities import LISTENING
from cdv_civic.voices.queries.listening import ListeningPlace, bodies_that_listen

NEWS_OF_A_QUARTIER: Final = 4
DATES_OF_A_QUARTIER: Final = 5
MEETINGS_OF_A_QUARTIER: Final = 4


@dataclass(frozen=True)
class QuartierPage:
    """The page of a quartier."""

    facts: QuartierFacts
    tally: StateTally
    news: Sequence[NewsItem]
    dates: Sequence[NextDeadline]
    #: Days on which bodies meet.
    meetings: Sequence[OccurrenceLine]
    #: What staff said of the bodies, by slug.
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
    places = bodies_that_listen(quartiers=[facts.id]) if facts.bodies else []
    return QuartierPage(
        facts,
        tally(quartier_id=facts.id),
        latest_news(limit=NEWS_OF_A_QUARTIER, language=language, quartier_id=facts.id),
        next_deadlines(
            limit=DATES_OF_A_QUARTIER, today=clock.today(), language=language, quartier_id=facts.id
        ),
        coming(events, clock.now(), MEETINGS_OF_A_QUARTIER),
        states_of(facts.contract, [body.slug for body in facts.bodies]),
        current_activities(language, quartiers=[facts.id], known={MEETINGS: events, LISTENING: places}),
        places,
    )

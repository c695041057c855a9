"""What is promised, as pages say it: a sentence, and links to the lists behind its figures."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from cdv_civic.commitments.queries.summaries.tallies import StateTally
from cdv_civic.pages import wording
from cdv_civic.territory.vocabulary import CodedTerm, CommitmentState


@dataclass(frozen=True)
class Promised:
    """What is promised, in figures and words."""

    total: int
    #: « 64 engagements : 9 réalisés, 21 en cours, 30 à vérifier. »
    sentence: str
    #: How many of them are ideas, studies, directions: not promises.
    not_promises: int
    #: State, number, address of the list that shows them.
    states: tuple[tuple[CommitmentState, int, str], ...]
    #: Theme (None: no theme), number, address (None: there is no such list).
    themes: tuple[tuple[CodedTerm | None, int, str | None], ...]
    #: The list of them all.
    url: str


def promised(tally: StateTally, **where: Any) -> Promised:
    """A tally in words, with links to the list restricted to `where`."""
    parts = wording.in_states({state.code: count for state, count in tally.by_state})
    return Promised(
        tally.total,
        wording.promised_sentence(tally.total, parts),
        tally.total - tally.promises,
        tuple(
            (state, count, url_for("commitments.index", etat=state.code, **where))
            for state, count in tally.by_state
        ),
        tuple(
            (theme, count, url_for("commitments.index", theme=theme.code, **where) if theme else None)
            for theme, count in tally.by_theme
        ),
        url_for("commitments.index", **where),
    )

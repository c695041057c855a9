"""What is promised, as pages say it: a sentence, and links to the lists behind its figures."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from cdv_civic.commitments.queries.summaries.tallies import StateTally
from cdv_civic.pages import wording
from cdv_civic.territory.codes import TO_CHECK
from cdv_civic.territory.vocabulary import CodedTerm, CommitmentState


@dataclass(frozen=True)
class Promised:
    """What is promised, in figures and words."""

    total: int
    #: « Le contrat cite 49 actions : 10 promesses, 39 pistes et études. 13 sont réalisées. »
    sentence: str
    #: How many of them are ideas, studies, directions: not promises.
    leads: int
    #: Of how many nobody has said yet where they stand.
    to_check: int
    #: State, number, address of the list that shows them.
    states: tuple[tuple[CommitmentState, int, str], ...]
    #: Theme (None: no theme), number, address (None: there is no such list).
    themes: tuple[tuple[CodedTerm | None, int, str | None], ...]
    #: The list of them all.
    url: str


def promised(tally: StateTally, **where: Any) -> Promised:
    """A tally in words, with links to the list restricted to `where`; with `porteur`, the tally of an organisation."""
    return Promised(
        tally.total,
        wording.cited_sentence(
            tally.promises, tally.leads, tally.count("realise", "perenne"), of_holder="porteur" in where
        ),
        tally.leads,
        tally.count(TO_CHECK),
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

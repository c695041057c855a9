"""Corrections: a later version that is safe together with all before it, which everybody may have kept.

Whoever has two versions sees their difference. So the difference is published as a table of its own:

- Answers were added: theirs alone are put through the same rules. A count of the new version is the sum of both, where
  both are public. Old and added answers are of other people: what is hidden of one is dealt out anew whatever the other
  is, and no more is told than the two publications tell.
- Answers were removed: they are some of the old ones, so that no count of what stays may be more than the old one. They
  are taken out where nothing at all is hidden: of the old figures, of those removed, of those that stay.
- Where the version before shows no figures, as too few had answered, the next one is the first.
- Else the old figures stay, with the dated note that says why. That they do tells nothing: no number is given.

Rows of open data, and shares of points, are of the first version alone: the next ones would be a second equation. So is
what kinds of steps tell beside, which stays.
"""

from dataclasses import replace
from enum import StrEnum

from cdv_civic.consultations.results.published import (
    ChannelResult,
    CrossResult,
    PublishedResults,
    QuestionResult,
    ReadResult,
)
from cdv_civic.core.suppression import Published


class FigureChange(StrEnum):
    """What a version does to the figures of the one before it."""

    #: It is the first that shows any.
    FIRST = "first"
    #: Answers came to it.
    ADDED = "added"
    #: Answers were taken out.
    REMOVED = "removed"
    #: Both.
    REPLACED = "replaced"
    #: The figures stay: what changed is too little, or would give hidden counts away.
    KEPT = "kept"


def corrected(
    old: PublishedResults,
    *,
    added: PublishedResults | None = None,
    removed: PublishedResults | None = None,
    remaining: PublishedResults | None = None,
    anew: PublishedResults | None = None,
) -> tuple[PublishedResults, FigureChange]:
    """The version after `old`, and what it does to its figures.

    `added`, `removed`: what `publish` gives of the answers that were added or removed, alone (`None`: there are none);
    `remaining`: of the old ones without those removed; `anew`: of all there are now. An answer that was changed was
    removed, and one added. Groups and workshops of `added` stand with the old ones.
    """
    if old.total is None and anew is not None and anew.total is not None:
        return _next(old, anew, FigureChange.FIRST)
    base, change = old, FigureChange.KEPT
    if removed is not None:
        if remaining is None or not (old.whole and removed.whole and remaining.whole):
            return _next(old, old, FigureChange.KEPT)
        questions = tuple(replace(each, shares=None) for each in remaining.questions)
        base = replace(remaining, questions=questions, groups=old.groups, workshops=old.workshops)
        change = FigureChange.REMOVED
    if added is not None:
        if added.total is None or base.total is None:
            return _next(old, old, FigureChange.KEPT)
        base = _sum(base, added)
        change = FigureChange.ADDED if removed is None else FigureChange.REPLACED
    return _next(old, base, change)


def _next(
    old: PublishedResults, figures: PublishedResults, change: FigureChange
) -> tuple[PublishedResults, FigureChange]:
    version = replace(figures, rows=None, beside=old.beside, version=old.version + 1, change=change.value)
    return version, change


def _plus(first: Published, second: Published) -> Published:
    return None if first is None or second is None else first + second


def _cells(first: tuple[Published, ...], second: tuple[Published, ...]) -> tuple[Published, ...]:
    return tuple(map(_plus, first, second))


def _sum(old: PublishedResults, added: PublishedResults) -> PublishedResults:
    crosses = {(each.row_question, each.column_question): each for each in added.crosses}
    return replace(
        old,
        total=_plus(old.total, added.total),
        questions=tuple(_question(each, added.by_id[each.question]) for each in old.questions),
        crosses=tuple(_cross(each, crosses[each.row_question, each.column_question]) for each in old.crosses),
        channels=tuple(map(_channel, old.channels, added.channels)),
        groups=tuple(sorted((*old.groups, *added.groups), key=lambda group: (-group.people, group.choices))),
        workshops=(*old.workshops, *added.workshops),
    )


def _question(old: QuestionResult, added: QuestionResult) -> QuestionResult:
    places = None
    if old.places is not None and added.places is not None:
        places = tuple(
            tuple(one + other for one, other in zip(row, more, strict=True))
            for row, more in zip(old.places, added.places, strict=True)
        )
    return replace(
        old,
        total=_plus(old.total, added.total),
        least=min(old.least, added.least),
        most=max(old.most, added.most),
        answers=_cells(old.answers, added.answers),
        blanks=_plus(old.blanks, added.blanks),
        places=places,
        shares=None,
        reading=_reading(old.reading, added.reading),
    )


def _reading(old: ReadResult | None, added: ReadResult | None) -> ReadResult | None:
    """What was read in both; options that staff found in one of them alone are hidden in the other."""
    if old is None or added is None:
        return (
            old
            if added is None
            else replace(added, answers=(None,) * len(added.options), blanks=None, total=None)
        )
    told = [dict(zip(each.options, each.answers, strict=True)) for each in (old, added)]
    options = tuple(sorted({*old.options, *added.options}))
    answers = tuple(_plus(told[0].get(option), told[1].get(option)) for option in options)
    return ReadResult(options, answers, _plus(old.blanks, added.blanks), _plus(old.total, added.total))


def _cross(old: CrossResult, added: CrossResult) -> CrossResult:
    return replace(old, cells=tuple(map(_cells, old.cells, added.cells)))


def _channel(old: ChannelResult, added: ChannelResult) -> ChannelResult:
    proofs = tuple(
        (proof, _plus(count, more))
        for (proof, count), (_proof, more) in zip(old.proofs, added.proofs, strict=True)
    )
    return replace(old, answers=_plus(old.answers, added.answers), proofs=proofs)

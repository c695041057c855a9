"""Groups of people who answer alike: sizes and typical sentences, or nothing where there are none.

Answers are a table of people by sentences: 1 agrees, -1 does not, 0 passed or did not come to it. Each sentence is
brought to mean 0 and spread 1 over those who took a side, so that none weighs more than another; whoever took none
stands at 0. People are placed along the first components (PCA) and parted by k-means, in as many groups as have the
best silhouette. What chance alone makes is no group, so all of this must hold:

- `LEAST_PEOPLE` people took a side on `LEAST_SIDES` sentences each; nobody else is looked at.
- A component counts only if it is stronger, by `MARGIN`, than any of `SHUFFLES` tables in which the answers to each
  sentence are dealt out anew among those who gave them (parallel analysis: Horn 1965). In these sentences have nothing
  to do with each other, so that no group of theirs is one.
- Each group has `LEAST_GROUP` people or more, and the silhouette is `LEAST_SILHOUETTE` or more.
- It is stable: from each of `BOOTSTRAPS` tables of as many people, drawn with replacement, the same is made, and all
  people are parted by it. On average both partitions agree as far as an adjusted Rand index of `STABLE` (Hubert and
  Arabie 1985; 1 is the same, 0 is chance).

The same answers give the same groups, whatever their order and the machine: rows are sorted, components turned so that
their largest weight is positive, all chance comes from `SEED`. Labels of people never leave this module.

Pure: plain values in and out. Beyond `MOST_PEOPLE` every so many of the sorted rows stand for all: it takes some two
seconds at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

import numpy as np

_Table: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
_Labels: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

LEAST_PEOPLE: Final = 50
LEAST_SIDES: Final = 7
LEAST_GROUP: Final = 10
MOST_GROUPS: Final = 5
MOST_COMPONENTS: Final = 2
MOST_PEOPLE: Final = 600
LEAST_SILHOUETTE: Final = 0.3
BOOTSTRAPS: Final = 100
STABLE: Final = 0.8
SHUFFLES: Final = 100
MARGIN: Final = 1.15
SEED: Final = 20_240_331
#: Beginnings of k-means, of which the best is kept; and its longest way.
_STARTS: Final = 4
_STEPS: Final = 60
#: Sentences that tell what is typical of a group, and how many of a hundred of it must be on their side.
MOST_TYPICAL: Final = 3
TYPICAL: Final = 60


class NoGroups(StrEnum):
    """Why nothing is told."""

    FEW = "few"
    #: No component is stronger than chance.
    CHANCE = "chance"
    #: No partition has groups that are large and apart enough.
    SMALL = "small"
    UNSTABLE = "unstable"


@dataclass(frozen=True)
class OpinionGroup:
    """A group, without anybody’s name or place."""

    people: int
    #: The places of sentences that tell it from the others, each with the side most of it takes: 1 or -1.
    typical: tuple[tuple[int, int], ...]


def opinion_groups(answers: Sequence[Sequence[int]]) -> tuple[OpinionGroup, ...] | NoGroups:
    """The groups of people who answer alike, the largest first; or why there are none. `answers`: by person."""
    table = np.asarray(answers, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < LEAST_SIDES:
        return NoGroups.FEW
    table = table[np.count_nonzero(table, axis=1) >= LEAST_SIDES]
    if len(table) < LEAST_PEOPLE:
        return NoGroups.FEW
    table = table[np.lexsort(table.T[::-1])]
    drawn = _every_so_many(table)
    chance = np.random.Generator(np.random.PCG64(SEED))
    components = _beyond_chance(drawn, chance)
    if not components:
        return NoGroups.CHANCE
    best: tuple[float, _Model] | None = None
    for count in range(2, MOST_GROUPS + 1):
        model = _fit(drawn, components, count, np.random.Generator(np.random.PCG64([SEED, count])))
        labels = model.labels(table)
        if len(np.unique(labels)) < count or np.bincount(labels, minlength=count).min() < LEAST_GROUP:
            continue
        score = _silhouette(model.places(drawn), model.labels(drawn))
        if score >= LEAST_SILHOUETTE and (best is None or score > best[0]):
            best = score, model
    if best is None:
        return NoGroups.SMALL
    if _stability(drawn, best[1], components, chance) < STABLE:
        return NoGroups.UNSTABLE
    return _described(table, best[1].labels(table), len(best[1].centres))


def _every_so_many(table: _Table) -> _Table:
    if len(table) <= MOST_PEOPLE:
        return table
    return table[np.linspace(0, len(table) - 1, MOST_PEOPLE).astype(np.int64)]


# --- components -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Model:
    """What was learned of a table: how its rows are placed, and the centres of groups."""

    mean: _Table
    spread: _Table
    axes: _Table
    centres: _Table

    def places(self, table: _Table) -> _Table:
        """Where people stand; who took few sides is not drawn to the middle for it."""
        sides = np.count_nonzero(table, axis=1)
        turned: _Table = _scaled(table, self.mean, self.spread) @ self.axes
        turned *= np.sqrt(table.shape[1] / np.maximum(sides, 1))[:, None]
        return turned

    def labels(self, table: _Table) -> _Labels:
        """The nearest centre of each."""
        return _nearest(self.places(table), self.centres)


def _mean_and_spread(table: _Table) -> tuple[_Table, _Table]:
    taken = table != 0
    count = np.maximum(taken.sum(axis=0), 1)
    mean = table.sum(axis=0) / count
    spread = np.sqrt(np.where(taken, (table - mean) ** 2, 0.0).sum(axis=0) / count)
    # A sentence on which all are of one mind tells nobody apart.
    return mean, np.where(spread > 0.05, spread, np.inf)


def _scaled(table: _Table, mean: _Table, spread: _Table) -> _Table:
    return np.where(table != 0, (table - mean) / spread, 0.0)


def _correlation(table: _Table) -> _Table:
    scaled = _scaled(table, *_mean_and_spread(table))
    found: _Table = scaled.T @ scaled / len(table)
    return found


def _axes(table: _Table, components: int) -> _Table:
    """The first components, each turned so that its largest weight is positive."""
    _values, vectors = np.linalg.eigh(_correlation(table))
    axes = vectors[:, ::-1][:, :components]
    # Rounded, so that two weights that are alike but for their sign choose the same on every machine.
    largest = np.argmax(np.round(np.abs(axes), 9), axis=0)
    signs = np.sign(axes[largest, np.arange(axes.shape[1])])
    turned: _Table = axes * np.where(signs == 0, 1.0, signs)
    return turned


def _beyond_chance(table: _Table, chance: np.random.Generator) -> int:
    """How many of the first components are stronger than any that chance makes."""
    strongest = np.zeros(MOST_COMPONENTS)
    for _shuffle in range(SHUFFLES):
        values = np.linalg.eigvalsh(_correlation(_shuffled(table, chance)))[::-1][:MOST_COMPONENTS]
        strongest = np.maximum(strongest, values)
    found = np.linalg.eigvalsh(_correlation(table))[::-1][:MOST_COMPONENTS]
    beyond = found > strongest * MARGIN
    return int(np.argmin(beyond)) if not beyond.all() else MOST_COMPONENTS


def _shuffled(table: _Table, chance: np.random.Generator) -> _Table:
    """The sides that were taken on each sentence, dealt out anew among those who took them."""
    found = table.copy()
    for column in range(table.shape[1]):
        taken = np.flatnonzero(table[:, column])
        found[taken, column] = table[taken[np.argsort(chance.random(len(taken)))], column]
    return found


# --- groups ---------------------------------------------------------------------------------------------------------


def _fit(table: _Table, components: int, count: int, chance: np.random.Generator) -> _Model:
    mean, spread = _mean_and_spread(table)
    model = _Model(mean, spread, _axes(table, components), np.zeros((0, components)))
    return _Model(mean, spread, model.axes, _centres(model.places(table), count, chance))


def _centres(places: _Table, count: int, chance: np.random.Generator) -> _Table:
    """Of k-means from several beginnings, the centres that lie nearest to all; from left to right."""
    best: tuple[float, _Table] = np.inf, places[:count]
    for start in range(_STARTS):
        first = int(np.argmax(((places - places.mean(axis=0)) ** 2).sum(axis=1)))
        if start:
            first = int(chance.random() * len(places))
        centres = _settled(places, _far_apart(places, first, count))
        cost = round(float(_squares(places, centres).min(axis=1).sum()), 6)
        if cost < best[0]:
            best = cost, centres
    return best[1][np.lexsort(best[1].T[::-1])]


def _far_apart(places: _Table, first: int, count: int) -> _Table:
    chosen = [first]
    while len(chosen) < count:
        chosen.append(int(np.argmax(np.round(_squares(places, places[chosen]).min(axis=1), 9))))
    return places[chosen]


def _settled(places: _Table, centres: _Table) -> _Table:
    labels = _nearest(places, centres)
    for _step in range(_STEPS):
        centres = np.stack(
            [
                places[labels == each].mean(axis=0) if (labels == each).any() else centres[each]
                for each in range(len(centres))
            ]
        )
        again = _nearest(places, centres)
        if (again == labels).all():
            break
        labels = again
    return centres


def _squares(places: _Table, centres: _Table) -> _Table:
    found: _Table = ((places[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return found


def _nearest(places: _Table, centres: _Table) -> _Labels:
    found: _Labels = np.argmin(np.round(_squares(places, centres), 9), axis=1)
    return found


def _silhouette(places: _Table, labels: _Labels) -> float:
    """The average silhouette (Rousseeuw 1987)."""
    distances = np.sqrt(_squares(places, places))
    groups = np.unique(labels)
    sums = np.stack([distances[:, labels == each].sum(axis=1) for each in groups], axis=1)
    sizes = np.array([(labels == each).sum() for each in groups])
    own = np.searchsorted(groups, labels)
    rows = np.arange(len(labels))
    inside = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    widest = np.maximum(inside, outside)
    values = np.where(
        (widest > 0) & (sizes[own] > 1), (outside - inside) / np.where(widest > 0, widest, 1.0), 0.0
    )
    return float(values.mean())


def _stability(table: _Table, model: _Model, components: int, chance: np.random.Generator) -> float:
    labels, total = model.labels(table), 0.0
    for _draw in range(BOOTSTRAPS):
        drawn = table[(chance.random(len(table)) * len(table)).astype(np.int64)]
        total += adjusted_rand(labels, _fit(drawn, components, len(model.centres), chance).labels(table))
    return total / BOOTSTRAPS


def adjusted_rand(one: _Labels, other: _Labels) -> float:
    """How far two partitions of the same people agree, beyond chance: 1 is the same one."""
    counts = np.zeros((int(one.max()) + 1, int(other.max()) + 1))
    np.add.at(counts, (one, other), 1)

    def pairs(numbers: _Table) -> float:
        return float((numbers * (numbers - 1) / 2).sum())

    both, first, second = pairs(counts), pairs(counts.sum(axis=1)), pairs(counts.sum(axis=0))
    every = len(one) * (len(one) - 1) / 2
    expected = first * second / every if every else 0.0
    most = (first + second) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


# --- what is told ---------------------------------------------------------------------------------------------------


def _described(table: _Table, labels: _Labels, count: int) -> tuple[OpinionGroup, ...]:
    found = [
        OpinionGroup(int((labels == each).sum()), _typical(table[labels == each], table[labels != each]))
        for each in range(count)
    ]
    return tuple(sorted(found, key=lambda group: (-group.people, group.typical)))


def _typical(group: _Table, others: _Table) -> tuple[tuple[int, int], ...]:
    """The sentences on which a group lies farthest from all others, and most of it takes one side."""
    own, apart = _agreeing(group), _agreeing(others)
    sides = np.count_nonzero(group, axis=0)
    order = np.lexsort((np.arange(len(own)), -np.round(np.abs(own - apart), 9)))
    found: list[tuple[int, int]] = []
    for at in order:
        share = float(max(own[at], 1 - own[at]))
        if 100 * share >= TYPICAL and sides[at] >= LEAST_GROUP // 2 and abs(own[at] - apart[at]) >= 0.2:
            found.append((int(at), 1 if own[at] > 0.5 else -1))
    return tuple(found[:MOST_TYPICAL])


def _agreeing(table: _Table) -> _Table:
    """The share of those who took a side that agreed, drawn to the middle where few did."""
    found: _Table = ((table > 0).sum(axis=0) + 1) / (np.count_nonzero(table, axis=0) + 2)
    return found

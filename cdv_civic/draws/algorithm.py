"""The draw itself: the same list and the same seed always give the same people, on any machine.

1. Candidates are put in the order of SHA-256("list's hash|seed|label"), written in hexadecimal.
2. One walks along it and takes each person unless the quotas could not be met any more: before each taking, a search
   looks whether the remaining seats can still be filled from those who come after.
3. Whoever comes next in the same order is a substitute.

Where the quotas cannot be met at all, none is relaxed in silence: as many seats as the upper limits allow are filled;
then, category after category and value after value in the order of the list, the highest minimum that can be met is
kept. What is missing is part of the result. An upper limit is never passed.

The library sortition-algorithms was looked at and left: it brings a solver, NumPy and the clients of spreadsheets, and
nobody could do its draw again by hand. What is here needs Python alone.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cdv_civic.draws.rules import Candidate, Category, PublishedList

#: A search that takes more steps is given up (`TooHard`). It is part of the rules: a person whom it would let in is
#: passed over, and what was found before still meets the quotas.
MOST_STEPS: Final = 4000

#: A value's place in each category.
Profile = tuple[int, ...]
Bounds = tuple[tuple[int, ...], ...]


class TooHard(Exception):
    """Too many categories and values for a search that anybody can do again."""


@dataclass(frozen=True)
class Shortfall:
    """What could not be met. Without a category: seats that stay empty, or (`substitutes`) the list behind them."""

    missing: int
    category: str = ""
    value: str = ""
    substitutes: bool = False


@dataclass(frozen=True)
class Result:
    """Who is drawn, by label, in the order in which they came."""

    seats: tuple[str, ...]
    substitutes: tuple[str, ...]
    shortfalls: tuple[Shortfall, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Plain values, as they are published."""
        return {
            "seats": list(self.seats),
            "substitutes": list(self.substitutes),
            "shortfalls": [
                {
                    "missing": each.missing,
                    "category": each.category,
                    "value": each.value,
                    "substitutes": each.substitutes,
                }
                for each in self.shortfalls
            ],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Result":
        """What `as_data` gave."""
        return cls(
            tuple(data["seats"]),
            tuple(data["substitutes"]),
            tuple(Shortfall(**each) for each in data["shortfalls"]),
        )


@dataclass(frozen=True)
class Wanted:
    """How many are taken, and for each value at least and at most how many."""

    number: int
    least: Bounds
    most: Bounds

    def after(self, profile: Profile, taken: int = 1) -> "Wanted":
        """What is wanted once `taken` people of a profile are in."""
        return Wanted(
            self.number - taken,
            _lowered(self.least, profile, taken),
            _lowered(self.most, profile, taken),
        )


def _lowered(bounds: Bounds, profile: Profile, taken: int) -> Bounds:
    return tuple(
        tuple(max(0, each - taken) if place == own else each for place, each in enumerate(row))
        for row, own in zip(bounds, profile, strict=True)
    )


class _Search:
    """Looks for numbers of people by profile that meet what is wanted."""

    def __init__(self) -> None:
        self.steps = 0
        self.failed: set[object] = set()

    def find(self, wanted: Wanted, supply: Mapping[Profile, int]) -> dict[Profile, int] | None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooHard
        tightened = _tighten(wanted, supply)
        if tightened is None:
            return None
        wanted, supply = tightened
        if wanted.number == 0:
            return {}
        key = (wanted, tuple(sorted(supply.items())))
        if key in self.failed:
            return None
        profile = _narrowest(wanted, supply)
        rest = {each: number for each, number in supply.items() if each != profile}
        share = round(wanted.number * supply[profile] / sum(supply.values()))
        for number in sorted(range(supply[profile] + 1), key=lambda each: (abs(each - share), each)):
            if any(row[own] < number for row, own in zip(wanted.most, profile, strict=True)):
                continue
            found = self.find(wanted.after(profile, number), rest)
            if found is not None:
                return {**found, profile: number}
        self.failed.add(key)
        return None


def _tighten(wanted: Wanted, supply: Mapping[Profile, int]) -> tuple[Wanted, dict[Profile, int]] | None:
    """The same question with its limits drawn as near as plain counting can; None where there is no answer."""
    number = wanted.number
    least, most = [list(row) for row in wanted.least], [list(row) for row in wanted.most]
    left = dict(supply)
    while True:
        left = {
            profile: capacity
            for profile, there in left.items()
            if (capacity := min(there, number, *(most[row][own] for row, own in enumerate(profile)))) > 0
        }
        if number > sum(left.values()):
            return None
        changed = False
        for row, limits in enumerate(most):
            capacities = _capacities(row, left, most)
            for own, limit in enumerate(limits):
                if capacities.get(own, 0) < limit:
                    limits[own], changed = capacities.get(own, 0), True
            lows, highs = sum(least[row]), sum(limits)
            if lows > number or highs < number or any(map(int.__gt__, least[row], limits)):
                return None
            for own in range(len(limits)):
                low = max(least[row][own], number - (highs - limits[own]))
                high = min(limits[own], number - (lows - least[row][own]))
                if (low, high) != (least[row][own], limits[own]):
                    lows += low - least[row][own]
                    highs += high - limits[own]
                    least[row][own], limits[own], changed = low, high, True
        if not changed:
            return Wanted(number, tuple(map(tuple, least)), tuple(map(tuple, most))), left


def _capacities(row: int, left: Mapping[Profile, int], most: Sequence[Sequence[int]]) -> dict[int, int]:
    """For each value of a category, how many of it there can be, seen from each other category in turn."""
    capacities: Counter[int] = Counter()
    for profile, there in left.items():
        capacities[profile[row]] += there
    for other in range(len(most)):
        if other == row:
            continue
        pairs: Counter[tuple[int, int]] = Counter()
        for profile, there in left.items():
            pairs[profile[row], profile[other]] += there
        seen: Counter[int] = Counter()
        for (own, theirs), there in pairs.items():
            seen[own] += min(there, most[other][theirs])
        for own in capacities:
            capacities[own] = min(capacities[own], seen[own])
    return capacities


def _narrowest(wanted: Wanted, supply: Mapping[Profile, int]) -> Profile:
    """A profile of the value that leaves the fewest ways open: a search that fails there fails soon."""
    kinds: Counter[tuple[int, int]] = Counter()
    for profile in supply:
        kinds.update(enumerate(profile))

    def width(profile: Profile) -> tuple[int, int, Profile]:
        ways = [
            (kinds[row, own] - 1) * (wanted.most[row][own] - wanted.least[row][own] + 1)
            for row, own in enumerate(profile)
        ]
        return min(ways, default=0), -supply[profile], profile

    return min(supply, key=width)


def completion(wanted: Wanted, supply: Mapping[Profile, int]) -> dict[Profile, int] | None:
    """Numbers of people by profile that meet what is wanted, or None; raises `TooHard`."""
    return _Search().find(wanted, supply)


def _profiles(categories: Sequence[Category], candidates: Iterable[Candidate]) -> dict[str, Profile]:
    places = [{value.name: place for place, value in enumerate(category.values)} for category in categories]
    return {
        each.label: tuple(place[said] for place, said in zip(places, each.profile, strict=True))
        for each in candidates
    }


def settle(published: PublishedList) -> tuple[Wanted, tuple[Shortfall, ...]]:
    """What can be had from a list, and what is missing to all that was wanted; raises `TooHard`."""
    supply = Counter(_profiles(published.categories, published.candidates).values())
    rows = [category.values for category in published.categories]
    most = tuple(
        tuple(published.seats if value.most is None else value.most for value in row) for row in rows
    )
    all_wanted = Wanted(published.seats, tuple(tuple(value.least for value in row) for row in rows), most)
    if completion(all_wanted, supply) is not None:
        return all_wanted, ()
    none = tuple(tuple(0 for _value in row) for row in rows)
    wanted = next(
        each
        for number in range(min(published.seats, len(published.candidates)), -1, -1)
        if completion(each := Wanted(number, none, most), supply) is not None
    )
    missing = published.seats - wanted.number
    shortfalls = [Shortfall(missing)] if missing else []
    for row, category in enumerate(published.categories):
        for own, value in enumerate(category.values):
            for low in range(value.least, 0, -1):
                raised = _with(wanted, row, own, low)
                if completion(raised, supply) is not None:
                    wanted = raised
                    break
            else:
                low = 0
            if low < value.least:
                shortfalls.append(Shortfall(value.least - low, category.name, value.name))
    return wanted, tuple(shortfalls)


def _with(wanted: Wanted, row: int, own: int, low: int) -> Wanted:
    least = [list(each) for each in wanted.least]
    least[row][own] = low
    return Wanted(wanted.number, tuple(map(tuple, least)), wanted.most)


def order(candidates: Iterable[Candidate], list_hash: str, seed: str) -> list[Candidate]:
    """The candidates in the order of the lot."""
    return sorted(
        candidates,
        key=lambda each: hashlib.sha256(f"{list_hash}|{seed}|{each.label}".encode()).hexdigest(),
    )


def draw(published: PublishedList, list_hash: str, seed: str) -> Result:
    """Who is drawn from a list, by its hash and a normalised seed; raises `TooHard` where `settle` does."""
    wanted, shortfalls = settle(published)
    profiles = _profiles(published.categories, published.candidates)
    supply = Counter(profiles.values())
    plan = completion(wanted, supply) or {}
    passed_over: set[Profile] = set()
    taken: list[str] = []
    others: list[str] = []
    for candidate in order(published.candidates, list_hash, seed):
        profile = profiles[candidate.label]
        supply[profile] -= 1
        if wanted.number and profile not in passed_over and not plan.get(profile):
            # Those of a profile that stays out are all left out, so the plan for the others is kept.
            changed = _exchanged(plan, profile, wanted) or _plan_with(wanted, profile, supply)
            if changed is None:
                passed_over.add(profile)
                supply[profile] = 0
            else:
                plan = changed
        if wanted.number and plan.get(profile):
            plan[profile] -= 1
            wanted = wanted.after(profile)
            taken.append(candidate.label)
        else:
            others.append(candidate.label)
    substitutes = tuple(others[: published.substitutes])
    behind = published.substitutes - len(substitutes)
    if behind:
        shortfalls += (Shortfall(behind, substitutes=True),)
    return Result(tuple(taken), substitutes, shortfalls)


def _exchanged(plan: Mapping[Profile, int], profile: Profile, wanted: Wanted) -> dict[Profile, int] | None:
    """The plan with one of `profile` in place of another; None where that is not enough. Saves most searches."""
    totals: Counter[tuple[int, int]] = Counter()
    for each, number in plan.items():
        for place in enumerate(each):
            totals[place] += number
    for each, number in plan.items():
        if number and all(
            own == other
            or (totals[row, own] < wanted.most[row][own] and totals[row, other] > wanted.least[row][other])
            for row, (own, other) in enumerate(zip(profile, each, strict=True))
        ):
            return {**plan, each: number - 1, profile: 1}
    return None


def _plan_with(wanted: Wanted, profile: Profile, supply: Mapping[Profile, int]) -> dict[Profile, int] | None:
    """A plan in which one of `profile` is taken; None where there is none, or none was found in time."""
    if any(row[own] == 0 for row, own in zip(wanted.most, profile, strict=True)):
        return None
    try:
        found = completion(wanted.after(profile), supply)
    except TooHard:
        return None
    return None if found is None else {**found, profile: found.get(profile, 0) + 1}

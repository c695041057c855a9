"""An attacker who reads all that was published of a consultation together, and solves it by integer programming.

`attack` takes what was published as JSON, one version after the other, and says of which hidden counts the possible
values lie less than the threshold apart. The attacker knows the form of the consultation, all public numbers of all
versions, the open data, and what the rules let one know: that fewer than twice the threshold answered where nothing is
told, and that somebody stands in what is hidden of blanks and channels, which are told where nobody does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

SEVERAL: Final = ("multiple", "pick", "points")

#: A sum of numbers that are not known: number of a variable -> how often; None: what is known.
Sum = dict[int | None, float]
Vector = np.ndarray[Any, np.dtype[np.float64]]


def plus(*parts: Sum) -> Sum:
    found: Sum = {}
    for part in parts:
        for variable, times in part.items():
            found[variable] = found.get(variable, 0) + times
    return found


def minus(part: Sum) -> Sum:
    return {variable: -times for variable, times in part.items()}


@dataclass
class Solver:
    """Numbers of people that are not known, and what is known of them."""

    count: int = 0
    rows: list[tuple[Sum, float, float]] = field(default_factory=list)
    least: dict[int, float] = field(default_factory=dict)

    def number(self, least: float = 0) -> Sum:
        self.least[self.count] = least
        self.count += 1
        return {self.count - 1: 1}

    def between(self, part: Sum, low: float, high: float = np.inf) -> None:
        self.rows.append((part, low, high))

    def equal(self, one: Sum, other: Sum) -> None:
        self.between(plus(one, minus(other)), 0, 0)

    def known(self, part: Sum, value: float) -> None:
        self.between(part, value, value)

    def ends(self, parts: Sequence[Sum], enough: int) -> list[tuple[float, float]]:
        """The smallest and largest possible value of each sum, or two that lie `enough` apart or more."""
        value = self._solved()
        rows = [(without(row, value), low, high) for row, low, high in self.rows]
        for row, low, high in rows:
            if not row.keys() - {None}:
                assert low <= row.get(None, 0) <= high, "what was published cannot be true"
        free = [without(part, value) for part in parts]
        found = [(part.get(None, 0), part.get(None, 0)) for part in free]
        for numbers in self._apart([row for row, _low, _high in rows] + free):
            of_these = {at: part for at, part in enumerate(free) if part.keys() & numbers}
            if of_these:
                own = [each for each in rows if each[0].keys() & numbers]
                for at, ends in self._ends(sorted(numbers), own, of_these, enough).items():
                    found[at] = ends
        return found

    def _solved(self) -> dict[int, float]:
        """The variables that are the only one of an equation, once the others are known."""
        value: dict[int, float] = {}
        equal = [(row, low) for row, low, high in self.rows if low == high]
        while True:
            before = len(value)
            for row, known in equal:
                left = [
                    variable
                    for variable in row
                    if variable is not None and variable not in value and row[variable]
                ]
                if len(left) == 1:
                    rest = without(row, value)
                    value[left[0]] = (known - rest.get(None, 0)) / rest[left[0]]
            if len(value) == before:
                assert all(each >= self.least[variable] for variable, each in value.items()), "cannot be true"
                return value

    def _apart(self, rows: Sequence[Sum]) -> list[set[int]]:
        """The variables, those together that stand together in any row."""
        up = list(range(self.count))

        def root(number: int) -> int:
            while up[number] != number:
                up[number] = number = up[up[number]]
            return number

        for row in rows:
            numbers = [variable for variable in row if variable is not None]
            for number in numbers[1:]:
                up[root(number)] = root(numbers[0])
        found: dict[int, set[int]] = {}
        for number in range(self.count):
            found.setdefault(root(number), set()).add(number)
        return list(found.values())

    def _ends(
        self,
        numbers: Sequence[int],
        rows: Sequence[tuple[Sum, float, float]],
        parts: Mapping[int, Sum],
        enough: int,
    ) -> dict[int, tuple[float, float]]:
        """The ends of some sums. What one solution shows of the others is not asked again."""
        place = {number: at for at, number in enumerate(numbers)}

        def vector(part: Sum) -> Vector:
            found = np.zeros(len(numbers))
            for variable, times in part.items():
                if variable is not None:
                    found[place[variable]] = times
            return found

        matrix = np.array([vector(row) for row, _low, _high in rows]).reshape(len(rows), len(numbers))
        fixed = np.array([row.get(None, 0) for row, _low, _high in rows])
        low = np.array([low for _row, low, _high in rows]) - fixed
        high = np.array([high for _row, _low, high in rows]) - fixed
        rules = [LinearConstraint(matrix, low, high)] if rows else []
        bounds = Bounds(np.array([self.least[number] for number in numbers]), np.inf)
        aims = {at: vector(part) for at, part in parts.items()}
        seen: dict[int, set[float]] = {at: set() for at in parts}
        for at, aim in aims.items():
            for sign in (1, -1):
                if seen[at] and max(seen[at]) - min(seen[at]) >= enough:
                    break
                done = milp(sign * aim, integrality=np.ones(len(numbers)), bounds=bounds, constraints=rules)
                if done.status == 3:  # no bound
                    seen[at] |= {0, np.inf}
                    break
                assert done.status == 0, (done.status, "what was published cannot be true")
                for other, of_other in aims.items():
                    fixed_part = parts[other].get(None, 0)
                    seen[other].add(round(float(of_other @ done.x) + fixed_part))
        return {at: (min(values), max(values)) for at, values in seen.items()}


def without(part: Sum, value: Mapping[int, float]) -> Sum:
    """A sum in which some of the numbers are known."""
    found: Sum = {}
    for variable, times in part.items():
        if variable is None or variable in value:
            found[None] = found.get(None, 0) + times * (1 if variable is None else value[variable])
        elif times:
            found[variable] = times
    return found


#: What one count is called: the path to it in what was published.
Name = tuple[object, ...]


@dataclass
class People:
    """The counts of some answers, as sums of numbers that are not known."""

    cells: dict[Name, Sum] = field(default_factory=dict)


def told_by(content: Mapping[str, Any]) -> dict[Name, int | None]:
    """All counts of a publication by name; None: hidden."""
    found: dict[Name, int | None] = {("total",): content["total"]}
    for question in content["questions"]:
        number = question["question"]
        for cell in question["cells"]:
            found["cell", number, cell["key"]] = cell["answers"]
        found["blank", number] = question["blank"]["answers"]
        if question["kind"] == "rank":
            found |= told_of_places(question)
        if question["reading"] is not None:
            for cell in question["reading"]["cells"]:
                found["read", number, cell["key"]] = cell["answers"]
            found["unread", number] = question["reading"]["blank"]["answers"]
    for cross in content["crosses"]:
        pair = cross["row_question"], cross["column_question"]
        for cell in cross["cells"]:
            found["cross", *pair, cell["row"], cell["column"]] = cell["answers"]
    for channel in content["channels"]:
        found["channel", channel["channel"]] = channel["answers"]
        for proof in channel["proofs"]:
            found["proof", channel["channel"], proof["proof"]] = proof["answers"]
    return found


def told_of_places(question: Mapping[str, Any]) -> dict[Name, int | None]:
    keys = [cell["key"] for cell in question["cells"]]
    places: list[Any] = [*range(1, question["most"] + 1)]
    if question["least"] < len(keys):
        places.append("none")
    shown = question["places"] or [[None] * len(places)] * len(keys)
    return {
        ("place", question["question"], key, place): count
        for key, row in zip(keys, shown, strict=True)
        for place, count in zip(places, row, strict=True)
        if place != 1
    }


def people_of(solver: Solver, content: Mapping[str, Any]) -> People:
    """What is true of any answers to the questions of a publication, whatever they are."""
    cells = {name: solver.number() for name in told_by(content)}
    #: Option -> those who chose it.
    numbers = {each["question"] for each in content["questions"] if each["kind"] == "number"}
    chose = {name[2]: part for name, part in cells.items() if name[0] == "cell" and name[1] not in numbers}
    for question in content["questions"]:
        number = question["question"]
        asked = cells["total",] if question["condition"] is None else chose[question["condition"]]
        answered = plus(asked, minus(cells["blank", number]))
        solver.between(answered, 0)
        given = [cells["cell", number, cell["key"]] for cell in question["cells"]]
        if question["kind"] in SEVERAL and len(given) > 1:
            several(solver, given, answered, question["least"], question["most"])
        else:
            solver.equal(plus(*given), answered)
        if question["kind"] == "rank":
            ranks(solver, cells, question, answered)
            for cell in question["cells"]:
                left = cells.get(("place", number, cell["key"], "none"), {})
                chose[cell["key"]] = plus(answered, minus(left))
        if question["reading"] is not None:
            read = [cells["read", number, cell["key"]] for cell in question["reading"]["cells"]]
            known = plus(answered, minus(cells["unread", number]))
            solver.between(known, 0)
            several(solver, read, known, 1, len(read))
    for cross in content["crosses"]:
        crossed(solver, cells, cross)
    if content["channels"]:
        channels = [each["channel"] for each in content["channels"]]
        solver.equal(plus(*(cells["channel", each] for each in channels)), cells["total",])
        for channel in content["channels"]:
            proofs = [cells["proof", channel["channel"], each["proof"]] for each in channel["proofs"]]
            solver.equal(plus(*proofs), cells["channel", channel["channel"]])
    return People(cells)


def several(solver: Solver, given: Sequence[Sum], answered: Sum, least: int, most: int) -> None:
    for each in given:
        solver.between(plus(answered, minus(each)), 0)
    every = plus(*given)
    solver.between(plus(every, *[minus(answered)] * least), 0)
    solver.between(plus(*[answered] * most, minus(every)), 0)


def ranks(solver: Solver, cells: Mapping[Name, Sum], question: Mapping[str, Any], answered: Sum) -> None:
    number, keys = question["question"], [cell["key"] for cell in question["cells"]]
    of_option = {
        key: [
            cells["cell", number, key],
            *(cells["place", number, key, place] for place in range(2, question["most"] + 1)),
        ]
        for key in keys
    }
    for key, row in of_option.items():
        left = cells.get(("place", number, key, "none"), {})
        solver.equal(plus(*row, left), answered)
    at = [plus(*column) for column in zip(*of_option.values(), strict=True)]
    for place, (before, after) in enumerate(pairwise(at), 2):
        solver.between(plus(before, minus(after)), 0, 0 if place <= question["least"] else np.inf)


def crossed(solver: Solver, cells: Mapping[Name, Sum], cross: Mapping[str, Any]) -> None:
    pair = cross["row_question"], cross["column_question"]
    for side, other in (("row", "column"), ("column", "row")):
        question = cross[f"{side}_question"]
        for key in dict.fromkeys(cell[side] for cell in cross["cells"]):
            line = [
                cells["cross", *pair, cell["row"], cell["column"]]
                for cell in cross["cells"]
                if cell[side] == key
            ]
            alone = ("blank", question) if key is None else ("cell", question, key)
            assert len(line) == len({cell[other] for cell in cross["cells"]})
            solver.equal(plus(*line), cells[alone])


def rows_tell(solver: Solver, people: People, content: Mapping[str, Any]) -> None:
    """What open data say of the counts of each column, and of each two that are crossed."""
    rows = content["rows"]
    if rows is None:
        return
    kinds = {each["question"]: each["kind"] for each in content["questions"]}
    for at, question in enumerate(rows["columns"]):
        for name, part in people.cells.items():
            if name[:2] == ("cell", question):
                value = name[2]
                held = (
                    each["answers"]
                    for each in rows["alike"]
                    if (
                        value in (each["values"][at] or ())
                        if kinds[question] in SEVERAL
                        else each["values"][at] == value
                    )
                )
                solver.known(part, sum(held))
            if name == ("blank", question):
                solver.known(
                    part, sum(each["answers"] for each in rows["alike"] if each["values"][at] is None)
                )
    for cross in content["crosses"]:
        pair = cross["row_question"], cross["column_question"]
        if set(pair) <= set(rows["columns"]):
            one, other = map(rows["columns"].index, pair)
            for cell in cross["cells"]:
                held = (
                    each["answers"]
                    for each in rows["alike"]
                    if (each["values"][one], each["values"][other]) == (cell["row"], cell["column"])
                )
                solver.known(people.cells["cross", *pair, cell["row"], cell["column"]], sum(held))


def rules_tell(solver: Solver, people: People, content: Mapping[str, Any]) -> None:
    """What public numbers say, and what the rules say of hidden ones."""
    told = told_by(content)
    for name, value in told.items():
        if value is not None:
            solver.known(people.cells[name], value)
    if content["total"] is None:
        solver.between(people.cells["total",], 0, 2 * content["threshold"] - 1)
        return
    for name in somebody_in(content, told):
        if told[name] is None:
            solver.between(people.cells[name], 1)


def somebody_in(content: Mapping[str, Any], told: Mapping[Name, int | None]) -> Iterable[Name]:
    """The counts of which it would be told that they are none."""
    for question in content["questions"]:
        if question["total"] is not None:
            yield "blank", question["question"]
        if question["reading"] is not None and question["reading"]["total"] is not None:
            yield "unread", question["question"]
    for kind in ("channel", "proof"):
        tables: dict[Name, list[Name]] = {}
        for each in told:
            if each[0] == kind:
                tables.setdefault(each[:-1], []).append(each)
        for names in tables.values():
            if any(told[each] is not None for each in names):
                yield from names


@dataclass(frozen=True)
class Leak:
    """A hidden count that can be told too closely."""

    version: int
    name: Name
    low: float
    high: float


def attack(*versions: Mapping[str, Any]) -> list[Leak]:
    """The hidden counts of these versions of one publication, in their order, that all of them together give away.

    That nobody left a question out, or came by some channel, may be found out: it tells nothing of anybody.
    """
    solver = Solver()
    hidden: list[tuple[int, Name, Sum]] = []
    counts: dict[Name, Sum] = {}
    told_before: dict[Name, int | None] = {}
    for content in told_anew(versions):
        told = told_by(content)
        counts, came = counts_of_version(solver, content, counts)
        for name, value in told.items():
            if value is None and (content["change"] != "kept" or name not in told_before):
                hidden.append((content["version"], name, counts[name]))
                if came is not None and told_before.get(name) is not None:
                    hidden.append((content["version"], ("added", *name), came[name]))
        told_before = told
    enough = versions[0]["threshold"]
    ends = solver.ends([part for _version, _name, part in hidden], enough)
    return [
        Leak(version, name, low, high)
        for (version, name, _part), (low, high) in zip(hidden, ends, strict=True)
        if high - low < enough and not (high == 0 and may_be_none(name))
    ]


def may_be_none(name: Name) -> bool:
    """Whether it would be told of a count that it is none."""
    kind, *rest = name[1:] if name[0] == "added" else name
    return kind in ("blank", "unread", "channel", "proof") or (kind == "cross" and None in rest)


def counts_of_version(
    solver: Solver, content: Mapping[str, Any], before: Mapping[Name, Sum]
) -> tuple[dict[Name, Sum], dict[Name, Sum] | None]:
    """The counts that a version tells of, and those of answers that were added to the version before."""
    if content["change"] in (None, "first"):
        people = people_of(solver, content)
        rules_tell(solver, people, content)
        rows_tell(solver, people, content)
        for name, part in before.items():
            # Those of a version without figures are among them.
            solver.between(plus(people.cells[name], minus(part)), 0)
        return people.cells, None
    counts, came = dict(before), None
    if content["change"] == "kept":
        counts = counts_that_stay(solver, content, before)
    if content["change"] in ("removed", "replaced"):
        gone, counts = people_of(solver, content).cells, people_of(solver, content).cells
        for name, part in before.items():
            solver.equal(plus(counts[name], gone[name]), part)
    if content["change"] in ("added", "replaced"):
        came = people_of(solver, content).cells
        counts |= {name: plus(counts.get(name, {}), part) for name, part in came.items()}
    for name, value in told_by(content).items():
        if value is not None:
            solver.known(counts[name], value)
    return counts, came


def counts_that_stay(
    solver: Solver, content: Mapping[str, Any], before: Mapping[Name, Sum]
) -> dict[Name, Sum]:
    """Those of the version before, and what is told besides of the same people: what was read in their words since."""
    counts = dict(before)
    for name, part in people_of(solver, content).cells.items():
        if name in before:
            solver.equal(part, before[name])
        else:
            counts[name] = part
    for question in content["questions"]:
        if question["reading"] is not None and question["reading"]["total"] is not None:
            # It is told out of all who wrote, though how many did may stand nowhere else.
            solver.known(counts["cell", question["question"], None], question["reading"]["total"])
    return counts


def told_anew(versions: Sequence[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """The versions without what was read that stands in the one before: it is of the people of then."""
    before: dict[int, object] = {}
    for content in versions:
        questions = [
            {**each, "reading": None} if each["reading"] == before.get(each["question"]) else each
            for each in content["questions"]
        ]
        before = {each["question"]: each["reading"] for each in content["questions"]}
        yield {**content, "questions": questions}


def all_counts(content: object) -> Iterable[object]:
    """What stands under the keys that hold numbers of people or null, and nothing else."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            if key in ("count", "total", "answers", "people"):
                yield value
            else:
                yield from all_counts(value)
    elif isinstance(content, list):
        for each in content:
            yield from all_counts(each)

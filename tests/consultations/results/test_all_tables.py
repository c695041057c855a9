"""An attacker who knows the rules too, and tries all answers that so few people can have given.

What is published of each is one case; hidden counts take values that lie the threshold apart in all that look alike.
"""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain, combinations_with_replacement, product

import pytest

from cdv_civic.consultations.results.corrections import corrected
from cdv_civic.consultations.results.open_rows import combine
from cdv_civic.consultations.results.publication import publish
from cdv_civic.consultations.results.published import PublishedResults, as_json
from cdv_civic.consultations.rules.questions import Answers, Given, QuestionKind, QuestionRule
from tests.consultations.attack import Name, told_by
from tests.consultations.results.made_up import choice, counts_of

Counts = dict[Hashable, int]
Case = tuple[list[dict[str, object]], Counts]

SINGLE = QuestionRule(1, QuestionKind.SINGLE, (11, 12))
THEN = QuestionRule(2, QuestionKind.SINGLE, (21, 22), condition=11)
THREE = QuestionRule(3, QuestionKind.SINGLE, (31, 32, 33))
MULTIPLE = QuestionRule(4, QuestionKind.MULTIPLE, (41, 42))
AFTER = QuestionRule(5, QuestionKind.SCALE, (51, 52), condition=41)
RANK = QuestionRule(6, QuestionKind.RANK, (61, 62, 63), most=2)
TWO = QuestionRule(7, QuestionKind.RANK, (71, 72))


def ranked(question: int, *options: int) -> dict[int, Given]:
    return {question: Given(choices={option: rank for rank, option in enumerate(options, 1)})}


#: The kinds of people that there can be.
KINDS: dict[str, tuple[tuple[QuestionRule, ...], list[Answers], int, tuple[int, ...]]] = {
    "asked of some": (
        (SINGLE, THEN),
        [{}, choice(1, 12), choice(1, 11), choice(1, 11) | choice(2, 21), choice(1, 11) | choice(2, 22)],
        2,
        (4, 6, 9),
    ),
    "asked of some, all of whom must answer": (
        (SINGLE, THEN),
        [choice(1, 12), choice(1, 11) | choice(2, 21), choice(1, 11) | choice(2, 22)],
        3,
        (6, 8, 12, 17),
    ),
    "several, and asked of some of these": (
        (MULTIPLE, AFTER),
        [
            {},
            choice(4, 42),
            *(
                choice(4, *chosen) | after
                for chosen in ((41,), (41, 42))
                for after in ({}, choice(5, 51), choice(5, 52))
            ),
        ],
        2,
        (4, 5, 7),
    ),
    "ranks": (
        (RANK,),
        [
            ranked(6, 61),
            ranked(6, 61, 62),
            ranked(6, 62, 61),
            ranked(6, 63, 62),
            ranked(6, 63, 61),
            ranked(6, 62, 63),
        ],
        2,
        (4, 6, 8),
    ),
    "two to rank": (
        (TWO,),
        [{}, ranked(7, 71), ranked(7, 71, 72), ranked(7, 72), ranked(7, 72, 71)],
        2,
        (4, 6, 9),
    ),
}


def crowds(kinds: Sequence[Answers], count: int) -> Iterator[list[Answers]]:
    """All crowds of so many people."""
    for crowd in combinations_with_replacement(range(len(kinds)), count):
        yield [kinds[number] for number in crowd]


def exact(results: PublishedResults, crowd: Sequence[Answers], questions: Sequence[QuestionRule]) -> Counts:
    """The true numbers of all that is hidden, by name."""
    counted = counts_of(
        questions, crowd, crosses=[(each.row_question, each.column_question) for each in results.crosses]
    )
    # A threshold that hides nothing cannot be had: they are counted here.
    found: Counts = {}
    of_persons = next(iter(counted.questions.values()))
    for name in told_by(as_json(results)):
        match name:
            case ("cell", int(question), int(option)):
                count = of_persons[question]
                kind = next(each.kind for each in questions if each.id == question)
                ranks = count.options.get(option, {})
                found[name] = ranks.get(1, 0) if kind is QuestionKind.RANK else count.chose(option)
            case ("blank", int(question)):
                found[name] = of_persons[question].blanks
            case ("place", int(question), int(option), "none"):
                count = of_persons[question]
                found[name] = count.answered - count.chose(option)
            case ("place", int(question), int(option), int(place)):
                found[name] = of_persons[question].options.get(option, {}).get(place, 0)
            case ("cross", int(), int(), row, column):
                assert row is None or isinstance(row, int)
                assert column is None or isinstance(column, int)
                found[name] = counted.crosses[0].cells.get((row, column), 0)
    return found


def given_away(
    cases: Iterable[tuple[list[PublishedResults], Counts]], threshold: int
) -> list[tuple[int, Name, int, int]]:
    """The hidden counts that what looks alike leaves too narrow; public ones are seen to be true."""
    lowest: dict[str, Counts] = {}
    highest: dict[str, Counts] = {}
    first: dict[str, list[PublishedResults]] = {}
    for published, counts in cases:
        seen = json.dumps([as_json(each) for each in published])
        first.setdefault(seen, published)
        for ends, better in ((lowest, min), (highest, max)):
            own = ends.setdefault(seen, dict(counts))
            for name, count in counts.items():
                own[name] = better(own[name], count)
    found = []
    for seen, low in lowest.items():
        for version, results in enumerate(first[seen], 1):
            for name, told in told_by(as_json(results)).items():
                key = (version, name) if (version, name) in low else name
                if key not in low:
                    continue
                if name[0] == "blank" and highest[seen][key] == 0:
                    # That nobody left it out tells nothing of anybody: all must answer, or a later version says so.
                    continue
                if told is None and highest[seen][key] - low[key] < threshold:
                    found.append((version, name, low[key], highest[seen][key]))
                assert told is None or low[key] == highest[seen][key] == told
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_comes_near_a_hidden_count(kind: str) -> None:
    questions, kinds, threshold, totals = KINDS[kind]
    for total in totals:

        def cases(total: int = total) -> Iterator[tuple[list[PublishedResults], Counts]]:
            for crowd in crowds(kinds, total):
                results = publish(questions, counts_of(questions, crowd), threshold)
                yield [results], exact(results, crowd, questions)

        assert given_away(cases(), threshold) == []


def crossed_kinds() -> list[Answers]:
    """Two questions with two options each, the first of which can be left out."""
    return [one | choice(7, other) for one, other in product(({}, choice(1, 11), choice(1, 12)), (71, 72))]


def test_nor_near_one_of_a_crossed_table_or_of_rows() -> None:
    questions = (SINGLE, QuestionRule(7, QuestionKind.SINGLE, (71, 72)))
    for total in (4, 6, 8):

        def cases(total: int = total) -> Iterator[tuple[list[PublishedResults], Counts]]:
            for crowd in crowds(crossed_kinds(), total):
                results = publish(
                    questions,
                    counts_of(questions, crowd, crosses=[(1, 7)]),
                    2,
                    rows=combine(questions, crowd),
                )
                yield [results], exact(results, crowd, questions)

        assert given_away(cases(), 2) == []


def test_nor_near_one_of_a_question_beside_rows() -> None:
    """Two questions whose rows may be open, and a third with three options, of which few may be hidden."""
    kinds = [choice(1, one) | choice(3, other) for one, other in product((11, 12), (31, 32, 33))]
    for total in (4, 7):

        def cases(total: int = total) -> Iterator[tuple[list[PublishedResults], Counts]]:
            for crowd in crowds(kinds, total):
                results = publish(
                    (SINGLE, THREE),
                    counts_of((SINGLE, THREE), crowd),
                    2,
                    rows=combine((SINGLE, THREE), crowd),
                )
                yield [results], exact(results, crowd, (SINGLE, THREE))

        assert given_away(cases(), 2) == []


OLD_AND_ADDED = (
    ((THREE,), [choice(3, option) for option in (31, 32, 33)], 2, (5, 7), (3, 4, 6)),
    ((SINGLE,), [{}, choice(1, 11), choice(1, 12)], 2, (3, 6, 7), (5, 6)),
    ((SINGLE, THEN), KINDS["asked of some"][1][1:], 2, (6,), (4,)),
)


@pytest.mark.parametrize(("questions", "kinds", "threshold", "totals", "more"), OLD_AND_ADDED)
def test_nor_near_one_of_two_versions(
    questions: tuple[QuestionRule, ...],
    kinds: list[Answers],
    threshold: int,
    totals: tuple[int, ...],
    more: tuple[int, ...],
) -> None:
    def publication(crowd: Sequence[Answers]) -> PublishedResults:
        return publish(questions, counts_of(questions, crowd), threshold)

    for total, number in product(totals, more):

        def cases(
            total: int = total, number: int = number
        ) -> Iterator[tuple[list[PublishedResults], Counts]]:
            late = [(crowd, publication(crowd)) for crowd in crowds(kinds, number)]
            for crowd in crowds(kinds, total):
                first = publication(crowd)
                before = exact(first, crowd, questions)
                for came, added in late:
                    both = [*crowd, *came]
                    anew = publication(both) if first.total is None else None
                    second, change = corrected(first, added=added, anew=anew)
                    after = before if change.value == "kept" else exact(second, both, questions)
                    named = chain(
                        (((1, name), count) for name, count in before.items()),
                        (((2, name), count) for name, count in after.items()),
                    )
                    yield [first, second], dict(named)

        assert given_away(cases(), threshold) == []


def test_nor_near_one_where_answers_were_taken_out() -> None:
    kinds = [choice(1, 11), choice(1, 12)]
    questions = (SINGLE,)

    def publication(crowd: Sequence[Answers]) -> PublishedResults:
        return publish(questions, counts_of(questions, crowd), 2)

    def cases() -> Iterator[tuple[list[PublishedResults], Counts]]:
        for first, gone in product(product(range(13), repeat=2), repeat=2):
            left = [first[number] - gone[number] for number in (0, 1)]
            if sum(first) != 12 or min(left) < 0:
                continue
            crowd, removed, remaining = (
                [kind for kind, count in zip(kinds, counts, strict=True) for _each in range(count)]
                for counts in (first, gone, left)
            )
            old = publication(crowd)
            new, change = corrected(old, removed=publication(removed), remaining=publication(remaining))
            before = exact(old, crowd, questions)
            after = before if change.value == "kept" else exact(new, remaining, questions)
            yield (
                [old, new],
                {
                    **{(1, name): count for name, count in before.items()},
                    **{(2, name): count for name, count in after.items()},
                },
            )

    assert given_away(cases(), 2) == []


def weaker(_questions: object, results: PublishedResults, crowd: Sequence[Answers]) -> PublishedResults:
    """What does not do: small counts alone are hidden."""
    counts = Counter(option for each in crowd for given in each.values() for option in given.choices)
    content = results.questions[0]
    shown = tuple(count if (count := counts[key or 0]) >= 2 else None for key in content.keys)
    return PublishedResults(
        2, results.total, (content.__class__(3, content.kind, results.total, content.keys, shown, 0),)
    )


def test_this_attacker_succeeds_too() -> None:
    def cases(rule: Callable[..., PublishedResults]) -> Iterator[tuple[list[PublishedResults], Counts]]:
        for crowd in crowds([choice(3, option) for option in (31, 32, 33)], 8):
            results = publish((THREE,), counts_of((THREE,), crowd), 2)
            yield [rule((THREE,), results, crowd)], exact(results, crowd, (THREE,))

    assert given_away(cases(lambda _questions, results, _crowd: results), 2) == []
    assert given_away(cases(weaker), 2) != []

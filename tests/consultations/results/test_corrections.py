"""A later version is safe together with the one before it."""

from cdv_civic.consultations.results.corrections import FigureChange, corrected
from cdv_civic.consultations.results.open_rows import combine
from cdv_civic.consultations.results.publication import GroupAnswer, publish
from cdv_civic.consultations.results.published import PublishedResults, as_json, from_json
from cdv_civic.consultations.rules.questions import Answers, Given, QuestionKind, QuestionRule
from tests.consultations.results.made_up import choice, counts_of, people

QUESTIONS = (QuestionRule(1, QuestionKind.SINGLE, (11, 12, 13)),)
POINTS = (QuestionRule(1, QuestionKind.POINTS, (11, 12, 13), most=10),)
WORDS = (QuestionRule(1, QuestionKind.SHORT),)


def of(*numbers: int, rows: bool = False) -> PublishedResults:
    answers = people(
        *((number, choice(1, option)) for number, option in zip(numbers, (11, 12, 13), strict=True))
    )
    return publish(
        QUESTIONS, counts_of(QUESTIONS, answers), 5, rows=combine(QUESTIONS, answers) if rows else None
    )


def test_answers_that_came_late_are_added_where_both_counts_are_public() -> None:
    first = of(20, 30, 40, rows=True)
    assert first.rows is not None
    second, change = corrected(first, added=of(3, 10, 12))
    assert change is FigureChange.ADDED
    assert (second.total, second.by_id[1].answers, second.by_id[1].blanks) == (115, (None, None, 52), 0)
    assert (second.version, second.change, second.rows) == (2, "added", None)
    assert [each.answers for each in second.channels][:2] == [115, 0]
    assert second.channels[0].proofs[0] == ("aucune", 115)
    third, _change = corrected(second, added=of(10, 10, 10))
    assert (third.total, third.by_id[1].answers, third.version) == (145, (None, None, 62), 3)
    assert from_json(as_json(third)) == third


def test_what_was_hidden_stays_so() -> None:
    second, _change = corrected(of(3, 30, 40), added=of(10, 10, 10))
    assert second.by_id[1].answers == (None, None, 50)


def test_too_few_of_them_leave_the_figures() -> None:
    first = of(20, 30, 40)
    second, change = corrected(first, added=of(3, 3, 3), anew=of(23, 33, 43))
    assert change is FigureChange.KEPT
    assert (second.by_id, second.version, second.change) == (first.by_id, 2, "kept")


def test_the_first_figures_are_those_of_all() -> None:
    second, change = corrected(of(3, 3, 3), added=of(2, 2, 2), anew=of(5, 5, 5))
    assert change is FigureChange.FIRST
    assert (second.total, second.by_id[1].answers) == (15, (5, 5, 5))
    _second, change = corrected(of(3, 0, 0), added=of(2, 2, 2), anew=of(5, 2, 2))
    assert change is FigureChange.KEPT


def test_answers_are_taken_out_only_where_nothing_is_hidden() -> None:
    second, change = corrected(of(20, 30, 40), removed=of(5, 6, 7), remaining=of(15, 24, 33))
    assert change is FigureChange.REMOVED
    assert (second.total, second.by_id[1].answers) == (72, (15, 24, 33))
    for old, removed, remaining in (
        (of(20, 30, 3), of(5, 6, 0), of(15, 24, 3)),
        (of(20, 30, 40), of(5, 6, 1), of(15, 24, 39)),
        (of(20, 30, 10), of(5, 6, 7), of(15, 24, 3)),
        (of(20, 30, 40), of(3, 3, 3), of(17, 27, 37)),
    ):
        second, change = corrected(old, removed=removed, remaining=remaining, added=of(10, 10, 10))
        assert change is FigureChange.KEPT
        assert second.by_id == old.by_id


def test_answers_that_were_changed_are_taken_out_and_added() -> None:
    second, change = corrected(
        of(20, 30, 40), removed=of(5, 6, 7), remaining=of(15, 24, 33), added=of(6, 5, 7)
    )
    assert change is FigureChange.REPLACED
    assert second.by_id[1].answers == (21, 29, 40)
    _second, change = corrected(
        of(20, 30, 40), removed=of(5, 6, 7), remaining=of(15, 24, 33), added=of(1, 1, 1)
    )
    assert change is FigureChange.KEPT


def test_shares_of_points_are_of_the_first_version_alone() -> None:
    answers: list[Answers] = people(
        *(
            (20, {1: Given(choices={one: 5, other: 5 - more, third: more} if more else {one: 5, other: 5})})
            for one, other, third in ((11, 12, 13), (12, 13, 11), (13, 11, 12))
            for more in (0, 1, 3)
        )
    )
    more = answers + people(*((20, {1: Given(choices={option: 10})}) for option in (11, 12, 13)))
    whole = publish(POINTS, counts_of(POINTS, more), 5)
    assert whole.by_id[1].shares == (33, 33, 33)
    second, _change = corrected(whole, added=whole)
    assert second.by_id[1].shares is None
    assert second.by_id[1].answers == tuple(2 * (count or 0) for count in whole.by_id[1].answers)
    second, _change = corrected(whole, removed=whole, remaining=whole)
    assert second.by_id[1].shares is None


def test_what_was_read_in_words_is_added_where_it_was_read_in_both() -> None:
    def words(codings: dict[int, int] | None) -> PublishedResults:
        answers: list[Answers] = people((40, {1: Given(words="Des bancs")}), (10, {}))
        read = None if codings is None else {1: (codings, 30)}
        return publish(WORDS, counts_of(WORDS, answers, codings=read), 5)

    second, _change = corrected(words({91: 20, 92: 15}), added=words({91: 10, 93: 25}))
    reading = second.by_id[1].reading
    assert reading is not None
    assert (reading.options, reading.answers) == ((91, 92, 93), (30, None, None))
    assert (reading.total, reading.blanks) == (80, 20)
    second, _change = corrected(words(None), added=words({91: 20, 92: 15}))
    assert second.by_id[1].reading is not None
    assert {*second.by_id[1].reading.answers, second.by_id[1].reading.total} == {None}


def test_groups_that_came_late_stand_with_the_others() -> None:
    def groups(*sizes: int) -> PublishedResults:
        answers = people((30, choice(1, 11)), (30, choice(1, 12)), (30, choice(1, 13)))
        spoke = [GroupAnswer(size, choice(1, 11)) for size in sizes]
        return publish(QUESTIONS, counts_of(QUESTIONS, answers), 5, groups=spoke)

    second, _change = corrected(groups(24, 12), added=groups(18))
    assert [group.people for group in second.groups] == [24, 18, 12]
    second, change = corrected(second, removed=groups(), remaining=groups())
    assert change is FigureChange.REMOVED
    assert [group.people for group in second.groups] == [24, 18, 12]

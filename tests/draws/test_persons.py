"""Who is who in a table of people: asked about where it is unclear, and never left out."""

import pytest

from cdv_civic.draws.candidates import Reading, read_candidates
from cdv_civic.draws.persons import ALL_PERSONS, OTHER, SAME, NewCandidate, doubt_of
from cdv_civic.draws.rules import Category, Value

AGE = Category("Âge", (Value("16-25 ans"), Value("26 ans et plus")))
COUPLE = "Awa;Ba;famille.ba@example.org;26 ans et plus\nKarim;Ba;famille.ba@example.org;26 ans et plus"
MOTHER_AND_SON = "Fatou;Sow;06 12 34 56 78;26 ans et plus\nIbrahima;Sow;+33612345678;16-25 ans"
NAMESAKES = "Fatima;Silva;;26 ans et plus\nFATIMA;Silva;;16-25 ans"
FATHER_AND_SON = "Jean;Roy;06 12 34 56 78;26 ans et plus\nJean;Roy;06 12 34 56 78;16-25 ans"
NAMESAKES_OF_AN_AGE = "Fatima;Silva;;16-25 ans\nFatima;Silva;;16-25 ans"
TWO_ADDRESSES = "Awa;Diop;awa@example.org;16-25 ans\nAwa;Diop;06 12 34 56 78;16-25 ans"


def read(text: str, answers: dict[str, str] | None = None, there: tuple[NewCandidate, ...] = ()) -> Reading:
    return read_candidates(text, (AGE,), answers, there)


@pytest.mark.parametrize(
    ("text", "by_contact"),
    [
        (COUPLE, True),
        (MOTHER_AND_SON, True),
        (NAMESAKES, False),
        (FATHER_AND_SON, False),
        (NAMESAKES_OF_AN_AGE, False),
        (TWO_ADDRESSES, False),
    ],
)
def test_who_may_be_two_is_asked_about_and_never_left_out(text: str, by_contact: bool) -> None:
    asked = read(text)
    (doubt,) = asked.doubts
    assert (doubt.line, doubt.first, doubt.by_contact) == (2, 1, by_contact)
    assert (asked.asks, asked.complete, asked.repeated) == (True, False, ())
    two = read(text, {doubt.field: OTHER})
    assert (two.lines, len(two.rows), two.complete) == (2, 2, True)
    keys = [row.candidate.key for row in two.rows]
    assert len(set(keys)) == 2
    one = read(text, {doubt.field: SAME})
    assert ([row.line for row in one.rows], one.repeated, one.complete) == ([1], ((2, 1),), True)
    assert len({asked.digest, two.digest, one.digest}) == 3


def test_three_namesakes_are_three() -> None:
    text = "\n".join(["Fatima;Silva;;16-25 ans"] * 3)
    reading = read(text, {ALL_PERSONS: OTHER})
    assert len({row.candidate.key for row in reading.rows}) == 3


def test_a_line_that_says_all_the_same_counts_once_by_itself() -> None:
    text = "Awa;Diop;awa@example.org;16-25 ans\n AWA ;diop;Awa@Example.org;16-25 ans"
    reading = read(text)
    assert (reading.repeated, reading.doubts, len(reading.rows)) == (((2, 1),), (), 1)


def test_a_table_that_is_sent_again_adds_nobody_and_asks_nothing() -> None:
    text = "\n".join((COUPLE, MOTHER_AND_SON, NAMESAKES, "Paul;Petit;;16-25 ans"))
    first = read(text, {ALL_PERSONS: OTHER})
    assert len(first.rows) == 7
    again = read(text, there=tuple(row.candidate for row in first.rows))
    assert (again.rows, again.doubts, again.known) == ((), (), (1, 2, 3, 4, 5, 6, 7))


def test_somebody_of_the_list_is_asked_about_too() -> None:
    there = (NewCandidate("Awa", "Ba", "famille.ba@example.org", "", ("26 ans et plus",)),)
    reading = read("Karim;Ba;famille.ba@example.org;26 ans et plus", there=there)
    (doubt,) = reading.doubts
    assert (doubt.first, doubt.other.name) == (0, "Awa Ba")


def test_an_answer_about_another_table_says_nothing() -> None:
    (doubt,) = read(COUPLE).doubts
    assert read(MOTHER_AND_SON, {doubt.field: OTHER}).asks


def test_two_people_with_a_first_name_alone_are_not_asked_about() -> None:
    one = NewCandidate("Fatima", "", "f@example.org")
    other = NewCandidate("Fatima", "", "g@example.org")
    assert doubt_of(one, [other]) is None
    assert doubt_of(one, [other, NewCandidate("Ali", "", "f@example.org")]) is not None

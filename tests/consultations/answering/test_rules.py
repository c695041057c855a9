"""Which screens somebody sees, in which order."""

from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.consultations.answering.rules import LAST, Screen, Step, Walk, may_pass, walk, without
from cdv_civic.consultations.rules.questions import NOTHING, Given, QuestionKind, QuestionRule

TENANT = QuestionRule(1, QuestionKind.SINGLE, (11, 12))
RENT = QuestionRule(2, QuestionKind.NUMBER, condition=11)
WORDS = QuestionRule(3, QuestionKind.LONG)
WHY = QuestionRule(4, QuestionKind.SHORT, condition=12, required=True)
STEPS = (Step(1, (TENANT, RENT, WORDS)), Step(2, (WHY,)))


def names(walked: Walk) -> list[str]:
    return [screen.name for screen in walked.screens]


def chosen(option: int) -> dict[int, Given]:
    return {1: Given(choices={option: None})}


def test_a_screen_shows_one_question_or_all_of_a_step_and_the_last_one_sends() -> None:
    assert names(walk(STEPS, chosen(11), one_question=True)) == ["q1", "q2", "q3", LAST]
    assert names(walk(STEPS, chosen(12), one_question=True)) == ["q1", "q3", "q4", LAST]
    assert names(walk(STEPS, chosen(12), one_question=False)) == ["e1", "e2", LAST]


def test_a_question_that_looks_at_one_beside_it_is_shown_with_it() -> None:
    walked = walk(STEPS, {}, one_question=False)
    assert names(walked) == ["e1", LAST]
    assert walked.screens[0].questions == (TENANT, RENT, WORDS)


def test_a_name_that_is_none_leads_to_the_first_screen() -> None:
    walked = walk(STEPS, {}, one_question=True)
    assert walked.at("q2") == walked.at("<script>") == walked.screens[0]
    assert walked.of_question(2) == walked.screens[0]


def test_one_goes_on_to_the_end_and_back_to_the_beginning() -> None:
    walked = walk(STEPS, chosen(11), one_question=True)
    first, last = walked.screens[0], walked.screens[-1]
    assert walked.before(first) == first
    assert walked.after(last) == last
    assert walked.after(walked.at("q2")).name == "q3"
    assert walked.before(last).name == "q3"


def test_whoever_passes_takes_the_answer_back() -> None:
    screen = Screen("q1", 1, (TENANT,))
    assert without(chosen(11), screen) == {1: NOTHING}
    assert may_pass(screen)
    assert not may_pass(Screen("q4", 2, (WHY,)))
    assert not may_pass(Screen(LAST))


@given(
    st.booleans(),
    st.dictionaries(
        st.sampled_from([1, 2, 3, 4]),
        st.builds(Given, choices=st.dictionaries(st.sampled_from([11, 12, 99]), st.none())),
    ),
)
def test_whoever_goes_on_sees_each_screen_once_and_comes_back_the_same_way(
    one_question: bool, answers: dict[int, Given]
) -> None:
    walked = walk(STEPS, answers, one_question=one_question)
    seen = [walked.screens[0]]
    while seen[-1].name != LAST:
        seen.append(walked.after(seen[-1]))
        assert walked.before(seen[-1]) == seen[-2]
    assert tuple(seen) == walked.screens
    assert [walked.number(screen) for screen in seen] == list(range(1, len(seen) + 1))

"""What may be done with a project where it stands; whose transports are counted."""

from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.fund.instruction.rules import (
    BULK_ACTS,
    BUTTONS,
    LEADS,
    InstructionAct,
    ProjectStanding,
    TransportCarrier,
    acts_on,
    transports_of,
)
from cdv_civic.fund.rules.projects import NEXT, ProjectState

A = InstructionAct


def standing(state: ProjectState, **changes: bool) -> ProjectStanding:
    known = {
        "opinion_asked": False,
        "has_opinion": False,
        "has_co_funders": False,
        "frozen": False,
        **changes,
    }
    return ProjectStanding(state, **known)


def test_each_act_leads_where_states_may_follow() -> None:
    for act, leads in LEADS.items():
        for before, after in leads.items():
            assert after in NEXT[before], act


def test_what_came_in_can_be_given_to_a_service_admitted_completed_or_refused() -> None:
    assert acts_on(standing(ProjectState.SUBMITTED)) == (A.ASSIGN, A.ADMIT, A.MISSING, A.REFUSE, A.CORRECT)


def test_the_way_to_the_choice_leads_by_the_opinion_where_one_is_asked() -> None:
    plain = acts_on(standing(ProjectState.ADMISSIBLE))
    assert A.TO_CHOICE in plain
    assert A.TO_OPINION not in plain
    asked = acts_on(standing(ProjectState.ADMISSIBLE, opinion_asked=True))
    assert A.TO_OPINION in asked
    assert A.TO_CHOICE not in asked
    given_early = acts_on(standing(ProjectState.ADMISSIBLE, opinion_asked=True, has_opinion=True))
    assert A.TO_CHOICE in given_early
    assert A.TO_CHOICE in acts_on(standing(ProjectState.OPINION, opinion_asked=True))


def test_what_is_over_is_only_corrected() -> None:
    for state in (ProjectState.NOT_SELECTED, ProjectState.CLOSED):
        assert acts_on(standing(state, has_co_funders=True)) == (A.CORRECT,)
    assert acts_on(standing(ProjectState.ABANDONED, has_co_funders=True)) == ()
    assert acts_on(standing(ProjectState.INADMISSIBLE)) == (A.REINSTATE, A.CORRECT)


def test_what_the_list_does_needs_no_words() -> None:
    assert not {A.MISSING, A.REFUSE} & set(BULK_ACTS)
    assert set(LEADS) >= BUTTONS


@given(st.sampled_from(ProjectState), st.booleans(), st.booleans(), st.booleans())
def test_an_act_is_offered_only_where_its_state_follows(
    state: ProjectState, asked: bool, has: bool, others: bool
) -> None:
    for act in acts_on(standing(state, opinion_asked=asked, has_opinion=has, has_co_funders=others)):
        assert act not in LEADS or state in LEADS[act]


def test_transports_are_those_of_the_same_carrier_by_any_of_its_names() -> None:
    one = TransportCarrier(1, "W913001234", None, "les amis")
    same = [
        TransportCarrier(2, "W913001234", None, "autre nom"),
        TransportCarrier(3, None, "12345678901234", "les amis"),
    ]
    others = [TransportCarrier(4, "W913009999", None, "les voisins"), TransportCarrier(5, None, None, None)]
    assert transports_of(one, [one, *same, *others]) == 3


def test_groups_of_residents_are_not_taken_for_each_other() -> None:
    groups = [TransportCarrier(number, None, None, None) for number in range(5)]
    assert transports_of(groups[0], groups) == 1

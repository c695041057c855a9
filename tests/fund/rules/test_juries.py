"""Commissions: a member who is linked to a project takes no part in it, in nothing."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.fund.rules.fund_rules import ChoiceMode, JuryRules
from cdv_civic.fund.rules.juries import (
    JuryLack,
    JuryLink,
    JuryLinkKind,
    JuryOutcome,
    JurySide,
    PendingGrant,
    commission_decides,
    first_too_much,
    jury_warnings,
    left_pending,
    mean_mark,
    members_aside,
    projects_hidden,
    show_of_hands,
    taking_part,
)

LINKS = st.lists(
    st.builds(JuryLink, st.integers(1, 6), st.integers(1, 4), st.sampled_from(JuryLinkKind)), max_size=8
)


def test_who_carries_a_project_is_set_aside_for_it_alone() -> None:
    links = [JuryLink(1, 10, JuryLinkKind.CARRIER), JuryLink(2, 11, JuryLinkKind.DECLARED)]
    assert members_aside(links, 10) == {1}
    assert projects_hidden(links, 2) == {11}
    assert taking_part([1, 2, 3], links, 10) == {2, 3}
    assert taking_part([1, 2, 3], links, 12) == {1, 2, 3}


@given(
    LINKS,
    st.frozensets(st.integers(1, 6)),
    st.integers(1, 4),
    st.dictionaries(st.integers(1, 6), st.integers(0, 20)),
)
def test_no_mark_of_a_linked_member_moves_a_mean(
    links: list[JuryLink], present: frozenset[int], project: int, marks: dict[int, int]
) -> None:
    members = taking_part(present, links, project)
    assert not members & members_aside(links, project)
    aside = members_aside(links, project)
    without = {member: mark for member, mark in marks.items() if member not in aside}
    assert mean_mark(marks, members) == mean_mark(without, members)


def test_a_mean_is_exact() -> None:
    assert mean_mark({1: 10, 2: 11, 3: 11, 4: 0}, [1, 2, 3]) == Fraction(32, 3)
    assert mean_mark({1: 10}, [2]) is None


@pytest.mark.parametrize(
    ("yes", "no", "there", "quorum", "outcome"),
    [
        (4, 3, 8, 6, JuryOutcome.SELECTED),
        (3, 4, 8, None, JuryOutcome.NOT_SELECTED),
        (3, 3, 8, 6, JuryOutcome.TIE),
        (0, 0, 8, 6, JuryOutcome.TIE),
        (5, 0, 5, 6, JuryOutcome.NO_QUORUM),
    ],
)
def test_hands_decide_where_enough_are_there(
    yes: int, no: int, there: int, quorum: int | None, outcome: JuryOutcome
) -> None:
    assert show_of_hands(yes, no, taking_part=there, quorum=quorum) is outcome


def test_more_hands_than_members_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="more hands"):
        show_of_hands(4, 3, taking_part=6, quorum=None)


@pytest.mark.parametrize(
    ("sides", "lacks"),
    [
        ([JurySide.RESIDENT] * 6 + [JurySide.STATE] * 6, []),
        ([JurySide.RESIDENT] * 5 + [JurySide.STATE] * 6, [(JuryLack.MEMBERS, 11), (JuryLack.RESIDENTS, 5)]),
        ([JurySide.COUNCIL] * 12, [(JuryLack.RESIDENTS, 0)]),
    ],
)
def test_a_commission_is_warned_of_what_it_lacks(
    sides: list[JurySide], lacks: list[tuple[JuryLack, int]]
) -> None:
    rules = JuryRules(members=12, residents=6)
    assert [(each.lack, each.has) for each in jury_warnings(rules, sides)] == lacks
    assert jury_warnings(JuryRules(), sides) == ()


def test_where_residents_vote_no_commission_decides() -> None:
    assert not commission_decides(ChoiceMode.VOTE)
    assert commission_decides(ChoiceMode.JURY)
    assert commission_decides(ChoiceMode.VOTE_THEN_JURY)


@given(
    st.dictionaries(st.integers(1, 3), st.integers(0, 50)),
    st.lists(st.builds(PendingGrant, st.integers(1, 9), st.integers(1, 3), st.integers(1, 30)), max_size=8),
)
def test_what_fits_leaves_no_envelope_below_zero(left: dict[int, int], pending: list[PendingGrant]) -> None:
    lacking = first_too_much(left, pending)
    after = left_pending(left, pending)
    assert (lacking is None) == all(after[each.envelope] >= 0 for each in pending)
    if lacking is not None:
        fitting = pending[: pending.index(lacking)]
        assert first_too_much(left, fitting) is None


@given(
    st.lists(st.builds(JuryLink, st.integers(1, 6), st.integers(1, 4), st.sampled_from(JuryLinkKind))),
    st.frozensets(st.integers(1, 6)),
    st.integers(1, 6),
)
def test_no_linked_member_makes_a_quorum(links: list[JuryLink], present: frozenset[int], quorum: int) -> None:
    counted = len(taking_part(present, links, 1))
    enough = show_of_hands(counted, 0, taking_part=counted, quorum=quorum) is JuryOutcome.SELECTED
    assert enough == (counted >= quorum)
    with_links = [*links, *(JuryLink(member, 1, JuryLinkKind.DECLARED) for member in present)]
    assert (
        show_of_hands(0, 0, taking_part=len(taking_part(present, with_links, 1)), quorum=quorum)
        is JuryOutcome.NO_QUORUM
    )

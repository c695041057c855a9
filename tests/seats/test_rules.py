"""How members are named, told apart and counted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.participation.rules.public_names import NameShown
from cdv_civic.seats.rules import (
    LOCAL_ACTORS,
    RESIDENTS,
    Caution,
    CautionKind,
    Sitting,
    name_shown,
    person_key,
    warnings_of,
)

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("hidden", "consent", "shown"),
    [
        (False, None, NameShown.FIRST_NAME),
        (False, TODAY, NameShown.FULL),
        (True, None, NameShown.NOTHING),
        (True, TODAY, NameShown.NOTHING),
    ],
)
def test_a_name_is_public_as_far_as_the_person_agreed(
    hidden: bool, consent: date | None, shown: NameShown
) -> None:
    assert name_shown(hidden=hidden, name_public_on=consent) is shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Awa", "Diop", "", ""), ("AWA", "DIOP", "", "")),
        (("Élodie", "Petit", "", ""), ("Petit", "Elodie", "", "")),
        (("Awa", "", "awa@example.org", ""), ("AWA", "Diop", "AWA@example.org", "")),
        (("Awa", "", "", "06 12 34 56 78"), ("Awa", "Diop", "", "+33 6 12 34 56 78")),
    ],
)
def test_one_person_has_one_key(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert person_key(*one) == person_key(*other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Awa", "Ba", "famille.ba@example.org", ""), ("Karim", "Ba", "famille.ba@example.org", "")),
        (("Fatou", "Sow", "", "06 12 34 56 78"), ("Ibrahima", "Sow", "", "06 12 34 56 78")),
    ],
)
def test_two_people_with_one_contact_are_two(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert person_key(*one) != person_key(*other)


def test_two_people_with_one_first_name_may_both_sit() -> None:
    assert person_key("Fatima", "", "", "") is None


def cautions(women: int = 0, men: int = 0, others: int = 0, **planned: int) -> list[Caution]:
    sittings = (
        [Sitting(RESIDENTS, "femme")] * women
        + [Sitting(RESIDENTS, "homme")] * men
        + [Sitting(LOCAL_ACTORS)] * others
    )
    return warnings_of(
        sittings, [(college, planned.get(college)) for college in (RESIDENTS, LOCAL_ACTORS)], TODAY
    )


def test_warnings_are_friendly_and_name_their_numbers() -> None:
    assert cautions(3, 3, 2) == []
    assert cautions(3, 4, 2) == []
    assert cautions(2, 6, 2) == [Caution(CautionKind.PARITY, RESIDENTS, 2, 6)]
    assert cautions(2, 2, 5) == [Caution(CautionKind.MAJORITY, None, 4, 5)]
    assert cautions(2, 2, 4) == []
    assert cautions(2, 2, 1, habitants=6, acteurs_locaux=1) == [Caution(CautionKind.VACANT, RESIDENTS, 2)]
    assert cautions(2, 2, 3, acteurs_locaux=1) == [Caution(CautionKind.TOO_MANY, LOCAL_ACTORS, 2)]


def test_mandates_that_end_are_counted() -> None:
    ends = [TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=60), TODAY + timedelta(days=61), None]
    found = warnings_of([Sitting(RESIDENTS, None, day) for day in ends], [], TODAY)
    assert found == [Caution(CautionKind.ENDED, None, 1), Caution(CautionKind.ENDING, None, 2)]


@given(
    st.lists(
        st.builds(
            Sitting,
            st.sampled_from([RESIDENTS, LOCAL_ACTORS]),
            st.sampled_from([None, "femme", "homme", "non_dit"]),
            st.none() | st.dates(),
        )
    ),
    st.none() | st.integers(0, 9),
)
def test_warnings_never_fail(sittings: list[Sitting], number: int | None) -> None:
    found = warnings_of(sittings, [(RESIDENTS, number), (LOCAL_ACTORS, None)], TODAY)
    assert all(each.number >= 0 for each in found)

"""When something is open: half-open intervals, gaps, open ends, and the two odd nights of the year."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.participation.rules.phases import (
    BadPhases,
    Fault,
    Phase,
    Phases,
    Stage,
    closing,
    first_day,
    last_day,
    opening,
)

PARIS = ZoneInfo("Europe/Paris")
#: Zones where midnight is missing once a year, where it comes twice, and one without any change.
ZONES = [
    PARIS,
    ZoneInfo("America/Santiago"),
    ZoneInfo("America/Havana"),
    ZoneInfo("Africa/Cairo"),
    ZoneInfo("America/Guadeloupe"),
    ZoneInfo("America/Miquelon"),
]
ACTS = ("propose", "comment", "vote")
BEGIN = datetime(2027, 1, 1, tzinfo=UTC)


def at(hours: int) -> datetime:
    return BEGIN + timedelta(hours=hours)


def phase(name: str, opens: int | None, closes: int | None, *allows: str) -> Phase:
    return Phase(
        name,
        frozenset(allows or ("say",)),
        None if opens is None else at(opens),
        None if closes is None else at(closes),
    )


@st.composite
def schedules(draw: st.DrawFn) -> Phases:
    """One to five phases; some meet, some leave a gap, the outer ones may have no end."""
    ends = sorted(draw(st.lists(st.integers(0, 500), min_size=2, max_size=10, unique=True)))
    ends = ends[: len(ends) // 2 * 2]
    meets = draw(st.lists(st.booleans(), min_size=len(ends), max_size=len(ends)))
    found: list[Phase] = []
    pairs = list(zip(ends[::2], ends[1::2], strict=True))
    for number, (opens, closes) in enumerate(pairs):
        if number and meets[number]:
            opens = pairs[number - 1][1]
        acts = draw(st.frozensets(st.sampled_from(ACTS)))
        found.append(Phase(f"phase {number}", acts, at(opens), at(closes)))
    if draw(st.booleans()):
        found[0] = Phase(found[0].name, found[0].allows, None, found[0].closes_at)
    if draw(st.booleans()):
        found[-1] = Phase(found[-1].name, found[-1].allows, found[-1].opens_at, None)
    return Phases(found)


moments = st.integers(-100, 700).map(at)


@given(schedules(), moments, st.sampled_from(ACTS))
def test_an_act_is_allowed_in_the_one_phase_that_holds(found: Phases, moment: datetime, act: str) -> None:
    holding = [
        each
        for each in found.phases
        if (each.opens_at is None or each.opens_at <= moment)
        and (each.closes_at is None or moment < each.closes_at)
    ]
    state = found.state_at(moment)
    assert len(holding) <= 1
    assert state.phase is (holding[0] if holding else None)
    assert (state.stage is Stage.OPEN) == bool(holding)
    assert found.allows(act, moment) == any(act in each.allows for each in holding)


@given(schedules(), moments)
def test_nothing_changes_before_the_next_change_and_something_does_there(
    found: Phases, moment: datetime
) -> None:
    state, change = found.state_at(moment), found.next_change(moment)
    if change is None:
        assert found.state_at(moment + timedelta(days=3650)) == state
        assert state.stage in (Stage.OPEN, Stage.AFTER)
        return
    assert change > moment
    assert found.state_at(change - timedelta(microseconds=1)) == state
    assert found.state_at(change) != state


@given(schedules())
def test_stages_come_in_their_order_and_end(found: Phases) -> None:
    moment, stages = at(-100), []
    while True:
        stages.append(found.state_at(moment).stage)
        change = found.next_change(moment)
        if change is None:
            break
        moment = change
    assert (stages[0] is Stage.BEFORE) == (found.phases[0].opens_at is not None)
    assert (stages[-1] is Stage.AFTER) == (found.phases[-1].closes_at is not None)
    assert stages.count(Stage.OPEN) == len(found.phases)
    gaps = sum(one.closes_at != other.opens_at for one, other in pairwise(found.phases))
    assert stages.count(Stage.BETWEEN) == gaps


def test_a_moment_belongs_to_what_opens_then_and_not_to_what_closes() -> None:
    found = Phases([phase("ideas", 0, 10, "propose"), phase("vote", 10, 20, "vote")])
    assert not found.allows("propose", at(-1))
    assert found.allows("propose", at(0))
    assert (found.allows("propose", at(10)), found.allows("vote", at(10))) == (False, True)
    assert not found.allows("vote", at(20))


def test_what_comes_next_is_told_from_before_on() -> None:
    found = Phases([phase("ideas", 0, 10), phase("vote", 12, 20)])
    told = [
        (state.stage.value, state.next_phase and state.next_phase.name)
        for state in map(found.state_at, map(at, (-1, 0, 10, 12, 20)))
    ]
    assert told == [
        ("before", "ideas"),
        ("open", "vote"),
        ("between", "vote"),
        ("open", None),
        ("after", None),
    ]


@pytest.mark.parametrize(
    ("phases", "fault", "where"),
    [
        ([], Fault.NONE_AT_ALL, ""),
        ([phase("a", 5, 5)], Fault.BACKWARDS, "a"),
        ([phase("a", 6, 5)], Fault.BACKWARDS, "a"),
        ([phase("a", 0, 5), phase("b", 4, 9)], Fault.OVERLAP, "b"),
        ([phase("a", 5, 9), phase("b", 0, 4)], Fault.OVERLAP, "b"),
        ([phase("a", 0, None), phase("b", 4, 9)], Fault.OVERLAP, "b"),
        ([phase("a", 0, 5), phase("b", None, 9)], Fault.OVERLAP, "b"),
        ([phase("a", 0, 5), phase("a", 5, 9)], Fault.SAME_NAME, "a"),
        ([Phase("a", frozenset(), datetime(2027, 1, 1))], Fault.NAIVE, "a"),  # noqa: DTZ001
        ([Phase("a", frozenset(), None, datetime(2027, 1, 1))], Fault.NAIVE, "a"),  # noqa: DTZ001
    ],
)
def test_phases_that_cannot_be_are_refused(phases: list[Phase], fault: Fault, where: str) -> None:
    with pytest.raises(BadPhases) as refused:
        Phases(phases)
    assert (refused.value.fault, refused.value.phase) == (fault, where)
    assert str(refused.value) == (f"{fault}: {where}" if where else str(fault))


def test_a_moment_without_a_zone_is_no_moment() -> None:
    found = Phases([phase("a", 0, 5)])
    for ask in (found.state_at, found.next_change):
        with pytest.raises(BadPhases):
            ask(datetime(2027, 1, 1))  # noqa: DTZ001


# --- the wall clock -----------------------------------------------------------------------------------------------

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


def test_a_day_of_spring_has_23_hours_and_one_of_autumn_25() -> None:
    for day, hours in ((SPRING, 23), (AUTUMN, 25), (date(2027, 5, 12), 24)):
        assert closing(day, PARIS) - opening(day, PARIS) == timedelta(hours=hours)


def test_the_hour_that_is_missing_opens_and_closes_when_the_next_one_begins() -> None:
    half_past_two = time(2, 30)
    assert opening(SPRING, PARIS, half_past_two) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert closing(SPRING, PARIS, half_past_two) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_the_hour_that_comes_twice_opens_the_first_time_and_closes_the_second() -> None:
    half_past_two = time(2, 30)
    assert opening(AUTUMN, PARIS, half_past_two) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert closing(AUTUMN, PARIS, half_past_two) == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_in_the_hour_that_comes_twice_moments_are_told_apart() -> None:
    first = datetime(2027, 10, 31, 2, 30, tzinfo=PARIS)
    second = first.replace(fold=1)
    found = Phases([Phase("a", frozenset({"say"}), None, first.astimezone(UTC) + timedelta(minutes=30))])
    assert found.allows("say", first)
    assert not found.allows("say", second), "an hour later, by the same clock on the wall"
    assert Phases([Phase("b", frozenset(), first, second)]).phases[0].name == "b"


@given(st.dates(date(2020, 1, 1), date(2037, 12, 30)), st.sampled_from(ZONES))
def test_days_follow_each_other_without_a_gap_and_are_said_as_they_were_typed(
    day: date, zone: ZoneInfo
) -> None:
    opens, closes = opening(day, zone), closing(day, zone)
    assert closes == opening(day + timedelta(days=1), zone)
    assert (first_day(opens, zone), last_day(closes, zone)) == (day, day)
    assert (opens - timedelta(microseconds=1)).astimezone(zone).date() == day - timedelta(days=1)
    assert closes.astimezone(zone).date() == day + timedelta(days=1)


@given(
    st.dates(date(2020, 1, 1), date(2037, 12, 30)),
    st.times(),
    st.sampled_from(ZONES),
)
def test_whoever_reads_a_time_is_never_too_late_before_it(day: date, wall: time, zone: ZoneInfo) -> None:
    opens, closes = opening(day, zone, wall), closing(day, zone, wall)
    assert opens <= closes
    for fold in (0, 1):
        moment = datetime.combine(day, wall, zone).replace(fold=fold)
        if moment.astimezone(UTC).astimezone(zone).time() == wall:
            assert opens <= moment.astimezone(UTC) <= closes

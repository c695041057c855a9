"""Files that Pabulib's own checker takes, and that count to the same result when they are read again."""

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import Count, TallyRule, TallyRules, count
from cdv_civic.fund.tally.election import BallotKind, Election, Project, VoterBallot
from cdv_civic.fund.tally.pabulib.cells import one_line
from cdv_civic.fund.tally.pabulib.comments import Withdrawal, order_in, withdrawals_in
from cdv_civic.fund.tally.pabulib.reading import PublishedElection, read_election
from cdv_civic.fund.tally.pabulib.writing import (
    ElectionNotice,
    NotForPabulib,
    amount,
    write_election,
)
from cdv_civic.fund.tally.supporters import Utility
from cdv_civic.fund.tally.ties import TieCriterion, chain_from

NOTICE: Final = ElectionNotice(
    "Fonds de participation d’Exempleville",
    "France",
    "Exempleville",
    "2026",
    date(2026, 3, 1),
    date(2026, 3, 31),
    "fr",
)


@dataclass(frozen=True)
class Vote:
    """What is written."""

    envelope: Fraction
    projects: Sequence[Project]
    kind: BallotKind
    ballots: Sequence[VoterBallot]
    rules: TallyRules
    notice: ElectionNotice = NOTICE

    def counted(self) -> Count:
        election = Election.of(self.envelope, self.projects, self.kind, self.ballots, blank_has_share=False)
        return count(election, self.rules)

    def written(self) -> bytes:
        return write_election(self.notice, self.projects, self.kind, self.ballots, self.counted())


def vote(
    costs: dict[str, Any], ballots: list[str], rules: TallyRules | None = None, envelope: int = 100
) -> Vote:
    projects = [Project(code, Fraction(cost), f"Projet {code}") for code, cost in costs.items()]
    filled_in = [VoterBallot(dict.fromkeys(each.split(), 1)) for each in ballots]
    return Vote(Fraction(envelope), projects, BallotKind.APPROVAL, filled_in, rules or TallyRules())


#: What the checker wonders at in small elections and in withdrawn projects.
EXPECTED_WARNINGS: Final = {
    "project with no votes",
    "rule validation skipped",
    "no_max_length_used",
    "average vote length equals one",
    "choose-1 vote_type suggested",
    "single project exceeded whole budget",
}
NAMES: Final = st.one_of(
    st.just(""), st.text(max_size=20), st.sampled_from(["a;b", 'l’"été"', "x\u2028y", "META", "#2: x"])
)
CENTS: Final = st.one_of(
    st.integers(1, 60).map(Fraction), st.integers(100, 6000).map(lambda each: Fraction(each, 100))
)


@st.composite
def votes(draw: st.DrawFn) -> Vote:
    kind = draw(st.sampled_from(BallotKind))
    codes = draw(
        st.lists(
            st.sampled_from(["1", "p10", "p9", "é-2", "a b", 'q"', "x;y", "#1:"]),
            min_size=1,
            max_size=6,
            unique=True,
        )
    )
    envelope = draw(
        st.one_of(
            st.integers(61, 200).map(Fraction), st.integers(6100, 9000).map(lambda each: Fraction(each, 100))
        )
    )
    whole = draw(st.booleans())
    projects = [
        Project(
            code,
            draw(st.integers(1, 60).map(Fraction) if whole else CENTS),
            draw(NAMES),
            draw(st.sampled_from(["", "", "", "Le terrain est vendu #3: fin."])),
        )
        for code in codes
    ]
    most = 1 if kind is BallotKind.CHOOSE_ONE else len(codes)
    points = st.integers(0, 4) if kind.has_points else st.just(1)
    ballot = st.dictionaries(st.sampled_from(codes), points, max_size=most).map(VoterBallot)
    rules = TallyRules(
        draw(st.sampled_from(TallyRule)),
        draw(st.sampled_from(Utility if kind.has_points else [Utility.COST, Utility.COUNT])),
        draw(st.sampled_from(Completion)),
        chain_from(draw(st.sampled_from(TieCriterion))),
        tuple(draw(st.permutations(codes))) if draw(st.booleans()) else (),
        draw(st.booleans()),
        draw(st.integers(0, 3)),
    )
    notice = replace(
        NOTICE,
        subunit=draw(st.sampled_from(["", "Les Exemples"])),
        most_projects=draw(st.sampled_from([None, most, most + 3])),
        most_points=draw(st.sampled_from([None, 4])),
    )
    return Vote(envelope, projects, kind, draw(st.lists(ballot, max_size=8)), rules, notice)


def read(written: bytes) -> PublishedElection:
    return read_election(io.BytesIO(written))


@given(votes())
def test_what_is_written_reads_without_a_warning_and_counts_to_the_same_result(cast: Vote) -> None:
    counted = cast.counted()
    found = read(cast.written())
    nobody = f"line {cast.written().count(bytes([10]))}: there is no vote"
    not_blank = counted.ballots - counted.blank
    assert found.warnings == (() if not_blank else (nobody,))
    again = count(found.election, replace(cast.rules, order=found.order))
    assert again == replace(counted, ballots=not_blank, blank=0)
    event(f"blank ballots: {bool(counted.blank)}")
    assert set(found.selected or ()) == set(counted.selected)
    assert found.order == cast.rules.order
    assert {each.code: each.withdrawn for each in found.election.projects} == {
        each.code: each.withdrawn for each in cast.projects
    }


@given(votes())
def test_pabulibs_checker_finds_no_error(cast: Vote) -> None:
    found = checked(cast.written())
    assert found["errors"] == {}
    assert set(found["warnings"]) <= EXPECTED_WARNINGS
    event(re.search("rule;[a-z-]+", cast.written().decode())[0])  # type: ignore[index]


def checked(written: bytes) -> dict[str, Any]:
    pabulib = pytest.importorskip("pabulib", reason="pabulib-checker is not installed")
    results = pabulib.Checker().process_files([written.decode()])
    found: dict[str, Any] = results[1]["results"]
    return {"warnings": {}} | found


def test_the_checker_that_is_asked_finds_errors_where_there_are_some() -> None:
    written = vote({"a": 60, "b": 60}, ["a", "a", "b"]).written()
    assert checked(written.replace(b"budget;100", b"budget;50"))["errors"]
    assert checked(written.replace(b"num_votes;3", b"num_votes;4"))["errors"]


# --- what stands in a file -----------------------------------------------------------------------


def lines(written: bytes) -> list[str]:
    return written.decode().split("\n")


def test_the_rule_the_order_of_ties_and_the_threshold_are_named() -> None:
    rules = TallyRules(
        completion=Completion.ADD1_MOST_VOTES,
        ties=chain_from(TieCriterion.ORDER),
        order=("b", "a"),
        compare=True,
        threshold=2,
    )
    written = vote({"a": 60, "b": 60}, ["a b", "a", "b"], rules).written().decode()
    assert (
        '"#1: Rule: equal-shares; utility: cost; completion: add1+most-votes; compared with most-votes;'
        ' threshold: 2 votes #2: Ties: order, cost, votes, code #3: Order of ties: [""b"", ""a""]"'
    ) in written
    assert "min_project_score_threshold;2\n" in written
    assert "rule;unknown\n" in written


@pytest.mark.parametrize(
    ("rules", "costs", "named"),
    [
        (TallyRules(TallyRule.MOST_VOTES), {"a": 60, "b": 60}, "greedy"),
        (TallyRules(TallyRule.MOST_VOTES, threshold=1), {"a": 60, "b": 60}, "greedy-threshold"),
        (TallyRules(TallyRule.MOST_VOTES), {"a": "60.5", "b": 60}, "unknown"),
        (TallyRules(TallyRule.EQUAL_SHARES), {"a": 60, "b": 60}, "unknown"),
    ],
)
def test_the_rule_has_pabulibs_name_where_their_checker_counts_it_as_we_do(
    rules: TallyRules, costs: dict[str, Any], named: str
) -> None:
    assert f"rule;{named}" in lines(vote(costs, ["a b", "a", "b"], rules).written())


def test_nothing_of_a_voter_is_written_but_the_vote_under_a_random_number() -> None:
    cast = vote({"a": 60, "b": 60}, ["a"] * 30 + ["b"] * 30)
    first, again = cast.written(), cast.written()
    tables = [lines(each)[lines(each).index("VOTES") + 1 : -1] for each in (first, again)]
    assert all(table[0] == "voter_id;vote" for table in tables)
    numbers = [{row.partition(";")[0] for row in table[1:]} for table in tables]
    assert [len(each) for each in numbers] == [60, 60]
    assert not numbers[0] & numbers[1]
    assert all(re.fullmatch("[0-9a-f]{16}", number) for each in numbers for number in each)
    orders = ["".join(row[-1] for row in table[1:]) for table in tables]
    assert orders[0] != orders[1]
    assert Counter(orders[0]) == Counter(orders[1]) == {"a": 30, "b": 30}
    assert "a" * 30 + "b" * 30 not in orders
    assert not re.search("\\b(age|sex)\\b", first.decode())


def test_blank_ballots_are_left_out() -> None:
    cast = vote({"a": 60, "b": 60}, ["a", "", "b"])
    assert "num_votes;2" in lines(cast.written())
    assert read(cast.written()).election.ballots == 2


def test_a_withdrawn_project_stays_on_ballots_with_the_cost_that_no_envelope_pays() -> None:
    projects = [
        Project("a", Fraction(60), "Un banc", "Le terrain est vendu."),
        Project("b", Fraction(60), "Un arbre"),
    ]
    cast = replace(vote({}, ["a b", "a", "b"]), projects=projects)
    written = cast.written()
    assert "a;999999999;2;Un banc;0" in lines(written)
    found = read(written)
    assert found.election.projects[0] == projects[0]
    # The cost alone is no withdrawal: the reference counts it.
    other = read(written.replace(b"Withdrawn during", b"Gone during"))
    assert other.election.projects[0].cost == 999_999_999


@pytest.mark.parametrize("reason", ['"x\\ud800"', "7", "[1]", "{}", "true", "null", '""'])
def test_a_reason_that_no_file_can_hold_is_none(reason: str) -> None:
    said = "#1: Withdrawn during the vote, and not counted: "
    assert withdrawals_in(said + '{"a": {"cost": "5", "reason": "rain"}}') == {
        "a": Withdrawal(Fraction(5), "rain")
    }
    assert withdrawals_in(said + '{"a": {"cost": "5", "reason": ' + reason + "}}") == {}
    assert order_in('#1: Order of ties: ["a\\udc00", "b"]') == ()


def test_comments_of_others_are_no_order_and_no_withdrawal() -> None:
    for comment in (
        "",
        "#1: Order of ties: by lot",
        '#1: Order of ties: ["a", "a"]',
        "#1: Order of ties: {}",
        "[" * 5000,
    ):
        assert order_in(comment) == ()
        assert (
            withdrawals_in(comment.replace("Order of ties", "Withdrawn during the vote, and not counted"))
            == {}
        )
    assert (
        withdrawals_in(
            '#1: Withdrawn during the vote, and not counted: {"a": {"cost": "1e9", "reason": "x"}}'
        )
        == {}
    )
    assert order_in("#1: Order of ties: " + "[" * 100_000) == ()


@pytest.mark.parametrize(
    "cast",
    [
        vote({"a,b": 1}, []),
        vote({" a": 1}, []),
        vote({"": 1}, []),
        vote({"Votes": 1}, []),
        vote({"x" * 201: 1}, []),
        vote({"a": 0}, []),
        vote({"a": "1/2"}, []),
        vote({"a": "4/3"}, []),
        vote({"a": 101}, []),
        vote({"a": 10}, ["b"]),
        replace(vote({"a": 1, "b": 1}, ["a b"]), kind=BallotKind.CHOOSE_ONE),
        replace(vote({"a": 1, "b": 1}, ["a b"]), notice=replace(NOTICE, most_projects=1)),
        replace(vote({"a": 1, "b": 1}, ["a"]), notice=replace(NOTICE, fewest_projects=2)),
        replace(vote({"a": 1}, ["a"]), envelope=Fraction(10**12)),
        replace(vote({}, []), envelope=Fraction(10**10), projects=[Project("a", Fraction(1), "", "Retiré")]),
    ],
)  # fmt: skip
def test_what_a_file_cannot_hold_is_refused(cast: Vote) -> None:
    with pytest.raises(NotForPabulib):
        cast.written()


def test_points_above_what_is_allowed_are_refused() -> None:
    cast = replace(
        vote({"a": 1, "b": 1}, []), kind=BallotKind.CUMULATIVE, ballots=[VoterBallot({"a": 3, "b": 2})]
    )
    assert "max_sum_points;5" in lines(cast.written())
    for notice in (replace(NOTICE, most_points=2), replace(NOTICE, most_points_in_all=4)):
        with pytest.raises(NotForPabulib):
            replace(cast, notice=notice).written()


def test_amounts_and_texts_are_written_plainly() -> None:
    assert [amount(Fraction(each)) for each in ("0", "12", "12.5", "1234.05")] == [
        "0",
        "12",
        "12.50",
        "1234.05",
    ]
    assert one_line("  Un\nbanc\u2028rouge\x00\x07 \ud800 ") == "Un banc rouge"

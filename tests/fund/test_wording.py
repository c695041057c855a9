"""A count in words: each reason, each rule, in each language of the site."""

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import (
    Count,
    FateReason,
    TallyRule,
    TallyRules,
    count,
)
from cdv_civic.fund.tally.election import BallotKind, Election, Project, VoterBallot
from cdv_civic.fund.tally.supporters import Utility
from cdv_civic.fund.tally.ties import CHAIN, TieCriterion, chain_from
from cdv_civic.fund.wording import CountWording, rule_said, votes_said
from tests.fund.tally.elections import election, elections

VOTES = TallyRules(TallyRule.MOST_VOTES)
SHARES = TallyRules(TallyRule.EQUAL_SHARES)
BY_POINTS = TallyRules(TallyRule.EQUAL_SHARES, Utility.POINTS)


@pytest.fixture(autouse=True)
def _in_french(app: Flask) -> Iterator[None]:
    with app.test_request_context("/fr/"):
        yield


def said(counted: Count, code: str) -> str:
    fate = next(each for each in counted.fates if each.code == code)
    return plain(CountWording(counted).fate(fate))


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text)


def test_most_votes_first_says_the_votes_and_what_was_left() -> None:
    counted = count(election(3200, {"a": 2050, "b": 5000}, ["a"] * 3 + ["b"]), VOTES)
    assert said(counted, "a") == "Retenu : 3 voix. Il restait 3 200 €, assez pour le payer."
    assert said(counted, "b") == "Non retenu : il coûte 5 000 €, mais il ne restait que 1 150 €."
    nothing = count(election(5, {"a": 5, "b": 5}, ["a", "a", "b"]), VOTES)
    assert said(nothing, "b") == "Non retenu : il ne restait plus d’argent."


def test_points_are_said_where_ballots_hold_them() -> None:
    asked = election(10, {"a": 4}, [{"a": 3}, {"a": 2}], BallotKind.CUMULATIVE)
    assert said(count(asked, VOTES), "a") == "Retenu : 5 points. Il restait 10 €, assez pour le payer."
    assert said(count(asked, BY_POINTS), "a") == (
        "Retenu : 2 personnes l’ont payé avec leurs parts, 0,80 € pour chaque point donné."
    )
    assert plain(votes_said(count(asked, VOTES).fates[0])) == "5 points, 2 personnes"


def test_equal_shares_say_what_each_supporter_paid_and_how_many_had_less() -> None:
    votes = ["a"] * 4 + ["b"] * 4 + ["a b"]
    counted = count(election(90, {"a": 40, "b": 46}, votes), SHARES)
    assert said(counted, "a") == "Retenu : 5 personnes l’ont payé avec leurs parts, 8 € chacune."
    assert said(counted, "b") == (
        "Non retenu : il coûte 46 €. Les parts des personnes qui l’ont choisi ne faisaient plus que 42 €."
    )
    poorer = count(election(90, {"a": 40, "b": 41}, votes), SHARES)
    assert said(poorer, "b") == (
        "Retenu : 4 personnes l’ont payé avec leurs parts, 9,75 € chacune. 1 autre avait moins, et a donné tout "
        "ce qui lui restait."
    )


def test_what_is_not_counted_says_why() -> None:
    projects = [
        Project("a", Fraction(0)),
        Project("b", Fraction(4)),
        Project("c", Fraction(4), withdrawn="Le terrain est vendu."),
        Project("d", Fraction(4)),
    ]
    ballots = [VoterBallot({"a": 1, "d": 1}), VoterBallot({"a": 1, "c": 1})]
    asked = Election.of(Fraction(10), projects, BallotKind.APPROVAL, ballots)
    counted = count(asked, SHARES)
    assert (
        said(counted, "a")
        == "Non retenu : il ne coûte rien, et cette façon de compter n’en tient pas compte."
    )
    by_count = count(asked, TallyRules(TallyRule.EQUAL_SHARES, Utility.COUNT))
    assert said(by_count, "a") == "Retenu : il ne coûte rien."
    assert said(counted, "b") == "Non retenu : personne ne l’a choisi."
    assert said(counted, "c") == "Retiré pendant le vote : Le terrain est vendu."
    higher = count(asked, TallyRules(TallyRule.EQUAL_SHARES, threshold=2))
    assert said(higher, "d") == "Non retenu : il fallait au moins 2 voix."


def test_the_whole_says_the_shares_how_far_they_were_raised_and_who_got_nothing() -> None:
    votes = ["a"] * 8 + ["b"]
    rules = TallyRules(TallyRule.EQUAL_SHARES, completion=Completion.ADD1_MOST_VOTES)
    wording = CountWording(count(election(90, {"a": 85, "b": 10, "c": 3}, votes), rules))
    assert {each.label: plain(each.value) for each in wording.facts()} == {
        "Projets retenus": "2 sur 3",
        "Argent dépensé": "13 €",
        "Argent non utilisé": "77 €",
        "Personnes dont aucun choix n’est retenu": "8 sur 9",
        "Part de chaque bulletin, au début": "10 €",
    }
    assert not any("De l’argent restait." in step for step in wording.steps())
    raised = CountWording(count(election(30, {"a": 12, "b": 18, "c": 40}, ["a", "b", "c"]), rules))
    steps = [plain(each) for each in raised.steps()]
    assert "L’argent est partagé entre les bulletins. Chacun a la même part : 10 €." in steps
    assert any(each.startswith("De l’argent restait.") and "18 € (80 % de plus)" in each for each in steps)
    said_of_shares = [plain(each.value) for each in raised.facts() if each.label.startswith("Part de")]
    assert said_of_shares == ["10 €", "18 €"]


def test_only_most_votes_first_is_counted_by_hand_and_only_shares_need_a_word_to_be_read() -> None:
    asked = election(9, {"a": 6}, ["a", "a"])
    by_votes, by_shares = CountWording(count(asked, VOTES)), CountWording(count(asked, SHARES))
    assert "du plus de voix au moins de voix" in by_votes.by_hand()
    assert by_votes.reading() == by_shares.by_hand() == ""
    assert "personne n’a payé avec son argent" in plain(by_shares.reading())


def test_the_comparison_says_which_way_decides() -> None:
    votes = ["a"] * 8 + ["b"]
    asked = election(90, {"a": 90, "b": 10}, votes)
    wording = CountWording(count(asked, TallyRules(TallyRule.EQUAL_SHARES, compare=True)))
    assert wording.name() == "Le plus de voix d’abord"
    assert "L’autre façon est donc retenue." in wording.steps()
    assert plain(wording.steps()[-3]).endswith("l’autre façon donne plus à 8 personnes.")
    assert not any(each.label.startswith("Part") for each in wording.facts())


def test_blank_ballots_and_ties_are_said() -> None:
    asked = election(9, {"a": 6}, ["a", "a", ""])
    wording = CountWording(count(asked, TallyRules(ties=CHAIN)))
    assert plain(wording.ballots()) == "3 bulletins, dont 1 blanc"
    assert plain(wording.steps()[-1]) == (
        "Entre deux projets à égalité, on décide ainsi : le moins cher, puis celui que le plus de personnes ont choisi, "
        "puis un tirage au sort, fait et publié avant le compte, puis le numéro du projet."
    )
    assert "le numéro du projet décide" in CountWording(count(asked, SHARES)).steps()[-1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    elections(),
    st.sampled_from(TallyRule),
    st.sampled_from(Utility),
    st.sampled_from(Completion),
    st.sampled_from(TieCriterion),
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from(["fr", "en", "ar"]),
)
def test_every_count_has_its_sentences_in_every_language(
    drawn: tuple[Election, list[dict[str, int]]],
    rule: TallyRule,
    utility: Utility,
    completion: Completion,
    first: TieCriterion,
    compare: bool,
    threshold: int,
    language: str,
) -> None:
    asked, _votes = drawn
    if utility is Utility.POINTS and not asked.kind.has_points:
        utility = Utility.COST
    counted = count(asked, TallyRules(rule, utility, completion, chain_from(first), (), compare, threshold))
    with force_locale(language):
        wording = CountWording(counted, "PLN")
        texts = [wording.name(), wording.in_short(), wording.ballots(), *wording.steps()]
        texts += filter(None, (wording.by_hand(), wording.reading()))
        texts += [each for fact in wording.facts() for each in fact]
        texts += [each for fate in counted.fates for each in (wording.fate(fate), votes_said(fate))]
        texts += [rule_said(each, points=asked.kind.has_points) for each in TallyRule]
    assert all(text.strip() and "%(" not in text for text in texts)
    for fate in counted.fates:
        if fate.reason is FateReason.BOUGHT:
            assert fate.payment is not None
            assert fate.payment.in_full >= 1

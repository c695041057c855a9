"""Rules of funds as data: six that were met, what each lacks before a round opens, and what they refuse."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.fund.rules.admissibility import FundBreach, ProjectFacts, breaches
from cdv_civic.fund.rules.fund_rules import (
    AmountLimit,
    CarrierKind,
    ChoiceMode,
    FundRules,
    JuryRules,
    PersonRules,
    RuleField,
    as_data,
    from_data,
)
from cdv_civic.fund.rules.templates import TEMPLATES, EnvelopeScope, FundKind
from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import TallyRule
from cdv_civic.fund.tally.supporters import Utility
from cdv_civic.fund.tally.ties import CHAIN, TieCriterion

RULES = st.builds(
    FundRules,
    carriers=st.frozensets(st.sampled_from(CarrierKind)),
    smallest_cents=st.integers(0, 10_000),
    largest=st.none() | st.builds(AmountLimit, st.integers(0, 500_000), st.booleans()),
    most_percent=st.none() | st.integers(0, 100),
    whole_cost=st.booleans(),
    purposes=st.lists(st.sampled_from(["a", "b", "c"]), unique=True).map(tuple),
    objective_asked=st.booleans(),
    outside_programme=st.booleans(),
    transports_a_year=st.none() | st.integers(0, 3),
    opinion_asked=st.booleans(),
    deposit_days=st.none() | st.integers(0, 60),
    choice=st.none() | st.sampled_from(ChoiceMode),
    counting=st.none() | st.just({"rule": "most-votes"}),
    jury=st.builds(JuryRules, st.none() | st.integers(1, 20), st.none() | st.integers(0, 20)),
    person=st.none() | st.builds(PersonRules, st.integers(11, 20), st.integers(15, 30), st.text(max_size=5)),
)
FACTS = st.builds(
    ProjectFacts,
    carrier=st.none() | st.sampled_from(CarrierKind),
    asked_cents=st.integers(0, 600_000),
    cost_cents=st.integers(0, 600_000),
    purposes=st.frozensets(st.sampled_from(["a", "b", "c", "d"])),
    serves_objective=st.booleans(),
    in_programme=st.booleans(),
    transports_this_year=st.integers(0, 4),
    days_before_choice=st.none() | st.integers(-5, 90),
    age=st.none() | st.integers(5, 60),
    counterpart_agreed=st.booleans(),
)


def project(**changes: object) -> ProjectFacts:
    fits = ProjectFacts(
        CarrierKind.ASSOCIATION, 1500_00, 2400_00, frozenset({"solidarity"}), serves_objective=True
    )
    return replace(fits, **changes)  # type: ignore[arg-type]


@given(RULES)
def test_rules_come_back_from_json_as_they_were(rules: FundRules) -> None:
    assert from_data(json.loads(json.dumps(as_data(rules)))) == rules


@pytest.mark.parametrize("kind", FundKind)
def test_each_fund_that_was_met_is_data(kind: FundKind) -> None:
    rules = TEMPLATES[kind].rules
    assert from_data(json.loads(json.dumps(as_data(rules)))) == rules
    assert rules.choice is not None


def test_what_a_source_leaves_open_is_asked_for_before_a_round_opens() -> None:
    lacks = {kind: template.rules.undefined() for kind, template in TEMPLATES.items()}
    assert lacks[FundKind.FPCC] == frozenset()
    assert lacks[FundKind.MIXED_JURY] == {RuleField.CARRIERS, RuleField.LARGEST}
    assert lacks[FundKind.SMALL_GRANTS] == {RuleField.CARRIERS}
    assert lacks[FundKind.PARTICIPATORY_BUDGET] == {RuleField.CARRIERS, RuleField.LARGEST}
    assert lacks[FundKind.PERSONAL_GRANT] == {RuleField.LARGEST, RuleField.COUNTERPART}
    assert lacks[FundKind.LANDLORD] == {RuleField.LARGEST}
    # « Sous réflexion » : a fund may stand with nothing defined at all.
    assert FundRules().undefined() == {RuleField.CARRIERS, RuleField.LARGEST, RuleField.CHOICE}
    assert FundRules(person=PersonRules(25, 16, "aider")).undefined() >= {RuleField.AGES}


def test_a_vote_asks_how_it_is_counted_and_the_recommended_count_is_one_of_ours() -> None:
    assert RuleField.COUNTING in FundRules(choice=ChoiceMode.VOTE_THEN_JURY).undefined()
    counting = TEMPLATES[FundKind.PARTICIPATORY_BUDGET].rules.counting
    assert counting is not None
    assert TallyRule(counting["rule"]) is TallyRule.EQUAL_SHARES
    assert Utility(counting["utility"]) is Utility.COST
    assert Completion(counting["completion"]) is Completion.ADD1_MOST_VOTES
    assert tuple(TieCriterion(each) for each in counting["ties"]) == CHAIN


def test_a_participatory_budget_has_an_envelope_for_quartiers_the_whole_and_the_young() -> None:
    assert set(TEMPLATES[FundKind.PARTICIPATORY_BUDGET].envelopes) == set(EnvelopeScope)


def test_the_fpcc_takes_associations_and_schools_below_2000_euros_for_its_purposes() -> None:
    rules = TEMPLATES[FundKind.FPCC].rules
    assert breaches(rules, project()) == frozenset()
    assert breaches(rules, project(asked_cents=1999_99)) == frozenset()
    assert breaches(rules, project(asked_cents=2000_00)) == {FundBreach.TOO_LARGE}
    wrong = project(
        carrier=CarrierKind.RESIDENT, purposes=frozenset({"sport"}), serves_objective=False, in_programme=True
    )
    assert breaches(rules, wrong) == {
        FundBreach.CARRIER,
        FundBreach.PURPOSE,
        FundBreach.OBJECTIVE,
        FundBreach.IN_PROGRAMME,
    }


def test_small_grants_never_cover_the_whole_cost_and_come_in_a_month_before() -> None:
    rules = TEMPLATES[FundKind.SMALL_GRANTS].rules
    fits = project(asked_cents=760_00, cost_cents=761_00, days_before_choice=30, transports_this_year=1)
    assert breaches(rules, fits) == frozenset()
    assert breaches(rules, replace(fits, asked_cents=760_01)) == {FundBreach.TOO_LARGE}
    assert breaches(rules, replace(fits, cost_cents=760_00)) == {FundBreach.SHARE_OF_COST}
    assert breaches(rules, replace(fits, days_before_choice=29)) == {FundBreach.TOO_LATE}
    assert breaches(rules, replace(fits, transports_this_year=2)) == {FundBreach.TRANSPORTS}
    assert breaches(rules, replace(fits, days_before_choice=None)) == frozenset()


def test_a_personal_grant_asks_an_age_and_a_counterpart_and_no_kind_of_carrier() -> None:
    rules = TEMPLATES[FundKind.PERSONAL_GRANT].rules
    fits = project(carrier=None, age=16, counterpart_agreed=True)
    assert breaches(rules, fits) == frozenset()
    assert breaches(rules, replace(fits, age=26)) == {FundBreach.AGE}
    assert breaches(rules, replace(fits, age=None, counterpart_agreed=False)) == {
        FundBreach.AGE,
        FundBreach.COUNTERPART,
    }


def test_a_share_of_the_cost_is_exact_to_the_cent() -> None:
    rules = FundRules(most_percent=80)
    assert breaches(rules, project(asked_cents=80_00, cost_cents=100_00)) == frozenset()
    assert breaches(rules, project(asked_cents=80_01, cost_cents=100_00)) == {FundBreach.SHARE_OF_COST}


@given(RULES, FACTS)
def test_rules_that_are_not_defined_refuse_nothing_and_more_rules_refuse_no_less(
    rules: FundRules, facts: ProjectFacts
) -> None:
    assert breaches(FundRules(), facts) == frozenset()
    assert breaches(replace(rules, purposes=(), objective_asked=False), facts) <= breaches(rules, facts)
    assert breaches(replace(rules, largest=None), facts) <= breaches(rules, facts)

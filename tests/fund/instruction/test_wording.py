"""What the rules of a fund say against a project, in plain sentences with their numbers."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from cdv_civic.fund.instruction.rules import InstructionAct
from cdv_civic.fund.instruction.wording import ACTS, BREACHES, BUDGET_FAULTS, breach_sentences, short_breaches
from cdv_civic.fund.rules.admissibility import FundBreach, ProjectFacts
from cdv_civic.fund.rules.budgets import BudgetFault
from cdv_civic.fund.rules.fund_rules import AmountLimit, CarrierKind, FundRules, PersonRules

FITS = ProjectFacts(CarrierKind.ASSOCIATION, 500_00, 1000_00)


def sentences(rules: FundRules, **facts: Any) -> list[str]:
    said = breach_sentences(rules, replace(FITS, **facts))
    return [each.replace("\u00a0", " ").replace("\u202f", " ") for each in said]


@pytest.mark.parametrize(
    ("rules", "facts", "said"),
    [
        (
            FundRules(carriers=frozenset({CarrierKind.RESIDENTS, CarrierKind.COUNCIL})),
            {},
            "Ce fonds n’est pas ouvert à ce porteur. Il aide : Un groupe d’habitants, Un conseil citoyen.",
        ),
        (
            FundRules(smallest_cents=600_00),
            {},
            "Ce projet demande 500,00 €. Ce fonds donne au moins 600,00 €.",
        ),
        (
            FundRules(largest=AmountLimit(500_00, strict=True)),
            {},
            "Ce projet demande 500,00 €. Ce fonds donne moins de 500,00 €.",
        ),
        (
            FundRules(largest=AmountLimit(400_00)),
            {},
            "Ce projet demande 500,00 €. Ce fonds donne au plus 400,00 €.",
        ),
        (
            FundRules(most_percent=40),
            {"asked_cents": 500_01},
            "Ce projet demande 500,01 € pour un coût de 1 000,00 €, soit 51 %. Ce fonds paie au plus 40 % du coût.",
        ),
        (
            FundRules(whole_cost=False),
            {"asked_cents": 1000_00},
            "Ce projet demande tout son coût, 1 000,00 €. Ce fonds n’en paie qu’une partie.",
        ),
        (
            FundRules(purposes=("solidarity", "Le jardin")),
            {"purposes": frozenset({"sport"})},
            "Ce projet ne sert aucun but de ce fonds. Ses buts : S’entraider, Le jardin.",
        ),
        (
            FundRules(objective_asked=True),
            {},
            "Ce projet ne dit pas quel objectif du contrat de ville il sert.",
        ),
        (
            FundRules(outside_programme=True),
            {"in_programme": True},
            "Ce projet demande aussi l’argent du programme de l’année. Ce fonds ne le permet pas.",
        ),
        (
            FundRules(transports_a_year=1),
            {"transports_this_year": 2},
            "Ce porteur demande 2 sorties en car cette année. Ce fonds en paie 1.",
        ),
        (
            FundRules(deposit_days=30),
            {"days_before_choice": 12},
            "Ce projet est arrivé 12 jours avant le choix. Ce fonds en demande 30.",
        ),
        (
            FundRules(deposit_days=30),
            {"days_before_choice": -1},
            "Ce projet est arrivé après le jour du choix.",
        ),
        (
            FundRules(person=PersonRules(16, 25, "Aider")),
            {"age": 30, "counterpart_agreed": True},
            "Cette personne a 30 ans. Ce fonds aide de 16 à 25 ans.",
        ),
        (
            FundRules(person=PersonRules(16, 25, "Aider")),
            {"counterpart_agreed": True},
            "Cette personne n’a pas dit son âge.",
        ),
        (
            FundRules(person=PersonRules(16, 25, "Aider")),
            {"age": 17},
            "Cette personne n’a pas dit ce qu’elle fait en échange.",
        ),
    ],
)
def test_each_rule_that_is_not_kept_is_a_sentence(
    app: Flask, rules: FundRules, facts: dict[str, Any], said: str
) -> None:
    with app.test_request_context("/fr/"):
        assert [each.replace(",00 €", " €") for each in sentences(rules, **facts)] == [
            said.replace(",00 €", " €")
        ]


def test_a_project_that_fits_has_nothing_against_it(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        assert sentences(FundRules(largest=AmountLimit(500_00), most_percent=50)) == []


def test_every_breach_fault_and_act_has_its_words() -> None:
    assert set(BREACHES) == set(FundBreach)
    assert set(BUDGET_FAULTS) == set(BudgetFault)
    assert set(ACTS) == {each.value for each in InstructionAct}


def test_short_words_stand_in_the_order_of_the_rules(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        found = short_breaches({FundBreach.TOO_LATE, FundBreach.CARRIER})
        assert [str(each) for each in found] == ["porteur", "trop tard"]

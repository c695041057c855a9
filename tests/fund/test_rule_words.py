"""The rules of a fund in sentences, in each language of the site."""

import pytest
from flask import Flask
from flask_babel import force_locale

from cdv_civic.fund.rule_words import (
    CHOICES,
    COMPLETIONS,
    COUNTING,
    DAYS,
    KINDS,
    STANCES,
    UNDEFINED,
    in_short,
    rule_sentences,
    undefined_names,
)
from cdv_civic.fund.rules.calendars import CalendarDay
from cdv_civic.fund.rules.fund_rules import AmountLimit, ChoiceMode, FundRules, PersonRules, RuleField
from cdv_civic.fund.rules.opinions import OpinionStance
from cdv_civic.fund.rules.templates import TEMPLATES, FundKind
from cdv_civic.fund.tally.completing import Completion
from cdv_civic.fund.tally.counting import TallyRule


def said(rules: FundRules) -> dict[str, list[str]]:
    with force_locale("fr"):
        return {
            rule.question: [line.replace("\u202f", " ").replace("\u00a0", " ") for line in rule.lines]
            for rule in rule_sentences(rules)
        }


def test_the_fpcc_in_sentences(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        assert said(TEMPLATES[FundKind.FPCC].rules) == {
            "Qui peut demander": ["Une association", "Une école, un collège ou un lycée"],
            "Combien": ["Moins de 2 000 € pour un projet."],
            "Pour quoi": [
                "Se rencontrer, faire la fête",
                "Informer, expliquer",
                "S’entraider",
                "Le projet sert un objectif du contrat de ville.",
                "Le projet ne demande pas déjà de l’argent au programme de l’année.",
            ],
            "Qui décide": [
                "Le conseil citoyen donne d’abord son avis, avec ses raisons.",
                "Une commission décide.",
            ],
        }


def test_small_grants_all_year_in_sentences(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        found = said(TEMPLATES[FundKind.SMALL_GRANTS].rules)
        assert found["Qui peut demander"] == []
        assert found["Combien"] == [
            "760 € au plus pour un projet.",
            "Jamais tout le projet : une partie de l’argent vient d’ailleurs.",
        ]
        assert found["Qui décide"] == [
            "Une commission décide.",
            "La commission a 12 membres, dont 6 habitants.",
            "Elle se réunit au moins 4 fois par an.",
            "Elle écoute les personnes qui portent chaque projet.",
            "Le projet arrive au moins 30 jours avant le choix.",
        ]
        assert "Chacun peut demander 1 sortie en transport par an au plus." in found["Pour quoi"]


def test_a_vote_says_how_it_is_counted(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        assert said(TEMPLATES[FundKind.PARTICIPATORY_BUDGET].rules)["Qui décide"] == [
            "Les habitantes et les habitants votent.",
            "Pour compter : à parts égales : chaque personne a la même part de l’argent.",
        ]


def test_a_grant_for_one_person_says_what_comes_in_return(app: Flask) -> None:
    rules = FundRules(
        largest=AmountLimit(500_00),
        smallest_cents=50_00,
        most_percent=80,
        choice=ChoiceMode.JURY,
        person=PersonRules(16, 25, "Aider 30 heures."),
    )
    with app.test_request_context("/fr/"):
        found = said(rules)
        assert found["Qui peut demander"] == ["Une personne de 16 à 25 ans."]
        assert found["En échange"] == ["Aider 30 heures."]
        assert found["Combien"][1:] == ["Au moins 50 €.", "Au plus 80 % de ce que le projet coûte."]


def test_what_is_not_defined_is_named(app: Flask) -> None:
    with app.test_request_context("/fr/"), force_locale("fr"):
        assert undefined_names(FundRules()) == "qui peut demander, combien au plus, qui décide"
        assert undefined_names(TEMPLATES[FundKind.FPCC].rules) == ""
        assert in_short(FundRules()) == ""
        assert in_short(TEMPLATES[FundKind.FPCC].rules).endswith(" · Une commission décide")
        assert all(not rule.lines for rule in rule_sentences(FundRules()) if rule.question != "Pour quoi")


def test_each_code_has_its_words() -> None:
    assert set(KINDS) == {each.value for each in FundKind}
    assert set(CHOICES) == {each.value for each in ChoiceMode}
    assert set(COUNTING) == {each.value for each in TallyRule}
    assert set(COMPLETIONS) == {each.value for each in Completion}
    assert set(UNDEFINED) == set(RuleField)
    assert set(DAYS) == set(CalendarDay)
    assert set(STANCES) == {each.value for each in OpinionStance}


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize("kind", FundKind)
def test_each_template_is_told_in_each_language(app: Flask, kind: FundKind, language: str) -> None:
    with app.test_request_context(f"/{language}/"), force_locale(language):
        for rule in rule_sentences(TEMPLATES[kind].rules):
            assert rule.question
            assert all(line.strip() for line in rule.lines)

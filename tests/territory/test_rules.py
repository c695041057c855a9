"""What may be shown of a quartier, and when a contract is over."""

from datetime import date

import pytest

from cdv_civic.territory.rules import figure_is_public, figure_name, is_over, said_share


@pytest.mark.parametrize(
    "name",
    [
        "Part des moins de 24 ans",
        "Part des plus de 60 ans – fiche Lallier",
        "Part des moins de 24 ans – fiche Vercors / Chastenet, Villejuif",
    ],
)
def test_the_age_of_people_may_be_shown(name: str) -> None:
    assert figure_is_public(name)


@pytest.mark.parametrize(
    "name",
    [
        "Part des étrangers dans la population",
        "Part de familles monoparentales",
        "Taux de pauvreté (seuil 60 % du revenu disponible)",
        "Taux de chômage (au sens du recensement)",
        "Médiane du revenu disponible par UC",
        "Part de la population sans diplôme",
        "Part des moins de 24 ans sans emploi",
        "Un chiffre que personne n’a prévu",
        "",
    ],
)
def test_what_can_stigmatise_or_is_unknown_may_not(name: str) -> None:
    assert not figure_is_public(name)


def test_the_name_of_a_figure_loses_its_sheet() -> None:
    assert figure_name("Part des moins de 24 ans – fiche Lallier") == "Part des moins de 24 ans"
    assert figure_name("Taux de pauvreté (Champs-Élysées)") == "Taux de pauvreté"


@pytest.mark.parametrize(
    ("value", "said"),
    [("37,4 %", (2, 5)), ("15,4 %", (1, 7)), ("50 %", (1, 2)), ("5 %", (1, 20)), ("25\u202f%", (1, 4))],
)
def test_a_percentage_is_said_as_people_say_it(value: str, said: tuple[int, int]) -> None:
    assert said_share(value) == said


@pytest.mark.parametrize("value", ["2,1", "16 570 €", "", "0 %", "100 %", "beaucoup"])
def test_what_is_no_share_is_not_made_one(value: str) -> None:
    assert said_share(value) is None


@pytest.mark.parametrize(
    ("end", "over"),
    [
        ("2030", False),
        ("2026", False),
        ("2025", True),
        ("2022-12-31", True),
        ("2026-11-20", False),
        ("2026-10", True),
    ],
)
def test_a_contract_is_over_after_its_last_day(end: str, over: bool) -> None:
    assert is_over(end, date(2026, 11, 20)) is over

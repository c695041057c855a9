"""What may be shown of a quartier, and how one is found."""

from datetime import date

import pytest

from cdv_civic.territory.rules import (
    Finder,
    SearchableQuartier,
    figure_is_public,
    figure_name,
    is_over,
    said_share,
)

PLACES = Finder(
    [
        SearchableQuartier("orly-quartier-est", "Quartier Est", (), ("Orly",)),
        SearchableQuartier("ivry-monmousseau", "Monmousseau", (), ("Ivry-sur-Seine",)),
        SearchableQuartier("ivry-port", "Ivry Port", (), ("Ivry-sur-Seine",)),
        SearchableQuartier("savigny-grand-vaux", "Grand Vaux", (), ("Savigny-sur-Orge",)),
        SearchableQuartier(
            "lozaitz", "Lozaitz Nord - Grimau", ("Lozaites Nord – Grimau – Armand Gouret",), ("Villejuif",)
        ),
        SearchableQuartier(
            "arcueil-irlandais", "Irlandais - Paul Vaillant Couturier", ("Irlandais PVC",), ("Arcueil",)
        ),
        SearchableQuartier(
            "lhay-lallier", "Les Sorbiers - Lallier", ("Lallier",), ("Chevilly-Larue", "L’Haÿ-les-Roses")
        ),
        SearchableQuartier(
            "choisy-centre", "Centre-ville (Barbusse)", ("Quartier du Centre",), ("Choisy-le-Roi",)
        ),
        SearchableQuartier("villeneuve-centre", "Centre ville", (), ("Villeneuve-Saint-Georges",)),
    ]
)


def found(typed: str) -> list[str]:
    return [match.slug for match in PLACES.look_for(typed)]


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("quartier est", "orly-quartier-est"),
        ("ORLY", "orly-quartier-est"),
        ("j'habite à Orly", "orly-quartier-est"),
        ("monm", "ivry-monmousseau"),
        ("monmouseau", "ivry-monmousseau"),
        ("grandvaux", "savigny-grand-vaux"),
        ("Grand-Vaux", "savigny-grand-vaux"),
        ("lozaites", "lozaitz"),
        ("lozaits", "lozaitz"),
        ("irlandais pvc", "arcueil-irlandais"),
        ("l hay les roses", "lhay-lallier"),
        ("lhay les roses", "lhay-lallier"),
        ("quartier du centre choisy", "choisy-centre"),
    ],
)
def test_a_quartier_is_found_as_people_write_it(typed: str, slug: str) -> None:
    assert found(typed)[0] == slug


def test_the_quartier_of_that_very_name_comes_first() -> None:
    assert found("centre ville")[0] == "villeneuve-centre"
    assert set(found("centre ville")) == {"villeneuve-centre", "choisy-centre"}


def test_what_is_nearest_to_the_words_typed_comes_first() -> None:
    nearest_last = [
        SearchableQuartier("commune begins so", "Centre", (), ("Vercorsat",)),
        SearchableQuartier("a commune", "Centre", (), ("Le Vercors",)),
        SearchableQuartier("another name begins so", "Centre", ("Vercorsine",), ()),
        SearchableQuartier("another name has it", "Centre", ("Le Vercors",), ()),
        SearchableQuartier("a word of the name begins so", "Le Vercorsais", (), ()),
        SearchableQuartier("a word of the name", "Le Vercors", (), ()),
        SearchableQuartier("the name begins so", "Vercors Nord", (), ()),
        SearchableQuartier("the name", "Vercors", (), ()),
    ]
    ranked = [match.slug for match in Finder(nearest_last).look_for("vercors")]
    assert ranked == [place.slug for place in reversed(nearest_last)]


def test_names_run_together_find_a_quartier_once_the_name_before_other_names_and_communes() -> None:
    finder = Finder(
        [
            SearchableQuartier(
                "commune", "Le Port d’Ivry-sur-Seine", ("Quai d’Ivry-sur-Seine",), ("Ivry-sur-Seine",)
            ),
            SearchableQuartier(
                "alias", "Les Quais", ("Port d’Ivry-sur-Seine", "Ivry-sur-Seine Port"), ("Orly",)
            ),
            SearchableQuartier("name", "Gare d’Ivry-sur-Seine", ("Ivry-sur-Seine Gare",), ("Orly",)),
        ]
    )
    found = finder.look_for("ivrysurseine")
    assert [(match.slug, match.alias) for match in found] == [
        ("name", None),
        ("alias", "Port d’Ivry-sur-Seine"),
        ("commune", None),
    ]
    assert finder.look_for("xvr") == []


def test_what_is_nearly_right_is_asked_only_where_nothing_is_right() -> None:
    twins = Finder(
        [SearchableQuartier("near", "Monmoussot", (), ()), SearchableQuartier("right", "Monmousseau", (), ())]
    )
    assert [match.slug for match in twins.look_for("monmousseau")] == ["right"]
    assert {match.slug for match in twins.look_for("monmoussea")} == {"right"}
    assert {match.slug for match in twins.look_for("monmousso")} == {"near"}
    assert {match.slug for match in twins.look_for("monmousi")} == {"near", "right"}


def test_all_words_must_match() -> None:
    assert found("ivry port") == ["ivry-port"]
    assert found("orly monmousseau") == []


def test_nothing_typed_finds_nothing() -> None:
    assert found("") == found("  ’ - ") == []
    assert found("zzzz") == []


def test_the_other_spelling_that_answered_is_said() -> None:
    assert PLACES.look_for("pvc")[0].alias == "Irlandais PVC"
    second = Finder([SearchableQuartier("port", "Le Port", ("Quai Nord", "Quai Marcel", "Docks"), ())])
    assert [match.alias for match in second.look_for("marc")] == ["Quai Marcel"]
    assert [match.alias for match in second.look_for("port marcel")] == ["Quai Marcel"]
    assert PLACES.look_for("irlandais")[0].alias is None


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

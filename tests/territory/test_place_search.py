"""How a quartier is found by what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.territory.place_search import (
    Finder,
    SearchableCommune,
    SearchableQuartier,
    names_a_street,
    towns_in,
)

KNOWN = {
    "Orly": SearchableCommune("Orly", ("أورلي",), ("94",), ("94310",)),
    "Vitry-sur-Seine": SearchableCommune("Vitry-sur-Seine", ("فيتري سور سين",), ("94",), ("94400",)),
    "Évry": SearchableCommune("Évry-Courcouronnes", (), ("91",), ("91000", "91080")),
}


def place(slug: str, name: str, aliases: tuple[str, ...], communes: tuple[str, ...]) -> SearchableQuartier:
    return SearchableQuartier(
        slug, name, aliases, tuple(KNOWN.get(each, SearchableCommune(each)) for each in communes)
    )


PLACES = Finder(
    [
        place("orly-quartier-est", "Quartier Est", (), ("Orly",)),
        place("ivry-monmousseau", "Monmousseau", (), ("Ivry-sur-Seine",)),
        place("ivry-port", "Ivry Port", (), ("Ivry-sur-Seine",)),
        place("savigny-grand-vaux", "Grand Vaux", (), ("Savigny-sur-Orge",)),
        place(
            "lozaitz", "Lozaitz Nord - Grimau", ("Lozaites Nord – Grimau – Armand Gouret",), ("Villejuif",)
        ),
        place("arcueil-irlandais", "Irlandais - Paul Vaillant Couturier", ("Irlandais PVC",), ("Arcueil",)),
        place("lhay-lallier", "Les Sorbiers - Lallier", ("Lallier",), ("Chevilly-Larue", "L’Haÿ-les-Roses")),
        place("choisy-centre", "Centre-ville (Barbusse)", ("Quartier du Centre",), ("Choisy-le-Roi",)),
        place("villeneuve-centre", "Centre ville", (), ("Villeneuve-Saint-Georges",)),
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
        place("commune begins so", "Centre", (), ("Vercorsat",)),
        place("a commune", "Centre", (), ("Le Vercors",)),
        place("another name begins so", "Centre", ("Vercorsine",), ()),
        place("another name has it", "Centre", ("Le Vercors",), ()),
        place("a word of the name begins so", "Le Vercorsais", (), ()),
        place("a word of the name", "Le Vercors", (), ()),
        place("the name begins so", "Vercors Nord", (), ()),
        place("the name", "Vercors", (), ()),
    ]
    ranked = [match.slug for match in Finder(nearest_last).look_for("vercors")]
    assert ranked == [place.slug for place in reversed(nearest_last)]


def test_names_run_together_find_a_quartier_once_the_name_before_other_names_and_communes() -> None:
    finder = Finder(
        [
            place("commune", "Le Port d’Ivry-sur-Seine", ("Quai d’Ivry-sur-Seine",), ("Ivry-sur-Seine",)),
            place("alias", "Les Quais", ("Port d’Ivry-sur-Seine", "Ivry-sur-Seine Port"), ("Orly",)),
            place("name", "Gare d’Ivry-sur-Seine", ("Ivry-sur-Seine Gare",), ("Orly",)),
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
    twins = Finder([place("near", "Monmoussot", (), ()), place("right", "Monmousseau", (), ())])
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
    second = Finder([place("port", "Le Port", ("Quai Nord", "Quai Marcel", "Docks"), ())])
    assert [match.alias for match in second.look_for("marc")] == ["Quai Marcel"]
    assert [match.alias for match in second.look_for("port marcel")] == ["Quai Marcel"]
    assert PLACES.look_for("irlandais")[0].alias is None


TOWNS = Finder(
    [
        place("orly-pierre", "Pierre au Prêtre", (), ("Orly",)),
        place("orly-est", "Quartier Est", (), ("Orly",)),
        place("vitry-8-mai", "8 Mai 1945", (), ("Vitry-sur-Seine",)),
        place("vitry-commune", "Commune de Paris", (), ("Vitry-sur-Seine",)),
        place("vsg-centre", "Centre ville", (), ("Villeneuve-Saint-Georges",)),
        place("vsg-pres", "Prés Saint-Martin", (), ("Villeneuve-Saint-Georges",)),
        place("choisy-navigateurs", "Les Navigateurs", (), ("Choisy-le-Roi",)),
        place("grigny-2", "Grigny 2", (), ("Grigny",)),
        place("ivry-quai", "Quai Marcel", ("Ivry Port",), ("Ivry-sur-Seine",)),
        place("evry-pyramides", "Pyramides", (), ("Évry",)),
        place("saint-exupery", "Rue Sainte-Geneviève", (), ("Savigny-sur-Orge",)),
    ]
)


def towns(typed: str) -> set[str]:
    return {match.slug for match in TOWNS.look_for(typed)}


ORLY = {"orly-pierre", "orly-est"}
VITRY = {"vitry-8-mai", "vitry-commune"}
VILLENEUVE = {"vsg-centre", "vsg-pres"}


@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        ("villeneuve st georges", VILLENEUVE),
        ("St Georges", VILLENEUVE),
        ("villeneuvestgeorges", VILLENEUVE),
        ("VILLENEUVE-ST-GEORGES", VILLENEUVE),
        ("prés st martin", {"vsg-pres"}),
        ("pres ste martin", {"vsg-pres"}),
        ("ste", {*VILLENEUVE, "saint-exupery"}),
        ("94310 Orly", ORLY),
        ("94310", ORLY),
        ("943", ORLY),
        ("ORLY CEDEX", ORLY),
        ("Orly (94)", ORLY),
        ("Orly, France", ORLY),
        ("mairie d'Orly", ORLY),
        ("ville d’Orly", ORLY),
        ("commune de Grigny", {"grigny-2"}),
        ("mon quartier c'est Orly", ORLY),
        ("j'habite à Orly dans le 94", ORLY),
        ("91080", {"evry-pyramides"}),
        ("choisy-le-roy", {"choisy-navigateurs"}),
        ("choisyleroy", {"choisy-navigateurs"}),
        ("choisi le roi", {"choisy-navigateurs"}),
        ("8 mai 45", {"vitry-8-mai"}),
        ("huit mai 1945", {"vitry-8-mai"}),
        ("grigny II", {"grigny-2"}),
        ("grigny deux", {"grigny-2"}),
        ("ıvry", {"ivry-quai"}),
        ("İvry", {"ivry-quai"}),
        ("أورلي", ORLY),
        ("اورلي", ORLY),
        ("في أورلي", ORLY),
        ("فيتري", VITRY),
        ("quartier est", {"orly-est"}),
        ("commune de paris", {"vitry-commune"}),
    ],
)
def test_a_town_is_found_by_its_postcode_short_forms_numbers_and_other_languages(
    typed: str, slugs: set[str]
) -> None:
    assert towns(typed) == slugs


@pytest.mark.parametrize("typed", ["94310 Grigny", "75001"])
def test_a_postcode_of_elsewhere_finds_nothing(typed: str) -> None:
    assert towns(typed) == set()


@pytest.mark.parametrize(
    "typed",
    [
        "avenue de la victoire",
        "12 rue de Paris",
        "3 bis av. des Navigateurs",
        "bd Lénine Orly",
        "place Marcel",
        "rue sainte",
    ],
)
def test_a_street_is_said_to_be_one_and_finds_no_quartier_that_lacks_it(typed: str) -> None:
    assert names_a_street(typed)
    assert towns(typed) - {"saint-exupery"} == set()


@pytest.mark.parametrize(
    ("typed", "slug"), [("quai marcel", "ivry-quai"), ("12 rue Ste Geneviève", "saint-exupery")]
)
def test_a_quartier_that_is_called_as_a_street_is_found_by_it(typed: str, slug: str) -> None:
    assert towns(typed) == {slug}


@pytest.mark.parametrize("typed", ["Orly", "quartier est", "8 mai 45", "la rue", "place", ""])
def test_what_names_no_street_is_none(typed: str) -> None:
    assert not names_a_street(typed)


@pytest.mark.parametrize("typed", ["rue", "place", "avenue", "quartier", "la", "cité de la", "ville"])
def test_a_word_that_many_names_hold_decides_nothing(typed: str) -> None:
    assert towns(typed) <= {"saint-exupery", "orly-est"}


@given(st.text(max_size=60))
def test_whatever_is_typed_each_quartier_is_found_once_the_nearest_first(typed: str) -> None:
    found = TOWNS.look_for(typed)
    assert len({match.slug for match in found}) == len(found)
    assert [match.rank for match in found] == sorted(match.rank for match in found)


@pytest.mark.parametrize(
    "typed", ["94 310", "94310orly", "orly94310", "94310, Orly", "  94310-Orly", "94 310 ORLY"]
)
def test_a_postcode_is_read_with_a_space_in_it_or_a_name_stuck_to_it(typed: str) -> None:
    assert set(towns(typed)) == {"orly-pierre", "orly-est"}


@pytest.mark.parametrize("typed", ["Val-de-Marne", "val de marne", "VAL DE MARNE", "le Val-de-Marne"])
def test_a_department_is_found_by_its_name_as_by_its_number(typed: str) -> None:
    assert set(towns(typed)) == set(towns("94")) != set()


def test_a_department_is_no_unfinished_name_of_a_town() -> None:
    corbeil = SearchableCommune("Corbeil-Essonnes", (), ("91",), ("91100",))
    finder = Finder(
        [
            SearchableQuartier("tarterets", "Les Tarterêts", (), (corbeil,)),
            SearchableQuartier("pyramides", "Pyramides", (), (KNOWN["Évry"],)),
        ]
    )
    assert {match.slug for match in finder.look_for("Essonne")} == {"tarterets", "pyramides"}
    assert [match.slug for match in finder.look_for("corbeil essonne")] == ["tarterets"]


def test_a_side_of_the_sky_is_a_name_before_it_is_a_department() -> None:
    roubaix = SearchableCommune("Roubaix", (), ("59",), ("59100",))
    finder = Finder(
        [
            SearchableQuartier("nord", "Quartier Nord", (), (roubaix,)),
            SearchableQuartier("epeule", "L’Épeule", (), (roubaix,)),
        ]
    )
    assert [match.slug for match in finder.look_for("nord")] == ["nord"]
    assert [match.slug for match in finder.look_for("quartier nord")] == ["nord"]


@pytest.mark.parametrize("typed", ["Orly (Val-de-Marne)", "orly val de marne"])
def test_a_town_is_found_with_its_department_behind_it(typed: str) -> None:
    assert set(towns(typed)) == {"orly-pierre", "orly-est"}


@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        ("12 rue des Lilas, 94310 Orly", ("orly",)),
        ("rue du 8 mai 1945 ORLY", ("orly",)),
        ("résidence des Tilleuls à Vitry sur Seine", ("vitry",)),
        ("حي الزهور أورلي", ("orly",)),
        ("3 allée Monge 94400", ("vitry",)),
        ("rue de Vitry", ()),
        ("", ()),
    ],
)
def test_an_address_leads_to_the_town_that_it_names(typed: str, slugs: tuple[str, ...]) -> None:
    communes = {"orly": KNOWN["Orly"], "vitry": KNOWN["Vitry-sur-Seine"]}
    assert towns_in(typed, communes) == slugs


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_the_search_for_a_town(typed: str) -> None:
    assert set(towns_in(typed, KNOWN)) <= set(KNOWN)

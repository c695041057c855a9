"""Search forgives what people type, in every language of the titles."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from cdv_civic.commitments.models import CommitmentSearch
from cdv_civic.commitments.queries.spelling import nearest_words
from cdv_civic.commitments.search import index_anew, indexed_otherwise, refresh
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.localized import translate
from cdv_civic.territory.models import Contract
from tests.commitments.test_listing import titles
from tests.factories import (
    make_account,
    make_commitment,
    make_contract,
    make_organisation,
    make_progress,
    make_quartier,
)
from tests.signing_in import sign_in


@pytest.fixture
def contract(app: Flask) -> Contract:
    contract = make_contract("un")
    make_commitment(
        contract,
        "Rénover l’école Paul-Éluard et ses abords",
        translations={"ar": "ترميم المدرسة ومحيطها", "en": "Renovate the school and its surroundings"},
    )
    make_commitment(
        contract, "Créer des logements pour les aînés", translations={"ar": "إنشاء مساكن للمسنين"}
    )
    return contract


SCHOOL = "Rénover l’école Paul-Éluard et ses abords"
HOMES = "Créer des logements pour les aînés"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ecole", [SCHOOL]),
        ("ÉCOLES", [SCHOOL]),
        ("l'école", [SCHOOL]),
        ("paul eluard", [SCHOOL]),
        ("Paul-Eluard", [SCHOOL]),
        ("abord école", [SCHOOL]),
        ("réno", [SCHOOL]),
        ("logement", [HOMES]),
        ("Logements aines", [HOMES]),
        ("des logements pour", [HOMES]),
        ("schools", [SCHOOL]),
        ("école logement", []),
        ("piscine", []),
    ],
)
def test_accents_plurals_and_beginnings_are_forgiven(
    contract: Contract, typed: str, found: list[str]
) -> None:
    assert titles(q=typed) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("مدرسة", [SCHOOL]),
        ("المدرسه", [SCHOOL]),
        ("مَدْرَسَة", [SCHOOL]),
        ("إنشاء", [HOMES]),
        ("انشاء مساكن", [HOMES]),
    ],
)
def test_arabic_is_found_with_or_without_its_article_and_vowel_signs(
    contract: Contract, typed: str, found: list[str]
) -> None:
    assert titles(q=typed) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ('"école"', [SCHOOL]),
        ("école*", [SCHOOL]),
        ("(école", [SCHOOL]),
        ("école:école", [SCHOOL]),
        ("école'", [SCHOOL]),
        ("école & | !", [SCHOOL]),
        ("école OR logement", []),
        ("école NOT logement", []),
        ("NEAR(école)", []),
        ("école -logement", []),
    ],
)
def test_signs_and_words_of_the_search_engines_are_only_signs_and_words(
    contract: Contract, typed: str, found: list[str]
) -> None:
    assert titles(q=typed) == found


def test_holders_and_news_are_found_too(contract: Contract) -> None:
    city = make_organisation(contract, "Mairie de Chevilly-Larue")
    pool = make_commitment(contract, "Ouvrir un bassin", holders=[city])
    make_progress(pool, "en_cours", date(2026, 3, 3), "Le chantier a commencé ce matin.")
    assert titles(q="chevilly") == ["Ouvrir un bassin"]
    assert titles(q="chantiers") == ["Ouvrir un bassin"]


def test_what_was_withdrawn_is_not_found(contract: Contract) -> None:
    pool = make_commitment(contract, "Ouvrir un bassin")
    make_progress(
        pool, sentence="Une grande piscine à vagues.", withdrawn_at=clock.now(), withdrawn_reason="Erreur"
    )
    assert titles(q="vague") == []


def test_a_new_translation_is_found_after_a_refresh(contract: Contract) -> None:
    row = make_commitment(contract, "Planter des arbres")
    with transaction() as session:
        translate(session, row.title_id, "ar", "زراعة الأشجار", author=None)
        refresh(session, [row.id])
    assert titles(q="الأشجار") == ["Planter des arbres"]


def test_a_quartier_is_a_word_of_what_it_is_promised(contract: Contract) -> None:
    make_commitment(contract, "Ouvrir une bibliothèque", quartiers=[make_quartier(contract, "Quartier Est")])
    make_commitment(contract, "Rénover la bibliothèque", quartiers=[make_quartier(contract, "Les Lilas")])
    assert titles(q="bibliotheque quartier est") == ["Ouvrir une bibliothèque"]


WORDS = ("réseau", "bureau", "local", "social", "municipal", "jeu", "travail", "hôpital", "lieu", "enjeu")


@pytest.mark.parametrize("word", WORDS)
def test_one_and_many_find_each_other(contract: Contract, word: str) -> None:
    many = word[:-2] + "aux" if word.endswith("al") else "travaux" if word == "travail" else word + "x"
    make_commitment(contract, f"Un {word} pour tous")
    make_commitment(contract, f"Des {many} pour tous")
    assert titles(q=word) == titles(q=many) == [f"Un {word} pour tous", f"Des {many} pour tous"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("mediathèqe", "médiathèque"), ("MEDIATEQUE", "médiathèque"), ("ouvrire mediathèqe", "médiathèque")],
)
def test_what_is_nearly_right_is_found_where_nothing_is_right(
    contract: Contract, typed: str, meant: str
) -> None:
    make_commitment(contract, f"Ouvrir une {meant}")
    assert titles(q=typed) == []
    near = nearest_words(typed)
    assert near is not None
    assert titles(q=near) == [f"Ouvrir une {meant}"]


@pytest.mark.parametrize("typed", ["école logement", "xqzw", "zzzzzzzz", "?", "la", "a" * 200])
def test_nothing_else_is_looked_for_where_the_words_are_known_or_near_to_nothing(
    contract: Contract, typed: str
) -> None:
    assert nearest_words(typed) is None


def test_what_was_indexed_by_other_rules_is_indexed_anew(client: FlaskClient, contract: Contract) -> None:
    assert not indexed_otherwise()
    with transaction() as session:
        session.execute(update(CommitmentSearch).values(document="vieux", stems=None))
    assert indexed_otherwise()
    assert titles(q="école") == []
    assert "Paul-Éluard" not in client.get("/fr/engagements?q=école").get_data(as_text=True)
    index_anew()
    assert not indexed_otherwise()
    assert titles(q="école") == [SCHOOL]
    assert "Paul-Éluard" in client.get("/fr/engagements?q=école").get_data(as_text=True), "and no kept page"


@pytest.mark.parametrize("path", ["/fr/engagements", "/fr/bureau/engagements"])
def test_a_page_says_that_it_shows_what_is_near(client: FlaskClient, contract: Contract, path: str) -> None:
    sign_in(client, make_account(contract=contract))
    said = client.get(path, query_string={"q": "ecolle"}).get_data(as_text=True)
    assert "Nous ne trouvons pas « ecolle »" in said
    assert "Paul-Éluard" in said
    assert "Nous ne trouvons pas" not in client.get(path, query_string={"q": "école"}).get_data(as_text=True)

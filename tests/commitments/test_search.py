"""Search forgives what people type, in every language of the titles."""

from datetime import date

import pytest
from flask import Flask

from cdv_civic.commitments.search import refresh
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.localized import translate
from cdv_civic.territory.models import Contract
from tests.commitments.test_listing import titles
from tests.factories import make_commitment, make_contract, make_organisation, make_progress


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

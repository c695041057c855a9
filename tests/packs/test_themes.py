"""Suggested themes: the plain cases, and none rather than a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdv_civic.packs import themes
from cdv_civic.packs.format import read_pack
from cdv_civic.packs.themes import suggest_themes, theme_of_axis, theme_of_commitment
from cdv_civic.territory.vocabulary import THEMES

DATA = Path(__file__).parents[2] / "cdv_civic" / "packs" / "data"


@pytest.mark.parametrize(
    ("title", "theme"),
    [
        ("Émancipation pour tous", "emancipation"),
        ("Transition écologique et énergétique – Jardin Parisien", "ecologie"),
        ("Tranquillité publique et sécurité", "tranquillite"),
        ("Plein emploi", "emploi"),
        ("Garantir la santé et le bien-être des habitants", "sante"),
        ("Habitat des quartiers et mixité sociale, y compris par le renouvellement urbain", "habitat"),
        ("L’ÉGALITÉ ENTRE LES FEMMES ET LES HOMMES", "emancipation"),
        ("Gouvernance et évaluation du contrat de ville", None),
        ("Mobilisation du droit commun", None),
        ("Présentation du quartier – Jardin Parisien-Stade", None),
        ("Santé, lien social, lutte contre les discriminations", None),
    ],
)
def test_an_axis_has_the_theme_of_its_words(title: str, theme: str | None) -> None:
    assert theme_of_axis(title) == theme


def test_a_child_without_words_of_its_own_has_its_parents_theme() -> None:
    assert theme_of_axis("Se coordonner pour mieux toucher les publics", "emploi") == "emploi"


def test_strong_words_prevail_over_the_parent_and_weak_ones_do_not() -> None:
    assert theme_of_axis("Soutenir l'accès aux soins", "emancipation") == "sante"
    assert theme_of_axis("Prévention et médiation des plus jeunes", "tranquillite") == "tranquillite"


def test_between_two_themes_the_parent_decides_and_otherwise_nobody() -> None:
    title = "Améliorer les rapports police-jeunes-parents"
    assert theme_of_axis(title, "tranquillite") == "tranquillite"
    assert theme_of_axis(title, "habitat") is None


def test_a_commitment_has_the_theme_of_its_first_axis_that_has_one() -> None:
    assert theme_of_commitment("Recruter un médecin", [None, "emploi", "sante"]) == "emploi"
    assert theme_of_commitment("Recruter un médecin scolaire", []) is None
    assert theme_of_commitment("Ouvrir un cabinet médical", [None]) == "sante"


def test_most_commitments_of_the_real_packs_have_a_theme() -> None:
    total = suggested = 0
    for path in DATA.glob("*.json"):
        pack = read_pack(path)
        found = suggest_themes(pack.axes, pack.commitments)
        assert set(found.commitments.values()) | set(found.axes.values()) <= {*THEMES, None}
        total += len(pack.commitments)
        suggested += sum(theme is not None for theme in found.commitments.values())
    assert total == 2580
    assert suggested / total > 0.9


def test_the_tables_name_the_six_themes() -> None:
    assert set(themes.STRONG_WORDS) == set(themes.WEAK_WORDS) == set(THEMES)

"""What is said of commitments in words."""

import pytest
from flask import Flask

from cdv_civic.commitments.rules.refusals import Breach, BrokenRule
from cdv_civic.commitments.rules.texts import check_sentence
from cdv_civic.commitments.rules.transitions import check_transition
from cdv_civic.commitments.wording import SENTENCES, RuleRefused, refusals_in_words, sentence_of, value_text

pytestmark = pytest.mark.one_database


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    assert list(SENTENCES) == list(Breach)
    with_words = {str(sentence) for sentence in SENTENCES.values()}
    assert len(with_words) == len(Breach)


def test_a_refusal_names_states_as_people_read_them(app: Flask) -> None:
    with app.test_request_context("/fr/"), pytest.raises(BrokenRule) as broken:
        check_transition("en_cours", "annonce")
    assert sentence_of(broken.value) == (
        "Après « En cours », on ne peut pas dire « Annoncé ». "
        "Si la nouvelle d’avant est une erreur, retirez-la d’abord."
    )


def test_a_broken_rule_reaches_the_form_in_words_beside_its_field(app: Flask) -> None:
    with app.test_request_context("/fr/"), pytest.raises(RuleRefused) as refused, refusals_in_words():
        check_sentence("x" * 201)
    assert (refused.value.status, refused.value.field) == (422, "sentence")
    assert "201 caractères" in str(refused.value.sentence)


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("boolean", "oui", "oui"),
        ("date", "2026-12-31", "31 décembre 2026"),
        ("date", "rentrée 2026", "rentrée 2026"),
        ("qualitative", "Les habitants sont contents", "Les habitants sont contents"),
    ],
)
def test_a_value_in_words_is_said_as_people_say_it(app: Flask, kind: str, text: str, said: str) -> None:
    with app.test_request_context("/fr/"):
        assert value_text(kind, text=text, locale="fr") == said

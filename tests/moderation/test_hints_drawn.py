"""The words of a text with what asks for a look in them, as moderators see it."""

import re

import pytest
from flask import Flask, render_template_string

from cdv_civic.core.db import transaction
from cdv_civic.moderation.desk.hint_presentation import hinted_text
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.hinting import judge
from cdv_civic.moderation.queries.hints import hints_of
from tests import factories as make
from tests.moderation.hint_texts import Texts, list_words, texts

pytestmark = pytest.mark.one_database

__all__ = ["texts"]

PAGE = """{% from "moderation/hints.html" import hinted_words, hints_list %}{{ hinted_words(hinted) }}{{ hints_list(hinted) }}"""


def drawn(app: Flask, texts: Texts, text: ModeratedText) -> str:
    with app.test_request_context("/fr/"):
        hinted = hinted_text(texts.said[text.id], hints_of([text.id]).get(text.id, ()))
        return render_template_string(PAGE, hinted=hinted)


def read_aloud(page: str) -> str:
    """The text of a page without what is only seen."""
    return " ".join(re.sub(r"<sup aria-hidden.*?</sup>|<[^>]*>", " ", page).split())


def test_each_place_is_marked_said_and_numbered(app: Flask, texts: Texts) -> None:
    contract = make.make_contract()
    list_words(contract, "zouzou")
    text = texts.enter(contract, "Le zouzou de Mme Exemple", title="Au 06 12 34 56 78")
    page = drawn(app, texts, text)
    assert [re.sub("<.*?>", "", each) for each in re.findall(r"<mark.*?</mark>", page)] == [
        "[à regarder\u00a0: Un numéro de téléphone] 06 12 34 56 783 [fin]",
        "[à regarder\u00a0: Un mot de votre liste] zouzou1 [fin]",
        "[à regarder\u00a0: Peut-être un nom] Mme Exemple2 [fin]",
    ]
    assert "Le [à regarder : Un mot de votre liste] zouzou [fin] de" in read_aloud(page)
    assert page.count('name="false_alarm"') == 3
    assert "3 choses à regarder" in page


def test_what_somebody_typed_is_shown_and_does_nothing(app: Flask, texts: Texts) -> None:
    text = texts.enter(make.make_contract(), '<script>alert(1)</script> Mme <b>Exemple</b> a"><i>@b.fr')
    page = drawn(app, texts, text)
    assert "<script>" not in page
    assert "<i>" not in page
    assert "&lt;script&gt;" in page


def test_a_false_alarm_marks_nothing_and_stays_ticked(app: Flask, texts: Texts) -> None:
    text = texts.enter(make.make_contract(), "Au 06 12 34 56 78 ou a@b.fr")
    phone, _email = hints_of([text.id])[text.id]
    with transaction() as session:
        judge(session, text.id, [phone.id])
    page = drawn(app, texts, text)
    assert len(re.findall("<mark", page)) == 1
    assert re.search(rf'value="{phone.id}" checked', page)


def test_words_that_were_changed_since_are_drawn_whole(app: Flask, texts: Texts) -> None:
    text = texts.enter(make.make_contract(), "Un long texte au 06 12 34 56 78")
    texts.said[text.id] = texts.said[text.id].__class__("", "Court", "fr")
    page = drawn(app, texts, text)
    assert "Court" in page
    assert "<mark" not in page


def test_a_text_without_hints_is_a_text(app: Flask, texts: Texts) -> None:
    page = drawn(app, texts, texts.enter(make.make_contract(), "Un banc"))
    assert "Un banc" in page
    assert "fieldset" not in page

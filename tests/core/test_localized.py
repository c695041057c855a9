"""A text in several languages: what is shown of it, and when a translation is old."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Flask
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.localized import (
    Translation,
    TranslationState,
    Words,
    change_original,
    translate,
    words_of,
    write_original,
)
from tests.conftest import TODAY


def shown(text_id: int, language: str) -> Words:
    return words_of([text_id], language)[text_id]


def test_a_draft_is_shown_to_nobody_however_often_its_original_changes(app: Flask, session: Session) -> None:
    with transaction() as writing:
        text_id = write_original(writing, "Une école").id
        translate(writing, text_id, "ar", "مدرسة", TranslationState.DRAFT)
    assert shown(text_id, "ar") == Words("Une école", "fr", translated=False)
    with transaction() as writing:
        change_original(writing, text_id, "Deux écoles")
    assert shown(text_id, "ar") == Words("Deux écoles", "fr", translated=False)
    assert session.get_one(Translation, (text_id, "ar")).state == "draft"


def test_a_changed_original_makes_its_own_translations_stale_and_no_others(
    app: Flask, session: Session
) -> None:
    with transaction() as writing:
        changed, other = (write_original(writing, text).id for text in ("Une école", "Un parc"))
        translate(writing, changed, "ar", "مدرسة")
        translate(writing, other, "ar", "حديقة")
    with transaction() as writing:
        change_original(writing, changed, "Deux écoles")
    assert shown(changed, "ar") == Words("مدرسة", "ar", translated=True, stale=True)
    assert shown(other, "ar") == Words("حديقة", "ar", translated=True)
    assert shown(other, "fr") == Words("Un parc", "fr", translated=True)


def test_a_stale_translation_is_fresh_once_somebody_writes_it_again(app: Flask, session: Session) -> None:
    with transaction() as writing:
        text_id = write_original(writing, "Une école").id
        translate(writing, text_id, "ar", "مدرسة", TranslationState.STALE)
    later = TODAY.replace(hour=10)
    with clock.frozen_everywhere(later), transaction() as writing:
        translate(writing, text_id, "ar", "مدرستان")
    assert shown(text_id, "ar") == Words("مدرستان", "ar", translated=True)
    assert session.get_one(Translation, (text_id, "ar")).changed_at == later


def test_no_texts_cost_no_statement(
    app: Flask, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with count_statements() as statements:
        assert words_of([], "fr") == {}
    assert statements == []

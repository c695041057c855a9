"""A text in several languages: what is shown of it, and when a translation is old."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.localized import (
    LocalizedText,
    Translation,
    TranslationState,
    Words,
    change_originals,
    standing,
    translate,
    words_of,
    write_original,
)
from cdv_civic.core.texts_version import TextsChanged, check_texts_version, texts_version
from tests.conftest import TODAY
from tests.races import at_once
from tests.texts import an_owner, write_text


def shown(text_id: int, language: str) -> Words:
    return words_of([text_id], language)[text_id]


def stands(session: Session, text_id: int, language: str) -> str | None:
    return session.execute(
        select(standing())
        .join(LocalizedText, LocalizedText.id == Translation.text_id)
        .where(Translation.text_id == text_id, Translation.language == language)
    ).scalar()


def test_a_draft_is_shown_to_nobody_however_often_its_original_changes(app: Flask, session: Session) -> None:
    with transaction() as writing:
        text_id = write_text(writing, "Une école")
        translate(writing, text_id, "ar", "مدرسة", author=None, state=TranslationState.DRAFT)
    assert shown(text_id, "ar") == Words("Une école", "fr", translated=False)
    with transaction() as writing:
        change_originals(writing, {text_id: "Deux écoles"})
    assert shown(text_id, "ar") == Words("Deux écoles", "fr", translated=False)
    assert stands(session, text_id, "ar") == "draft"


def test_a_changed_original_makes_its_own_translations_stale_and_no_others(
    app: Flask, session: Session
) -> None:
    with transaction() as writing:
        changed, other = (write_text(writing, text) for text in ("Une école", "Un parc"))
        translate(writing, changed, "ar", "مدرسة", author=None)
        translate(writing, other, "ar", "حديقة", author=None)
    with transaction() as writing:
        change_originals(writing, {changed: "Deux écoles", other: "Un parc"})
    assert shown(changed, "ar") == Words("مدرسة", "ar", translated=True, stale=True)
    assert shown(other, "ar") == Words("حديقة", "ar", translated=True), "its words are the same"
    assert shown(other, "fr") == Words("Un parc", "fr", translated=True)


def test_a_changed_original_says_when_and_counts(app: Flask, session: Session) -> None:
    with transaction() as writing:
        text_id = write_text(writing, "Une école")
    later = TODAY.replace(hour=10)
    with clock.frozen_everywhere(later), transaction() as writing:
        change_originals(writing, {text_id: "Deux écoles"})
    with clock.frozen_everywhere(TODAY.replace(hour=11)), transaction() as writing:
        change_originals(writing, {text_id: "Deux écoles"})
    row = session.get_one(LocalizedText, text_id)
    assert (row.original, row.version, row.changed_at) == ("Deux écoles", 2, later)


def test_a_stale_translation_is_fresh_once_somebody_writes_it_again(app: Flask, session: Session) -> None:
    with transaction() as writing:
        text_id = write_text(writing, "Une école")
        translate(writing, text_id, "ar", "مدرسة", author=None)
        change_originals(writing, {text_id: "Deux écoles"})
    assert stands(session, text_id, "ar") == "stale"
    later = TODAY.replace(hour=10)
    with clock.frozen_everywhere(later), transaction() as writing:
        translate(writing, text_id, "ar", "مدرستان", author=None)
    assert shown(text_id, "ar") == Words("مدرستان", "ar", translated=True)
    row = session.get_one(Translation, (text_id, "ar"))
    assert (row.changed_at, row.reviewed_at) == (later, later)


def test_of_one_owner_there_is_one_text_of_a_name(app: Flask) -> None:
    owner = an_owner()
    with transaction() as writing:
        write_original(writing, "Une école", owner)
    with pytest.raises(IntegrityError), transaction() as writing:
        write_original(writing, "Deux écoles", owner)


def test_a_stale_state_is_never_stored(app: Flask) -> None:
    with pytest.raises(IntegrityError), transaction() as writing:
        translate(
            writing, write_text(writing, "Une école"), "ar", "x", author=None, state=TranslationState.STALE
        )


def test_no_texts_cost_no_statement(
    app: Flask, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with count_statements() as statements:
        assert words_of([], "fr") == {}
    assert statements == []


def test_two_who_translate_the_same_text_at_once_both_end_and_one_translation_stands(
    app: Flask, session: Session
) -> None:
    with transaction() as writing:
        text_id = write_text(writing, "Une école")

    def write(words: str) -> Callable[[], None]:
        def act() -> None:
            with transaction() as own:
                translate(own, text_id, "en", words, author=None)

        return act

    assert at_once(app, *(write(words) for words in ("A school", "One school", "The school"))) == [None] * 3
    session.rollback()
    assert shown(text_id, "en").text in ("A school", "One school", "The school")


texts = st.lists(st.tuples(st.integers(1, 9), st.text(max_size=3), st.none() | st.text(max_size=3)))


@given(texts, texts)
def test_a_form_tells_every_difference_and_no_order(before: list[object], after: list[object]) -> None:
    same = sorted(map(repr, before)) == sorted(map(repr, after))
    assert (texts_version(before) == texts_version(after)) is same  # type: ignore[arg-type]
    assert 1 <= texts_version(before) < 10**9, "a form reads nine digits"  # type: ignore[arg-type]


def test_a_form_of_before_is_refused_and_no_form_is_not() -> None:
    check_texts_version([(1, "Une école")], None)
    check_texts_version([(1, "Une école")], texts_version([(1, "Une école")]))
    with pytest.raises(TextsChanged):
        check_texts_version([(1, "Deux écoles")], texts_version([(1, "Une école")]))


#: What happens to one text: its original is set, it is translated, or a draft of it is kept.
acts = st.lists(
    st.one_of(
        st.tuples(st.just("original"), st.sampled_from("abc")),
        st.tuples(st.just("reviewed"), st.sampled_from("xyz")),
        st.tuples(st.just("draft"), st.sampled_from("xyz")),
    ),
    max_size=8,
)


@given(acts)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_translation_is_stale_as_soon_as_its_original_says_something_else_and_until_it_is_said_again(
    app: Flask, done: list[tuple[str, str]]
) -> None:
    with transaction() as session:
        text_id = write_text(session, "a")
        original, version, stored, fresh = "a", 1, None, True
        for kind, words in done:
            if kind == "original":
                change_originals(session, {text_id: words})
                if words != original:
                    original, version, fresh = words, version + 1, False
            else:
                state = TranslationState(kind)
                translate(session, text_id, "en", words, author=None, state=state)
                stored, fresh = (kind, words), True
    session.expire_all()
    row = session.get_one(LocalizedText, text_id)
    assert (row.original, row.version) == (original, version)
    if stored is None or stored[0] == "draft":
        assert shown(text_id, "en") == Words(original, "fr", translated=False)
        assert stands(session, text_id, "en") == (stored and "draft")
    else:
        assert shown(text_id, "en") == Words(stored[1], "en", translated=True, stale=not fresh)
        assert stands(session, text_id, "en") == ("reviewed" if fresh else "stale")
    db.session.rollback()

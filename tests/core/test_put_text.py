"""A text is written with its translations in one way."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.localized import LocalizedText, Translation, forget_text, put_text
from tests.conftest import counting


def write(text_id: int | None, **texts: str) -> int | None:
    with transaction() as session:
        return put_text(session, text_id, texts, "title", 100)


def states(session: Session) -> dict[str, tuple[str, str]]:
    session.rollback()
    rows = session.execute(select(Translation).order_by(Translation.language)).scalars()
    return {row.language: (row.text, row.state) for row in rows}


def test_a_text_is_written_in_all_its_languages(app: Flask, session: Session) -> None:
    text_id = write(None, fr=" Le parc ", en="The park", ar="")
    assert session.get_one(LocalizedText, text_id).original == "Le parc"
    assert states(session) == {"en": ("The park", "reviewed")}


def test_nothing_typed_is_no_text(app: Flask, session: Session) -> None:
    assert write(None, fr="  ", en="") is None
    assert session.execute(select(LocalizedText)).first() is None


def test_a_translation_that_is_taken_away_is_deleted(app: Flask, session: Session) -> None:
    text_id = write(None, fr="Le parc", en="The park", ar="الحديقة")
    assert write(text_id, fr="Le parc", en="The park") == text_id
    assert list(states(session)) == ["en"]


def test_a_translation_of_another_original_is_stale_until_it_is_given_again(
    app: Flask, session: Session
) -> None:
    text_id = write(None, fr="Le parc", en="The park", ar="الحديقة")
    write(text_id, fr="Le jardin", en="The garden", ar="الحديقة")
    assert states(session) == {"ar": ("الحديقة", "stale"), "en": ("The garden", "reviewed")}
    write(text_id, fr="Le jardin", en="The garden", ar="الحديقة")
    assert states(session)["ar"] == ("الحديقة", "reviewed")


@pytest.mark.parametrize(
    ("texts", "field"), [({"en": "The park"}, "title_fr"), ({"fr": "Le parc", "en": "x" * 101}, "title_en")]
)
def test_a_text_that_cannot_be_kept_names_its_field(
    app: Flask, session: Session, texts: dict[str, str], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        write(None, **texts)
    assert refused.value.field == field
    assert session.execute(select(LocalizedText)).first() is None


def test_a_text_that_is_forgotten_takes_its_translations_with_it(app: Flask, session: Session) -> None:
    text_id = write(None, fr="Le parc", en="The park")
    with transaction() as writing:
        forget_text(writing, text_id)
        forget_text(writing, None)
    assert states(session) == {}


def test_nothing_is_written_where_nothing_changed(app: Flask) -> None:
    text_id = write(None, fr="Le parc", en="The park", ar="الحديقة")
    with transaction() as session, counting(app) as statements:
        put_text(session, text_id, {"fr": "Le parc", "en": "The park", "ar": "الحديقة"}, "title", 100)
    assert len(statements) == 2

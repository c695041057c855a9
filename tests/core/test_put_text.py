"""A text is written with its translations in one way."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forgotten_texts import forget_text
from cdv_civic.core.localized import (
    BadTranslation,
    LocalizedText,
    Translation,
    put_text,
    standing,
    translate,
    words_of,
)
from cdv_civic.core.localized import TranslationState as State
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.text_owners import TextOwner
from tests import factories as make
from tests.conftest import counting
from tests.texts import an_owner


def write(text_id: int | None, author: Actor | None = None, /, **texts: str) -> int | None:
    with transaction() as session:
        return put_text(session, text_id, texts, "title", 100, an_owner(), author)


def states(session: Session) -> dict[str, tuple[str, str]]:
    session.rollback()
    rows = session.execute(
        select(Translation.language, Translation.text, standing())
        .join(LocalizedText, LocalizedText.id == Translation.text_id)
        .order_by(Translation.language)
    )
    return {language: (text, state) for language, text, state in rows}


def test_a_text_is_written_in_all_its_languages(app: Flask, session: Session) -> None:
    text_id = write(None, fr=" Le parc ", en="The park", ar="")
    assert session.get_one(LocalizedText, text_id).original == "Le parc"
    assert states(session) == {"en": ("The park", "reviewed")}


def test_a_text_knows_its_owner_and_its_contract(app: Flask, session: Session) -> None:
    owner = TextOwner("commitment", 12, "title", 3)
    with transaction() as writing:
        text_id = put_text(writing, None, {"fr": "Le parc"}, "title", 100, owner, None)
    row = session.get_one(LocalizedText, text_id)
    assert TextOwner(row.owner_kind, row.owner_id, row.field, row.contract_id) == owner


@pytest.mark.parametrize(
    "owner", [TextOwner("nothing", 1, "title", None), TextOwner("commitment", 1, "sentence", None)]
)
def test_a_text_of_an_owner_that_no_feature_declared_is_refused(app: Flask, owner: TextOwner) -> None:
    with pytest.raises(ValueError, match="registered"), transaction() as session:
        put_text(session, None, {"fr": "Le parc"}, "title", 100, owner, None)


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


def test_a_draft_that_is_given_again_stays_a_draft(app: Flask, session: Session) -> None:
    text_id = write(None, fr="Le parc")
    assert text_id is not None
    with transaction() as writing:
        translate(writing, text_id, "en", "The park", author=None, state=State.DRAFT)
    write(text_id, fr="Le jardin", en="The park")
    write(text_id, fr="Le jardin", en="The park")
    assert states(session) == {"en": ("The park", "draft")}


def test_whoever_gives_the_same_words_again_has_reviewed_them_and_not_written_them(
    app: Flask, session: Session
) -> None:
    author, reviewer = make.make_account(), make.make_account()
    text_id = write(None, author, fr="Le parc", en="The park")
    write(text_id, reviewer, fr="Le jardin", en="The park")
    row = session.get_one(Translation, (text_id, "en"), populate_existing=True)
    assert (row.author_id, row.reviewer_id) == (author.actor_id, author.actor_id), "the original changed"
    write(text_id, reviewer, fr="Le jardin", en="The park")
    row = session.get_one(Translation, (text_id, "en"), populate_existing=True)
    assert (row.author_id, row.reviewer_id, row.renders_version) == (author.actor_id, reviewer.actor_id, 2)


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
        texts = {"fr": "Le parc", "en": "The park", "ar": "الحديقة"}
        put_text(session, text_id, texts, "title", 100, an_owner(), None)
    assert len(statements) == 2


def test_all_that_a_translation_leaves_out_is_one_sentence(app: Flask, session: Session) -> None:
    with pytest.raises(BadTranslation) as refused:
        write(None, make.make_account(), fr="150 lampadaires sur 180, en 2027", en="Many lamps, soon")
    said = str(refused.value.sentence)
    assert said == "Il manque « 150 », « 180 », « 2027 », qui sont dans la phrase française."


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("Call 06 66 66 66 66", "n’est pas dans la phrase française"),
        ("Call us", "Il manque"),
        ("Call 01 99 00 12 34 or see https://evil.example", "n’est pas dans la phrase française"),
        ("<b>Call</b> 01 99 00 12 34", "dans la phrase française"),
        ("Call \u202e01 99 00 12 34", "sens de lecture"),
    ],
)
def test_a_translation_that_adds_or_leaves_out_what_works_is_refused_where_it_was_typed(
    app: Flask, session: Session, wrong: str, why: str
) -> None:
    translator = make.make_account()
    with pytest.raises(BadTranslation) as refused:
        write(None, translator, fr="Appelez le 01 99 00 12 34", en=wrong)
    assert (refused.value.field, refused.value.status) == ("title_en", 422)
    assert why in str(refused.value.sentence)
    session.rollback()
    assert states(session) == {}, "nothing of the form is kept"
    write(
        None, translator, fr="Appelez le 01 99 00 12 34", en="Call 01 99 00 12 34", ar="٠١ ٩٩ ٠٠ ١٢ ٣٤ اتصلوا"
    )
    assert set(states(session)) == {"ar", "en"}


def test_one_that_a_file_brings_stays_a_draft_so_that_the_original_is_shown(
    app: Flask, session: Session
) -> None:
    text_id = write(None, fr="Le 3 mai", en="On 5 May", ar="٣ مايو")
    assert states(session) == {"ar": ("٣ مايو", "reviewed"), "en": ("On 5 May", "draft")}
    assert text_id is not None
    assert str(words_of([text_id], "en")[text_id]) == "Le 3 mai"


def test_lines_are_ended_alike_whatever_a_browser_sends(app: Flask, session: Session) -> None:
    text_id = write(None, make.make_account(), fr="Lundi\r\nMardi", en="Monday\r\nTuesday")
    assert states(session) == {"en": ("Monday\nTuesday", "reviewed")}
    assert write(text_id, make.make_account(), fr="Lundi\nMardi", en="Monday\nTuesday") == text_id
    assert states(session) == {"en": ("Monday\nTuesday", "reviewed")}

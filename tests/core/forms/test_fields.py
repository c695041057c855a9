"""Fields that several features ask for: what they take, and what they say of the rest."""

import io
from typing import Any

import pytest
from flask import Flask, g
from wtforms import Form, HiddenField, StringField

from cdv_civic.accounts.emails import fold_email
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import (
    FROM_THE_LIST,
    IdChecksField,
    UploadField,
    WholeNumberField,
    listed,
    read_by,
)
from cdv_civic.core.forms.texts import text_data, text_fields, texts_of
from cdv_civic.core.forms.version import VersionForm
from cdv_civic.core.i18n.languages import site_languages

pytestmark = pytest.mark.one_database


class CountForm(VersionForm):
    people = WholeNumberField("Combien ?")
    cards = WholeNumberField("Combien de cartes ?", sentence="De 1 à 500.")
    places = IdChecksField("Où\u00a0?", choices=listed([(1, "Est"), (2, "Ouest")]), **FROM_THE_LIST)
    photo = UploadField("Une photo ?")


def sent(app: Flask, **typed: Any) -> CountForm:
    with app.test_request_context("/fr/", method="POST", data=typed):
        g.csrf_valid = True
        return CountForm()


@pytest.mark.parametrize(("typed", "number"), [("12", 12), (" 1 200 ", 1200), ("1\u00a0200", 1200), ("0", 0)])
def test_a_whole_number_may_have_spaces_between_its_thousands(app: Flask, typed: str, number: int) -> None:
    assert sent(app, people=typed).people.data == number


@pytest.mark.parametrize("typed", ["douze", "1,5", "1.5", " ", "2147483648", "-" + "9" * 20])
def test_what_is_no_whole_number_is_refused_in_the_words_of_the_field(app: Flask, typed: str) -> None:
    form = sent(app, people=typed, cards=typed)
    assert (form.people.data, form.cards.data) == (None, None)
    assert [str(error) for error in form.people.process_errors] == [
        "Écrivez un nombre entier, par exemple 12."
    ]
    assert form.cards.process_errors == ["De 1 à 500."]


def test_boxes_of_ids_leave_out_what_is_no_id(app: Flask) -> None:
    assert sent(app, places=["2", "x", "", "²", "9" * 20]).places.data == [2]


@pytest.mark.parametrize(("typed", "number"), [("3", 3), ("", 0), ("trois", 0), ("-1", 0), ("9" * 12, 0)])
def test_a_version_that_is_no_number_is_that_of_nothing(app: Flask, typed: str, number: int) -> None:
    assert sent(app, version=typed).version.number == number


def test_a_field_without_a_file_holds_none(app: Flask) -> None:
    with app.test_request_context("/fr/", method="POST", data={"people": "12"}):
        g.csrf_valid = True
        form = CountForm()
        form.validate()
        assert form.photo.upload is None
        assert form.photo.errors == []


def test_a_file_that_cannot_be_kept_is_refused_with_the_other_fields(app: Flask) -> None:
    typed = {"people": "douze", "photo": (io.BytesIO(), "vide.jpg")}
    with app.test_request_context("/fr/", method="POST", data=typed):
        g.csrf_valid = True
        form = CountForm()
        assert not form.validate()
        assert {name: len(errors) for name, errors in form.errors.items()} == {"people": 1, "photo": 1}


class PersonForm(StaffForm):
    email = StringField("E-mail", [read_by(fold_email)])
    place = StringField("Lieu")
    key = HiddenField()


def test_what_a_reader_of_the_domain_refuses_is_said_with_the_rest(app: Flask) -> None:
    with app.test_request_context("/fr/", method="POST", data={"email": "pas bon", "place": "x" * 3000}):
        g.csrf_valid = True
        form = PersonForm()
        assert not form.validate()
        assert set(form.errors) == {"email", "place"}


def test_what_is_wrong_with_a_hidden_field_is_said_of_the_whole_form(app: Flask) -> None:
    with app.test_request_context("/fr/", method="POST", data={"email": "a@example.org"}):
        form = PersonForm()
        form.refuse("key", "Cette page est trop vieille.")
        assert (form.key.errors, form.form_errors) == ((), ["Cette page est trop vieille."])


def test_a_text_in_each_language_comes_back_by_language(app: Flask) -> None:
    texts = {"fr": "Le parc", "ar": "الحديقة"}
    with app.test_request_context("/fr/"):
        languages = site_languages()
        fields = text_fields("title", "Titre", languages, longest=120, long=False)
        form: Form = type("TextsForm", (StaffForm,), fields)(data=text_data("title", texts))
        assert texts_of(form, "title") == {each.tag: texts.get(each.tag, "") for each in languages}

"""One way to receive a form: what a person reads where somebody else was faster."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask, g, get_flashed_messages
from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from cdv_civic.core.errors import Conflict, DomainError, NotFound
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.submit import press, submit

STORED = {
    "title": "Trois écoles",
    "lines": "Orly\nChoisy",
    "day": date(2026, 12, 31),
    "theme": "sante",
    "quartiers": [1, 2],
    "note": None,
    "version": "2",
}


class PlaceForm(StaffForm):
    title = StringField("Titre")
    lines = TextAreaField("Lieux")
    day = DateField("Jour")
    theme = SelectField("Thème", choices=[SelectChoice("", "Aucun"), SelectChoice("sante", "Santé")])
    quartiers = SelectMultipleField(
        "Quartiers", coerce=int, choices=[SelectChoice("1", "Est"), SelectChoice("2", "Ouest")]
    )
    note = StringField("Note")
    version = HiddenField()


@pytest.fixture
def sent(app: Flask) -> Iterator[PlaceForm]:
    typed = {
        "title": "Deux écoles",
        "lines": "Orly\r\n Choisy ",
        "day": "2026-12-30",
        "theme": "",
        "quartiers": ["1"],
        "note": "",
        "version": "1",
    }
    with app.test_request_context("/fr/", method="POST", data=typed):
        g.csrf_valid = True
        yield PlaceForm(data=STORED)


def refuse(error: DomainError) -> None:
    raise error


def test_two_people_at_once_see_both_texts_and_keep_what_they_typed(sent: PlaceForm) -> None:
    assert submit(sent, lambda: refuse(Conflict("Quelqu’un était plus rapide.")), stored=STORED) == 409
    assert sent.differences == [
        ("Titre", "Trois écoles", "Deux écoles"),
        ("Jour", "31 décembre 2026", "30 décembre 2026"),
        ("Thème", "Santé", "Aucun"),
        ("Quartiers", "Est, Ouest", "Est"),
    ]
    assert (sent.title.data, sent.form_errors) == ("Deux écoles", ["Quelqu’un était plus rapide."])
    assert sent.version.data == "2"


def test_another_refusal_compares_nothing(sent: PlaceForm) -> None:
    assert submit(sent, lambda: refuse(DomainError("Trop court.", field="title")), stored=STORED) == 422
    assert (sent.differences, sent.title.errors, sent.version.data) == ((), ["Trop court."], "1")


def test_what_has_a_page_of_its_own_is_not_said_on_the_form(sent: PlaceForm) -> None:
    with pytest.raises(NotFound):
        submit(sent, lambda: refuse(NotFound("Rien.")), stored=STORED)


def test_what_is_done_needs_no_form(sent: PlaceForm) -> None:
    done: list[str] = []
    assert submit(sent, lambda: done.append("once"), stored=STORED) is None
    assert done == ["once"]


def test_a_refusal_that_has_a_page_elsewhere_may_be_said_on_the_form(sent: PlaceForm) -> None:
    gone = NotFound("Rien.")
    assert submit(sent, lambda: refuse(gone), saying=(NotFound,)) == 404
    assert (sent.refusal, sent.form_errors) == (gone, ["Rien."])


def test_a_button_says_on_the_next_page_what_was_done_or_why_not(app: Flask) -> None:
    with app.test_request_context("/fr/", method="POST"):
        assert press(lambda: 2, lambda count: f"{count} lignes.") == 2
        assert press(lambda: refuse(DomainError("Choisissez.")), lambda _done: "") is None
        assert press(lambda: refuse(NotFound("Rien.")), lambda _done: "", saying=(NotFound,)) is None
        assert get_flashed_messages(with_categories=True) == [
            ("success", "2 lignes."),
            ("error", "Choisissez."),
            ("error", "Rien."),
        ]
        with pytest.raises(NotFound):
            press(lambda: refuse(NotFound("Rien.")), lambda _done: "")

"""One way to receive a form: what a person reads where somebody else was faster."""

import re
from collections.abc import Iterator
from datetime import date, time

import pytest
from flask import Flask, g, get_flashed_messages, render_template_string
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from cdv_civic.core.errors import Conflict, DomainError, NotFound, Refusals
from cdv_civic.core.forms.differences import Difference
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.forms.version import VersionForm

pytestmark = pytest.mark.one_database

STORED = {
    "title": "Trois écoles",
    "lines": "Orly\nChoisy",
    "day": date(2026, 12, 31),
    "start": time(18, 30),
    "theme": "sante",
    "quartiers": [2, 1],
    "note": None,
    "people": 0,
    "is_open": False,
    "version": "2",
}


class PlaceForm(VersionForm):
    title = StringField("Titre", render_kw={"lang": "fr"})
    lines = TextAreaField("Lieux")
    day = DateField("Jour")
    start = TimeField("Heure")
    theme = SelectField("Thème", choices=[SelectChoice("", "Aucun"), SelectChoice("sante", "Santé")])
    quartiers = SelectMultipleField(
        "Quartiers", coerce=int, choices=[SelectChoice("1", "Est"), SelectChoice("2", "Ouest")]
    )
    note = StringField("Note")
    people = IntegerField("Personnes")
    is_open = BooleanField("Ouvert")
    reason = StringField("Pourquoi ?")


@pytest.fixture
def sent(app: Flask) -> Iterator[PlaceForm]:
    typed = {
        "title": "Deux écoles",
        "lines": "Orly\r\n Choisy ",
        "day": "2026-12-30",
        "start": "17:00",
        "theme": "",
        "quartiers": ["1"],
        "note": "",
        "people": "12",
        "is_open": "y",
        "reason": "Parce que.",
        "version": "1",
    }
    with app.test_request_context("/fr/", method="POST", data=typed):
        g.csrf_valid = True
        yield PlaceForm(data=STORED)


def refuse(error: DomainError) -> None:
    raise error


def test_two_people_at_once_see_both_texts_and_keep_what_they_typed(sent: PlaceForm) -> None:
    assert submit(sent, lambda: refuse(Conflict("Quelqu’un était plus rapide."))) == 409
    assert sent.differences == [
        Difference("Titre", "Trois écoles", "Deux écoles", "fr"),
        Difference("Jour", "31 décembre 2026", "30 décembre 2026", None),
        Difference("Heure", "18:30", "17:00", None),
        Difference("Thème", "Santé", "Aucun", None),
        Difference("Quartiers", "Est, Ouest", "Est", None),
        Difference("Personnes", "0", "12", None),
        Difference("Ouvert", "non", "oui", None),
    ]
    assert (sent.title.data, sent.form_errors) == ("Deux écoles", ["Quelqu’un était plus rapide."])
    assert sent.version.data == "2"


def test_a_conflict_over_something_else_than_the_version_compares_nothing(sent: PlaceForm) -> None:
    sent.version.data = "2"
    assert submit(sent, lambda: refuse(Conflict("C’est complet."))) == 409
    assert (sent.differences, sent.form_errors) == ((), ["C’est complet."])


def test_another_refusal_compares_nothing(sent: PlaceForm) -> None:
    assert submit(sent, lambda: refuse(DomainError("Trop court.", field="title"))) == 422
    assert (sent.differences, sent.title.errors, sent.version.data) == ((), ["Trop court."], "1")


def test_what_has_a_page_of_its_own_is_not_said_on_the_form(sent: PlaceForm) -> None:
    with pytest.raises(NotFound):
        submit(sent, lambda: refuse(NotFound("Rien.")))


def test_what_is_done_needs_no_form(sent: PlaceForm) -> None:
    done: list[str] = []
    assert submit(sent, lambda: done.append("once")) is None
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


def test_a_summary_names_each_field(sent: PlaceForm) -> None:
    sent.title.errors = ["Choisissez une réponse de la liste."]
    sent.theme.errors = ["Choisissez une réponse de la liste."]
    sent.note.errors = ["Trop long."]
    page = render_template_string(
        '{% from "components/forms.html" import error_summary %}{{ error_summary(form) }}', form=sent
    )
    said = re.findall(r'<li><a href="#\w+">([^<]+)</a>', page)
    assert sorted(said) == sorted(
        [
            f"{sent.title.label.text} : Choisissez une réponse de la liste.",
            f"{sent.theme.label.text} : Choisissez une réponse de la liste.",
            f"{sent.note.label.text} : Trop long.",
        ]
    )


def test_all_that_an_act_refuses_comes_back_at_once_each_beside_its_field(sent: PlaceForm) -> None:
    def act() -> None:
        with Refusals() as refused:
            refused.add(DomainError("Trop long.", field="title"))
            assert refused.unless(int, "12") == 12
            assert refused.unless(lambda: refuse(DomainError("Pas un jour.", field="day"))) is None
            raise DomainError("Rien de tel.")

    assert submit(sent, act) == 422
    assert (sent.title.errors, sent.day.errors) == (["Trop long."], ["Pas un jour."])
    assert sent.form_errors == ["Rien de tel."]


def test_one_thing_that_is_wrong_is_raised_as_it_is() -> None:
    class TooLong(DomainError):
        pass

    with pytest.raises(TooLong), Refusals() as refused:
        refused.add(TooLong("Trop long.", field="title"))


@pytest.mark.parametrize("error", [NotFound("Rien."), Conflict("Trop tard."), ZeroDivisionError()])
def test_what_is_not_about_what_was_typed_is_raised_at_once(error: Exception) -> None:
    def ask() -> None:
        raise error

    def act() -> None:
        with Refusals() as refused:
            refused.add(DomainError("Trop long.", field="title"))
            refused.unless(ask)

    with pytest.raises(type(error)):
        act()

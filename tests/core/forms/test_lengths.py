"""No browser cuts what is pasted: forms count, refuse, and keep all of it."""

import pytest
from flask import Flask
from markupsafe import Markup
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Optional

from cdv_civic.core.forms.base import OpenForm

pytestmark = pytest.mark.one_database


class _Form(OpenForm):
    line = StringField("Line", render_kw={"maxlength": 5})
    text = TextAreaField("Text", [Optional(), Length(max=10)])
    free = StringField("Free")


def test_no_field_is_drawn_with_a_limit_that_cuts(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        form = _Form()
        assert "maxlength" not in Markup("").join([form.line(), form.text(), form.free()])
        assert 'data-most="5"' in form.line()
        assert 'data-most="10"' in form.text(rows=3)
        assert "data-most" not in form.free()


def test_what_is_too_many_is_counted_as_its_reader_counts(app: Flask) -> None:
    with app.test_request_context("/fr/", method="POST", data={"line": "  12345 ", "text": "a\r\nb"}):
        form = _Form()
        form.validate()
        assert not form.line.errors
        assert not form.text.errors
    with app.test_request_context("/fr/", method="POST", data={"line": "é🏠45678"}):
        form = _Form()
        form.validate()
        assert "2 de trop. Gardez 5 caractères" in str(form.line.errors[0])
        assert form.line.data == "é🏠45678"

"""Each cell of a table that is a stack of cards on a phone says what its column is called, and what it is."""

import re

import pytest
from flask import Flask
from markupsafe import Markup

from cdv_civic.core.settings import ROOT
from cdv_civic.core.web.tables import labelled_rows

pytestmark = pytest.mark.one_database


def test_each_cell_says_its_column_and_its_role() -> None:
    rows = Markup(
        '<tr>\n<th scope="row">Est</th><td class="number">3</td></tr><tr><th>Nord</th><td></td></tr>'
    )
    assert labelled_rows(rows, ("Quartier", "Cartes « neuves »")) == Markup(
        '<tr role="row">\n<th role="rowheader" data-label="Quartier" scope="row">Est</th>'
        '<td role="cell" data-label="Cartes « neuves »" class="number">3</td></tr>'
        '<tr role="row"><th role="rowheader" data-label="Quartier">Nord</th>'
        '<td role="cell" data-label="Cartes « neuves »"></td></tr>'
    )


def test_a_name_is_escaped_and_a_column_without_one_says_none() -> None:
    rows = Markup("<tr><td>1</td><td>2</td></tr>")
    assert labelled_rows(rows, ("", '"<b>')) == Markup(
        '<tr role="row"><td role="cell">1</td><td role="cell" data-label="&#34;&lt;b&gt;">2</td></tr>'
    )


def test_what_people_wrote_is_never_taken_for_a_cell(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        page = app.jinja_env.from_string(
            '{% from "components/table.html" import desk_table %}'
            '{% call(row) desk_table("t", "T", [("A", ""), ("B", "number")], rows, "ids") %}'
            "<td>{{ row.title }}</td><td>2</td>{% endcall %}"
        ).render(rows=[{"id": 7, "title": "<td>x</td>"}])
    assert page.count("data-label=") == 2
    assert "&lt;td&gt;x&lt;/td&gt;" in page


def test_words_of_another_direction_turn_themselves_and_not_their_cell() -> None:
    """On a phone the name of the column stands in the cell: it would turn with it."""
    turned = {
        path.name: found
        for path in (ROOT / "templates").rglob("*.html")
        if (found := re.findall(r"<t[dh][^>]* dir=[^>]*>", path.read_text()))
    }
    assert turned == {}

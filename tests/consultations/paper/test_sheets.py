"""What is printed: each sheet with its number, in its languages, as a page and as a PDF; posters and handouts."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from flask import Flask

from cdv_civic.consultations.paper import posters, printed
from cdv_civic.consultations.paper.posters import poster_of
from cdv_civic.consultations.paper.printed import last_day, sheets_of_paper
from cdv_civic.consultations.paper.rules.numbers import sheet_code
from cdv_civic.core import clock
from cdv_civic.core.printing import pdf_of_html
from cdv_civic.participation.rules.phases import closing
from tests.cards.test_sheets import said_by, squares
from tests.consultations.factories import make_consultation, make_question, make_step
from tests.consultations.paper.sheets import Asked, make_asked

pytestmark = pytest.mark.one_database

SITE = "https://engagements.grand-orly-seine-bievre.example.fr"


@pytest.fixture
def asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    settings = dataclasses.replace(app.extensions["settings"], base_url=SITE)
    monkeypatch.setitem(app.extensions, "settings", settings)
    made = make_asked(
        places=2, translations={"title": {"en": "The way to school", "ar": "الطريق إلى المدرسة"}}
    )
    with app.test_request_context("/fr/bureau"):
        app.preprocess_request()
        yield made


def test_each_sheet_has_its_number_in_each_language(asked: Asked) -> None:
    page = printed.page_of(sheets_of_paper(asked.row.slug, ("fr", "ar"), range(7, 10)))
    code = sheet_code(asked.row.id)
    for number in (7, 8, 9):
        assert page.count(f"{code} {number:04d}<") == 2
    assert page.count('<section class="paper-sheet" lang="ar" dir="rtl"') == 3
    for said in ("Comment venez-vous ?", "À pied", "Qui lit vos réponses", "Quartier A", "Quartier B"):
        assert page.count(said) >= 3
    assert "الطريق إلى المدرسة" in page


def test_the_letters_of_a_sheet_are_those_that_are_typed(asked: Asked) -> None:
    page = printed.page_of(sheets_of_paper(asked.row.slug, ("fr",), [1]))
    options = re.findall(r'paper-letter">([^<]+)</b>\s*<span[^>]*>([^<]+)', page)
    assert ("C", "En bus") in options
    assert ("B", "Des arbres") in options


def test_a_sheet_without_numbers_is_an_example(asked: Asked) -> None:
    page = printed.page_of(sheets_of_paper(asked.row.slug, ("fr",), ()))
    assert "Exemple" in page
    assert sheet_code(asked.row.id) not in page


def test_the_square_leads_to_the_short_address(asked: Asked) -> None:
    sheet = sheets_of_paper(asked.row.slug, ("fr",), [1])
    wanted = segno.make(f"{SITE}/c/{asked.row.id}", error="m", micro=False)
    matrix = {(x, y) for y, row in enumerate(wanted.matrix) for x, dark in enumerate(row) if dark}
    assert squares(sheet.qr) == matrix
    assert sheet.address == f"{SITE.removeprefix('https://')}/c/{asked.row.id}"


def test_what_closes_at_midnight_closes_the_day_before() -> None:
    day = clock.today()
    assert last_day(closing(day, clock.zone())) == day
    assert last_day(None) is None


@pytest.mark.pdf
def test_the_pdf_has_all_sheets_and_their_number_on_each_page(asked: Asked, tmp_path: Path) -> None:
    pdf = pdf_of_html(
        printed.page_of(sheets_of_paper(asked.row.slug, ("fr", "ar"), range(1, 4)), for_pdf=True)
    )
    about = said_by("pdfinfo", pdf, tmp_path)
    assert "A4" in about
    found = re.search(r"Pages:\s+(\d+)", about)
    assert found
    pages = said_by("pdftotext", pdf, tmp_path, "-layout").split("\f")[:-1]
    assert len(pages) == int(found[1]) >= 6
    code = sheet_code(asked.row.id)
    seen = [re.findall(rf"{code} (\d{{4}})", page) for page in pages]
    assert all(seen)
    assert all(len(set(numbers)) == 1 for numbers in seen)
    assert {number for numbers in seen for number in numbers} == {"0001", "0002", "0003"}
    fonts = [line.split() for line in said_by("pdffonts", pdf, tmp_path).splitlines()[2:]]
    assert {line[-5] for line in fonts} == {"yes"}, "every font is embedded"


@pytest.mark.pdf
@pytest.mark.parametrize("template", ["poster", "handouts"])
def test_a_poster_and_four_handouts_are_one_page(asked: Asked, tmp_path: Path, template: str) -> None:
    poster = poster_of(asked.row.slug, ("fr", "en", "ar"))
    pdf = pdf_of_html(posters.page_of(template, poster, for_pdf=True))
    about = said_by("pdfinfo", pdf, tmp_path)
    assert re.search(r"Pages:\s+1\b", about)
    text = said_by("pdftotext", pdf, tmp_path, "-layout")
    assert f"/c/{asked.row.id}" in "".join(text.split())
    assert text.count("Jusqu’au 30 novembre 2026") == (1 if template == "poster" else 4)


def test_a_poster_asks_its_question_where_it_is_the_only_one_and_says_how_long_it_takes(
    app: Flask, asked: Asked
) -> None:
    several = poster_of(asked.row.slug, ("fr",)).words[0]
    assert several.question == "Le chemin de l’école"
    assert several.how == "Répondez avec un téléphone\u00a0: 2 minutes. Sans application."
    row = make_consultation(asked.contract, quartiers=asked.quartiers)
    make_question(make_step(row), "Comment venez-vous ?")
    alone = poster_of(row.slug, ("fr",)).words[0]
    assert (alone.question, alone.how) == (
        "Comment venez-vous ?",
        "Répondez avec un téléphone\u00a0: 1 minute. Sans application.",
    )

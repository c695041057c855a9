"""What is printed: a sheet that is right as a page and as a PDF, and that asks nothing of anybody."""

import builtins
import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import segno
from flask import Flask
from PIL import ImageFile

from cdv_civic.cards.queries import BatchRow
from cdv_civic.cards.rules import grouped, new_code
from cdv_civic.cards.sheets import Sheet, page_of, pdf_of, qr_of, sheet_of
from cdv_civic.core.printing import NoPdf

pytestmark = pytest.mark.one_database

LONGEST = "Irlandais - Paul Vaillant Couturier - Cherchefeuille - Clément Ader"
SITE = "https://engagements.grand-orly-seine-bievre.example.fr"


@pytest.fixture
def at_the_desk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings = dataclasses.replace(app.extensions["settings"], base_url=SITE)
    monkeypatch.setitem(app.extensions, "settings", settings)
    with app.test_request_context("/en/bureau/cartes"):
        app.preprocess_request()
        yield


def a_batch(quantity: int = 12, **values: Any) -> BatchRow:
    return BatchRow(
        **{
            "id": 128,
            "quartier_id": 1,
            "quartier": LONGEST,
            "body": None,
            "purpose": "Le vote",
            "handed_out_by": "Maison du projet de la Commune de Paris, place du Marché, 01 99 00 12 34 (à côté)"[
                :80
            ],
            "languages": ("fr", "en", "ar"),
            "quantity": quantity,
            "made": quantity,
            "used": None,
            "revoked": None,
            "created_at": datetime.now(UTC),
            "expires_on": date(2027, 11, 20),
            "closed_at": None,
            "expired": False,
            "replacement": False,
            "created_by": 1,
            "printable": True,
            **values,
        }
    )


def a_sheet(quantity: int = 12, **values: Any) -> tuple[Sheet, list[str]]:
    codes = [new_code() for _ in range(quantity)]
    serials = [f"KMPR-7X{place:02d}" for place in range(1, quantity + 1)]
    return sheet_of(a_batch(quantity, **values), codes, serials), codes


def said_by(command: str, pdf: bytes, folder: Path, *more: str) -> str:
    file = folder / "cards.pdf"
    file.write_bytes(pdf)
    return subprocess.run(
        [command, *more, str(file), *(["-"] if command == "pdftotext" else [])],
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def squares(svg: str) -> set[tuple[int, int]]:
    """The dark squares of a drawing: strokes of one square's height, along rows."""
    path = re.search(r'd="([^"]+)"', svg)
    assert path
    dark, x, y = set(), 0.0, 0.0
    for command, arguments in re.findall(r"([Mmh])([^Mmh]*)", path.group(1)):
        numbers = [float(number) for number in re.findall(r"-?[0-9.]+", arguments)]
        if command == "h":
            dark |= {(int(x) + step, int(y)) for step in range(int(numbers[0]))}
            x += numbers[0]
        elif command == "M":
            x, y = numbers
        else:
            x, y = x + numbers[0], y + numbers[1]
    return dark


def test_the_square_leads_to_the_sign_in_page_with_the_code_in_the_fragment(at_the_desk: None) -> None:
    code = new_code()
    wanted = segno.make(f"{SITE}/fr/carte#{code}", error="m", micro=False)
    matrix = {(x, y) for y, row in enumerate(wanted.matrix) for x, dark in enumerate(row) if dark}
    assert squares(qr_of(code, "fr")) == matrix


def test_a_sheet_holds_ten_cards_and_each_its_own_code(at_the_desk: None) -> None:
    sheet, codes = a_sheet(23)
    assert [len(page) for page in sheet.pages] == [10, 10, 3]
    html = page_of(sheet)
    for position, code in enumerate(codes, 1):
        assert html.count(grouped(code)) == 1
        assert html.count(f">KMPR-7X{position:02d}<") == 1
        assert code not in html.replace(" ", "").replace(grouped(code).replace(" ", ""), "", 1)
    assert html.count('class="cut ') == 3 * 18


def test_a_card_says_the_same_in_each_of_its_languages(at_the_desk: None) -> None:
    html = page_of(a_sheet(1)[0])
    for tag, direction, words in (
        ("fr", "ltr", "Cette carte ouvre votre compte"),
        ("en", "ltr", "This card opens your account"),
        ("ar", "rtl", "تفتح هذه البطاقة حسابكم"),
    ):
        assert re.search(rf'<p class="card-how" lang="{tag}" dir="{direction}">{words}', html)
    assert "Perdue ?" in html
    assert "Lost?" in html
    only = page_of(a_sheet(1, languages=("ar",))[0])
    assert "Cette carte ouvre" not in only
    assert f"{SITE.removeprefix('https://')}/ar/carte" in only


@pytest.mark.pdf
def test_the_pdf_has_its_pages_its_text_and_its_fonts(at_the_desk: None, tmp_path: Path) -> None:
    sheet, codes = a_sheet(12)
    pdf = pdf_of(sheet)
    about = said_by("pdfinfo", pdf, tmp_path)
    assert re.search(r"Pages:\s+2\b", about)
    assert "A4" in about
    fonts = [line.split() for line in said_by("pdffonts", pdf, tmp_path).splitlines()[2:]]
    assert fonts
    assert {line[-5] for line in fonts} == {"yes"}, "every font is embedded"
    text = said_by("pdftotext", pdf, tmp_path, "-layout")
    for code in codes:
        assert grouped(code) in text
    for words in ("Irlandais - Paul Vaillant Couturier -", "KMPR-7X12", "20/11/2027", "01 99 00 12 34"):
        assert words in text


@pytest.mark.pdf
def test_nothing_runs_over_the_edge_of_a_card(at_the_desk: None, tmp_path: Path) -> None:
    pdf = pdf_of(a_sheet(10)[0])
    boxes = said_by("pdftotext", pdf, tmp_path, "-bbox")
    millimetre = 72 / 25.4
    words = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<', boxes)
    assert len(words) > 200
    for left, top, right, bottom, word in words:
        column = int((float(left) / millimetre - 20) // 85)
        row = int((float(top) / millimetre - 13.5) // 54)
        assert 20 + 85 * column + 4 < float(left) / millimetre, word
        assert float(right) / millimetre < 20 + 85 * (column + 1) - 4, word
        assert float(bottom) / millimetre < 13.5 + 54 * (row + 1) - 1.2, word
    # The code stands below all the words beside the square.
    codes = {float(top) for _l, top, _r, _b, word in words if re.fullmatch(r"[34679CFHJKMPRTWXY]{4}", word)}
    assert len(codes) == 5


@pytest.mark.pdf
def test_a_pdf_asks_nothing_of_anybody(at_the_desk: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("socket.socket.connect", lambda *address: asked.append(address))
    monkeypatch.setattr(
        "cdv_civic.cards.sheets.page_of",
        lambda *_, **__: '<img src="http://127.0.0.1:1/x.png"><img src="file:///etc/hostname"><p>x</p>',
    )
    assert pdf_of(a_sheet(1)[0]).startswith(b"%PDF")
    assert asked == []


@pytest.mark.pdf
def test_making_a_pdf_does_not_make_us_take_broken_photos(at_the_desk: None) -> None:
    pdf_of(a_sheet(1)[0])
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_missing_libraries_are_named_in_a_plain_sentence(
    at_the_desk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **more: Any) -> Any:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *arguments, **more)

    for module in [name for name in sys.modules if name.startswith("weasyprint")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NoPdf) as refused:
        pdf_of(a_sheet(1)[0])
    for package in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"):
        assert package in str(refused.value.sentence)
    assert refused.value.status == 503


def test_words_of_the_desk_are_not_those_of_the_card(at_the_desk: None) -> None:
    html = page_of(a_sheet(1, languages=("fr",))[0])
    assert '<html lang="en"' in html
    assert "Access cards" in html
    assert "This card opens" not in html

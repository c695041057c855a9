"""« Répondre avec un téléphone »: a card without words, printed, that leads to the form in a telephone's language."""

import dataclasses
import re
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update

from cdv_civic.accounts.limits import limiter
from cdv_civic.core.db import SITE, transaction
from cdv_civic.territory.models import Body
from tests.signing_in import open_browser
from tests.voices.voices import BodyWithPeople, make_place

#: Where the QR of the first card stands, in millimetres (`sheet.css`).
QR_LEFT, QR_TOP, QR_SIDE = 54, 20, 44
DOTS_PER_INCH: Final = 200
BASE: Final = "https://mon-quartier.example.fr"


@pytest.fixture
def place(app: Flask, monkeypatch: pytest.MonkeyPatch) -> BodyWithPeople:
    limiter.reset()
    settings = dataclasses.replace(app.extensions["settings"], base_url=BASE)
    monkeypatch.setitem(app.extensions, "settings", settings)
    return make_place()


@pytest.fixture
def relais(app: Flask, place: BodyWithPeople) -> FlaskClient:
    client = app.test_client()
    open_browser(client, place.relais)
    return client


def short(place: BodyWithPeople) -> str:
    return f"/dire/{place.body.id}"


def address(place: BodyWithPeople, language: str = "fr") -> str:
    return f"/{language}/bureau/instances/{place.body.id}/parole/images"


def rename(place: BodyWithPeople, name: str) -> None:
    with transaction(publishes=SITE) as session:
        session.execute(update(Body).where(Body.id == place.body.id).values(name=name))


def drawn(pdf: bytes, folder: Path) -> Image.Image:
    """The first page of a PDF, as a printer puts it on paper."""
    file = folder / "images.pdf"
    file.write_bytes(pdf)
    subprocess.run(
        [
            "pdftoppm",
            "-r",
            str(DOTS_PER_INCH),
            "-gray",
            "-png",
            "-singlefile",
            str(file),
            str(folder / "page"),
        ],
        check=True,
    )
    return Image.open(folder / "page.png").convert("L")


def said_by(command: str, pdf: bytes, folder: Path) -> str:
    file = folder / "images.pdf"
    file.write_bytes(pdf)
    arguments = [command, str(file), *(["-"] if command == "pdftotext" else [])]
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("asked", "language"), [("ar,fr;q=0.5", "ar"), ("en-GB,en", "en"), ("", "fr"), ("zz", "fr")]
)
def test_the_short_address_leads_to_the_form_in_the_language_of_the_telephone(
    client: FlaskClient, place: BodyWithPeople, asked: str, language: str
) -> None:
    answer = client.get(short(place), headers={"Accept-Language": asked} if asked else {})
    assert answer.status_code == 302
    assert answer.location == f"/{language}/contrats/val/instances/conseil/parole"
    assert "Accept-Language" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers


def test_a_short_address_of_nothing_leads_nowhere(client: FlaskClient, place: BodyWithPeople) -> None:
    assert client.get("/dire/99999").status_code == 404


def test_the_page_holds_four_cards_and_no_word_but_the_name_and_the_address(
    relais: FlaskClient, place: BodyWithPeople
) -> None:
    page = relais.get(address(place)).text
    cards = re.findall(r"<article.*?</article>", page, re.DOTALL)
    assert len(cards) == 4
    for card in cards:
        words = [
            " ".join(each.split()) for each in re.sub(r"<[^>]+>", "\n", card).split("\n") if each.strip()
        ]
        assert words == [place.body.name, f"mon-quartier.example.fr{short(place)}"]
        assert card.count("<svg") == 6, "five pictures and the QR"


def test_who_writes_for_people_and_who_works_for_the_body_print_it(
    app: Flask, client: FlaskClient, relais: FlaskClient, place: BodyWithPeople
) -> None:
    link = f'href="{address(place)}"'
    assert link in relais.get(f"/fr/relais/{place.body.id}").text
    assert relais.get(address(place)).status_code == 200
    moderator = app.test_client()
    open_browser(moderator, place.moderator)
    for page in ("", "/saisir"):
        assert link in moderator.get(f"/fr/bureau/instances/{place.body.id}/parole{page}").text
    assert moderator.get(address(place)).status_code == 200
    for end in ("", ".pdf"):
        assert client.get(address(place) + end).status_code == 302, "asked who they are"
        assert relais.get(address(make_place(f"ailleurs{len(end)}", "autre")) + end).status_code == 403


@pytest.mark.pdf
@pytest.mark.parametrize(
    ("language", "name", "holds"),
    [
        ("fr", "Conseil citoyen", lambda text: text.count("Conseil citoyen") == 4),
        (
            "ar",
            "مجلس سكان الحي",
            lambda text: sum(unicodedata.bidirectional(each) == "AL" for each in text) >= 40,
        ),
        (
            "ar",
            "Conseil de quartier des Navigateurs et de la Commune de Paris",
            lambda text: "Navigateurs" in text,
        ),
    ],
)
def test_the_pdf_is_one_sheet_with_its_name_its_address_and_its_fonts(
    relais: FlaskClient,
    place: BodyWithPeople,
    tmp_path: Path,
    language: str,
    name: str,
    holds: Callable[[str], bool],
) -> None:
    rename(place, name)
    answer = relais.get(f"{address(place, language)}.pdf")
    assert answer.content_type == "application/pdf"
    about = said_by("pdfinfo", answer.data, tmp_path)
    assert re.search(r"Pages:\s+1\b", about)
    assert "A4" in about
    fonts = [line.split() for line in said_by("pdffonts", answer.data, tmp_path).splitlines()[2:]]
    assert {line[-5] for line in fonts} == {"yes"}, "every font is embedded"
    text = said_by("pdftotext", answer.data, tmp_path)
    assert text.count(f"mon-quartier.example.fr{short(place)}") == 4
    assert holds(unicodedata.normalize("NFKC", text)), text


@pytest.mark.pdf
def test_the_printed_square_is_that_of_the_short_address(
    relais: FlaskClient, place: BodyWithPeople, tmp_path: Path
) -> None:
    page = drawn(relais.get(f"{address(place)}.pdf").data, tmp_path)
    wanted = segno.make(f"{BASE}{short(place)}", error="m", micro=False).matrix
    side = QR_SIDE / len(wanted)

    def dark(x: float, y: float) -> bool:
        dot = (round(x * DOTS_PER_INCH / 25.4), round(y * DOTS_PER_INCH / 25.4))
        return page.getpixel(dot) < 128  # type: ignore[operator]

    printed = [
        [dark(QR_LEFT + (column + 0.5) * side, QR_TOP + (row + 0.5) * side) for column in range(len(wanted))]
        for row in range(len(wanted))
    ]
    assert printed == [[bool(each) for each in row] for row in wanted]
    assert side >= 1, "large enough to be read at arm's length"


@pytest.mark.pdf
def test_the_five_pictures_are_there_in_black_on_white(
    relais: FlaskClient, place: BodyWithPeople, tmp_path: Path
) -> None:
    page = drawn(relais.get(f"{address(place)}.pdf").data, tmp_path)
    millimetre = DOTS_PER_INCH / 25.4
    for left, top, right, bottom in (
        (7, 24, 47, 65),
        (9, 73, 49, 101),
        (56, 73, 96, 101),
        (9, 107, 49, 135),
        (56, 107, 96, 135),
    ):
        box = tuple(round(each * millimetre) for each in (left, top, right, bottom))
        part = page.crop(box)  # type: ignore[arg-type]
        shades = part.histogram()
        ink = sum(shades[:64]) / (part.width * part.height)
        assert 0.03 < ink < 0.4
        assert sum(shades[64:192]) < sum(shades[:64]), "no grey that a copy would lose"

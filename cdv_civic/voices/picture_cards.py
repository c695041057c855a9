"""« Répondre avec un téléphone »: a card of pictures that a relais hands out, four on a sheet.

It says nothing in words but the name of the place and its address: whoever reads no language of ours can use it.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import make_response, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from cdv_civic.bodies.queries.desk import DeskBody
from cdv_civic.core.printing import pdf_of_html, qr_drawing, site_root

#: A6, cut out of one A4.
PER_SHEET: Final = 4
#: Beyond this a name, or an address, is set in smaller letters.
_LONG_NAME: Final = 32
_LONG_ADDRESS: Final = 34


@dataclass(frozen=True)
class PictureCard:
    """What the card of a body says."""

    place: str
    #: What the QR holds.
    url: str
    #: The same to be typed, without the scheme.
    address: str
    qr: Markup

    @property
    def long_name(self) -> bool:
        """Whether the name takes two lines."""
        return len(self.place) > _LONG_NAME

    @property
    def long_address(self) -> bool:
        """Whether the address would not fit on its line."""
        return len(self.address) > _LONG_ADDRESS


def card_of(body: DeskBody) -> PictureCard:
    """The card of a body: it leads to its form, in the language of whichever telephone reads it."""
    url = site_root() + url_for("say.at", body_id=body.id)
    parts = urlsplit(url)
    return PictureCard(body.name, url, parts.netloc + parts.path, qr_drawing(url))


def page_of(body: DeskBody, *, back: str, pdf: str) -> str:
    """The sheet as a page to print, with the ways `back` and to the PDF."""
    return render_template(
        "voices/picture_cards.html", card=card_of(body), count=PER_SHEET, back=back, pdf=pdf, for_pdf=False
    )


def pdf_answer(body: DeskBody) -> Response:
    """The sheet as a PDF. Raises `NoPdf`."""
    page = render_template(
        "voices/picture_cards.html", card=card_of(body), count=PER_SHEET, back="", pdf="", for_pdf=True
    )
    response = make_response(pdf_of_html(page))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="images-{body.slug}.pdf"'
    return response

"""The printed sheet: what each card says, as a page of HTML for any printer and as a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from flask import current_app, render_template
from markupsafe import Markup

from cdv_civic.cards.queries import BatchRow
from cdv_civic.cards.rules import PER_SHEET, grouped
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import Language, read_language
from cdv_civic.core.printing import pdf_of_html, qr_drawing, site_root
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.assets import site_name
from cdv_civic.notices.letters import written_in

#: Beyond this a name is set in smaller letters.
_LONG_NAME: Final = 26


@dataclass(frozen=True)
class SheetWords:
    """What a card says in one language."""

    language: Language
    how: str
    #: Short labels that stand side by side in all languages.
    lost: str
    until: str
    number: str


@dataclass(frozen=True)
class PrintedCard:
    """One card of the sheet."""

    serial: str
    code: str
    qr: Markup


@dataclass(frozen=True)
class Sheet:
    """All that the template prints. `pages` hold ten cards each, the last one perhaps fewer."""

    site: str
    quartier: str
    long_name: bool
    handed_out_by: str
    expires_on: date
    #: Where the code is typed, without the scheme: « site.example.fr/fr/carte ».
    address: str
    words: Sequence[SheetWords]
    pages: Sequence[Sequence[PrintedCard]]


def _words(tag: str) -> SheetWords:
    with written_in(tag):
        return SheetWords(
            read_language(tag),
            _(
                "Cette carte ouvre votre compte, sans mot de passe. Visez le QR code avec un téléphone, ou "
                "écrivez le code."
            ),
            _("Perdue ?"),
            _("Valable jusqu’au"),
            _("N°"),
        )


def sign_in_address(language: str) -> str:
    """The absolute address of the page that takes a code."""
    path: str = current_app.url_map.bind("localhost").build("cards.sign_in", {"lang": language})
    return site_root() + path


def qr_address(code: str, language: str) -> str:
    """What the QR of a card says: the code stands in the fragment, which no server ever sees."""
    return f"{sign_in_address(language)}#{code}"


def qr_of(code: str, language: str) -> Markup:
    """The QR of a card; its quiet zone is the card's white."""
    return qr_drawing(qr_address(code, language))


def sheet_of(batch: BatchRow, codes: Sequence[str], serials: Sequence[str]) -> Sheet:
    """What is printed for a batch, in its languages: its codes and serial numbers, in order."""
    settings = current_settings()
    tags = [tag for tag in batch.languages if tag in settings.languages] or [settings.default_language]
    cards = [
        PrintedCard(serial, grouped(code), qr_of(code, tags[0]))
        for code, serial in zip(codes, serials, strict=True)
    ]
    with written_in(tags[0]):
        site = site_name(settings)
    address = urlsplit(sign_in_address(tags[0]))
    return Sheet(
        site=site,
        quartier=batch.quartier,
        long_name=len(batch.quartier) > _LONG_NAME,
        handed_out_by=batch.handed_out_by,
        expires_on=batch.expires_on,
        address=address.netloc + address.path,
        words=[_words(tag) for tag in tags],
        pages=[cards[start : start + PER_SHEET] for start in range(0, len(cards), PER_SHEET)],
    )


def page_of(sheet: Sheet, *, for_pdf: bool = False) -> str:
    """The sheet as HTML: a page to print, or what the PDF is made from."""
    return render_template("cards/printed.html", sheet=sheet, for_pdf=for_pdf)


def pdf_of(sheet: Sheet) -> bytes:
    """The sheet as a PDF. Raises `NoPdf`."""
    return pdf_of_html(page_of(sheet, for_pdf=True))

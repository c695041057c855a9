"""The printed sheet: what each card says, as a page of HTML for any printer and as a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

import segno
from flask import current_app, has_request_context, render_template, request
from markupsafe import Markup
from PIL import ImageFile

from cdv_civic.cards.queries import BatchRow
from cdv_civic.cards.rules import PER_SHEET, grouped
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import Language, read_language
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.assets import DIST, asset, site_name
from cdv_civic.notices.letters import written_in

#: Beyond this a name is set in smaller letters.
_LONG_NAME: Final = 26


class NoPdf(DomainError):
    """The libraries that make a PDF are not on this server."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _l(
                "Ce serveur ne sait pas encore faire de PDF. Imprimez depuis la page à imprimer. À la personne qui "
                "gère le serveur : installez %(packages)s.",
                packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
            )
        )


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
                "Cette carte ouvre votre espace, sans mot de passe. Visez le QR code avec un téléphone, ou "
                "écrivez le code."
            ),
            _("Perdue ?"),
            _("Valable jusqu’au"),
            _("N°"),
        )


def _root() -> str:
    """Where the site is: BASE_URL, or while developing the address that the desk is open at."""
    settings = current_settings()
    if settings.base_url:
        return settings.base_url
    return request.url_root.rstrip("/") if has_request_context() else settings.own_address


def sign_in_address(language: str) -> str:
    """The absolute address of the page that takes a code."""
    path: str = current_app.url_map.bind("localhost").build("cards.sign_in", {"lang": language})
    return _root() + path


def qr_address(code: str, language: str) -> str:
    """What the QR of a card says: the code stands in the fragment, which no server ever sees."""
    return f"{sign_in_address(language)}#{code}"


def qr_of(code: str, language: str) -> Markup:
    """The QR as an SVG to stand in a page: black squares alone, its quiet zone is the card's white."""
    code_of = segno.make(qr_address(code, language), error="m", micro=False)
    drawn: str = code_of.svg_inline(
        border=0, omitsize=True, svgclass="qr", lineclass=None, svgversion=None, draw_transparent=False
    )
    return Markup(drawn)  # noqa: S704  (segno draws squares; nothing of what is drawn is text)


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
    kept = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        import weasyprint  # noqa: PLC0415 - its libraries may be absent, and what it does to Pillow is undone here
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except (ImportError, OSError):
        raise NoPdf from None
    finally:
        # Importing it tells Pillow, for the whole process, to take photos that are cut short: ours are refused.
        ImageFile.LOAD_TRUNCATED_IMAGES = kept

    class Nothing(URLFetcher):  # type: ignore[misc]
        """A card holds all that it shows: whatever is asked for is refused, before anybody hears of it."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            raise ValueError(url)

    sheet_styles = weasyprint.CSS(string=_styles(), url_fetcher=Nothing())
    made: bytes = weasyprint.HTML(string=page_of(sheet, for_pdf=True), url_fetcher=Nothing()).write_pdf(
        stylesheets=[sheet_styles]
    )
    return made


def _styles() -> str:
    """The built style sheet of the printed page."""
    return (DIST / asset("sheet.css").removeprefix("/static/")).read_text(encoding="utf-8")

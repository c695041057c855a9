"""What is printed: QR codes, the address of the site on paper, and PDFs made of pages of ours."""

from typing import Any, Final

import segno
from flask import has_request_context, request
from markupsafe import Markup
from PIL import ImageFile

from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.assets import DIST, asset

_STYLES: Final = "sheet.css"


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


def site_root() -> str:
    """Where the site is: BASE_URL, or while developing the address that the page is open at."""
    settings = current_settings()
    if settings.base_url:
        return settings.base_url
    return request.url_root.rstrip("/") if has_request_context() else settings.own_address


def qr_drawing(said: str) -> Markup:
    """The QR as an SVG to stand in a page: black squares alone; whoever prints it leaves white around it."""
    drawn: str = segno.make(said, error="m", micro=False).svg_inline(
        border=0, omitsize=True, svgclass="qr", lineclass=None, svgversion=None, draw_transparent=False
    )
    return Markup(drawn)  # noqa: S704  (segno draws squares; nothing of what is drawn is text)


def pdf_of_html(page: str) -> bytes:
    """A page of `sheet.css` as a PDF. Raises `NoPdf`."""
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
        """A sheet holds all that it shows: whatever is asked for is refused, before anybody hears of it."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            raise ValueError(url)

    styles = weasyprint.CSS(string=_styles(), url_fetcher=Nothing())
    made: bytes = weasyprint.HTML(string=page, url_fetcher=Nothing()).write_pdf(stylesheets=[styles])
    return made


def _styles() -> str:
    """The built style sheet of printed pages."""
    return (DIST / asset(_STYLES).removeprefix("/static/")).read_text(encoding="utf-8")

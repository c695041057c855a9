"""Headers of every answer: nothing is loaded from elsewhere, nothing inline runs."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final

from flask import Flask, Response
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.middleware.proxy_fix import ProxyFix

from cdv_civic.core.config import Settings

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ONE_YEAR: Final = 365 * 24 * 3600


def register(app: Flask, settings: Settings) -> None:
    """Set the headers; trust the proxies that the setting PROXIES counts."""
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )

    @app.after_request
    def set_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), interest-cohort=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if settings.base_url.startswith("https://"):
            headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
        return response


#: Codings that we know, the denser one first.
_CODINGS: Final = ("br", "gzip")


@lru_cache(maxsize=512)  # browsers say one of a few things
def accepted_codings(header: str) -> str:
    """What an Accept-Encoding header lets us send, weights and wildcards resolved (RFC 9110, 12.5.3).

    Those of our codings that are taken, and not less gladly than the plain text: "br, gzip", or "identity".
    """
    asked = parse_accept_header(header, Accept)
    plain = next((weight for name, weight in asked if name.lower() == "identity"), 0)
    taken = [name for name in _CODINGS if 0 < asked.quality(name) >= plain]
    return ", ".join(taken) or "identity"


def negotiated(serve: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """`serve`, to which Accept-Encoding names what may be sent and nothing else: who reads it need but find a word.

    WhiteNoise and the page cache read it so.
    """

    def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = environ.get("HTTP_ACCEPT_ENCODING")
        if asked:
            environ["HTTP_ACCEPT_ENCODING"] = accepted_codings(asked)
        return serve(environ, start_response)

    return wsgi

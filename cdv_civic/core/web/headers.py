"""Headers of every answer: nothing is loaded from elsewhere, nothing inline runs, nothing private is kept."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Final
from wsgiref.headers import Headers

from flask import Flask, Response, g, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.middleware.proxy_fix import ProxyFix

from cdv_civic.core.policy.guard import policy_of
from cdv_civic.core.policy.table import PUBLIC
from cdv_civic.core.settings import Settings

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
#: Of files that people gave: shown alone, they may do nothing at all.
FILE_POLICY: Final = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
ONE_YEAR: Final = 365 * 24 * 3600


def _always(settings: Settings) -> dict[str, str]:
    """What every answer says, files of the build too."""
    said = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        # No page of another site embeds what is ours, nor learns from its size or its errors who is signed in.
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.base_url.startswith("https://"):
        said["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    return said


def of_built_files(settings: Settings) -> Callable[[Headers, str, str], None]:
    """What WhiteNoise, which answers before Flask does, adds to each file."""
    said = {**_always(settings), "Content-Security-Policy": CONTENT_SECURITY_POLICY}

    def add(headers: Headers, _path: str, _url: str) -> None:
        for name, value in said.items():
            headers[name] = value

    return add


#: What a page may ask of the device: nothing at all, unless its view says so.
_NOTHING_ASKED: Final = "camera=(), geolocation=(), microphone=(), interest-cohort=()"
_PLACE_ASKED: Final = _NOTHING_ASKED.replace("geolocation=()", "geolocation=(self)")


def may_ask_where() -> None:
    """Let the page at hand ask a phone where it is, once somebody touches the button for it: no other page can."""
    g.may_ask_where = True


def register(app: Flask, settings: Settings) -> None:
    """Set the headers; trust the proxies that the setting PROXIES counts."""
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    said = {
        **_always(settings),
        "Cross-Origin-Opener-Policy": "same-origin",
    }

    @app.after_request
    def set_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        for name, value in said.items():
            headers[name] = value
        headers["Permissions-Policy"] = _PLACE_ASKED if g.get("may_ask_where") else _NOTHING_ASKED
        if request.endpoint is not None and policy_of(app, request.endpoint) != PUBLIC:
            # Whatever its view forgot: what is not for everybody is kept by no browser and no proxy.
            headers["Cache-Control"] = "no-store"
        return response


#: Codings that we know, the denser one first.
_CODINGS: Final = ("br", "gzip")
#: Characters of an Accept-Encoding header: browsers say some thirty.
_LONGEST_CODINGS: Final = 200
#: Characters that the values of all headers of a request may have together, as behind nginx: some are read in time
#: that grows with their length, and gunicorn alone lets 64 of 8 kB through.
MOST_HEADERS: Final = 32 * 1024


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

    WhiteNoise and the page cache read it so. Headers of more than `MOST_HEADERS` are refused (431) before any is read.
    """

    def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if sum(len(value) for name, value in environ.items() if name.startswith("HTTP_")) > MOST_HEADERS:
            start_response("431 Request Header Fields Too Large", [("Content-Type", "text/plain")])
            return [b"Request Header Fields Too Large"]
        asked = environ.get("HTTP_ACCEPT_ENCODING")
        if asked:
            short = len(asked) <= _LONGEST_CODINGS
            environ["HTTP_ACCEPT_ENCODING"] = accepted_codings(asked) if short else "identity"
        return serve(environ, start_response)

    return wsgi

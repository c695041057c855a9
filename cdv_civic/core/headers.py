"""Headers of every answer: nothing is loaded from elsewhere, nothing inline runs."""

from typing import Final

from flask import Flask, Response
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

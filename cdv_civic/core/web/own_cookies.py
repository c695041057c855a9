"""Cookies of our own beside the session's: sent to this site alone, and read by no script."""

from datetime import timedelta

from flask import current_app
from werkzeug.wrappers import Response


def cookie_name(name: str) -> str:
    """The name of a cookie as browsers keep it: over HTTPS no neighbour under the same domain plants one."""
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name


def set_cookie(response: Response, name: str, value: str, max_age: timedelta | int) -> None:
    """Let the browser keep a value for so long (seconds); `name` as `cookie_name` gives it."""
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def delete_cookie(response: Response, name: str) -> None:
    """Let the browser forget it."""
    response.delete_cookie(
        name, secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax"
    )

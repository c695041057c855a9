"""Accounts, sign-in, and roles granted for a scope."""

from flask import Flask

from cdv_civic.core.config import Settings


def register(app: Flask, settings: Settings) -> None:
    """Sign-in pages and what every request knows of who acts."""
    from cdv_civic.people import sessions, views

    sessions.register(app, settings)
    app.register_blueprint(views.blueprint)

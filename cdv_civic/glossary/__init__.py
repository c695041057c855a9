"""Acronyms and hard words, explained where they stand and on a page of their own."""

from flask import Flask


def register(app: Flask) -> None:
    """The staff's pages of words; the public one is among the public pages."""
    from cdv_civic.glossary import views

    app.register_blueprint(views.blueprint)

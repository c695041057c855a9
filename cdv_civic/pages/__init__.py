"""Public pages that bring several features together."""

from flask import Flask


def register(app: Flask) -> None:
    """Home, quartiers, contracts, organisations, words, and the pages every site has."""
    from cdv_civic.pages import views

    app.register_blueprint(views.blueprint)

"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.glossary import views


def register(app: Flask) -> None:
    """The staff's pages of words; the public one is among the public pages."""
    app.register_blueprint(views.blueprint)

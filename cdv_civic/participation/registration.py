"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.participation import views, wording


def register(app: Flask) -> None:
    """The page where a receipt is typed, and the words of taking part."""
    wording.register(app)
    app.register_blueprint(views.blueprint)

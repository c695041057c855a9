"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.core.web.navigation import navigation_of
from cdv_civic.participation import help_numbers, views, wording


def register(app: Flask) -> None:
    """The page where a receipt is typed, the words of taking part, and whom to call in danger."""
    wording.register(app)
    help_numbers.register(app)
    app.register_blueprint(views.blueprint)
    navigation_of(app).add_destinations({"receipt": "participation.follow"})

"""What the application takes from choices among groups of ideas."""

from flask import Flask

from cdv_civic.consultations.choices import desk, telling
from cdv_civic.core.web.navigation import navigation_of


def register(app: Flask) -> None:
    """The desk, and what pages of ideas tell."""
    telling.register(app)
    app.register_blueprint(desk.blueprint)
    navigation_of(app).add_destinations({"idea_choice": "idea_choices_desk.choice"})

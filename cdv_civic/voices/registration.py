"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.news import register_desk_news
from cdv_civic.voices import desk, personal_data, relais, replay, views, wording


def register(app: Flask) -> None:
    """Public pages, the moderators' desk, the relais's pages, and what a person finds in their own data."""
    wording.register(app)
    register_desk_news(app, desk.waiting_words)
    personal_data.register(app)
    replay.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    app.register_blueprint(desk.organisations_blueprint)
    app.register_blueprint(relais.blueprint)

"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.news import register_desk_news
from cdv_civic.voices import personal_data, relais, replay, views, wording
from cdv_civic.voices.desk import (  # noqa: F401  (their routes)
    answering,
    detail,
    entering,
    listening,
    lists,
    organisations,
    publishing,
    routes,
    sheets,
    transmitting,
)


def register(app: Flask) -> None:
    """Public pages, the moderators' desk, the relais's pages, and what a person finds in their own data."""
    wording.register(app)
    register_desk_news(app, organisations.waiting_words)
    personal_data.register(app)
    replay.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(organisations.blueprint)
    app.register_blueprint(relais.blueprint)

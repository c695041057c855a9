"""« La parole »: what residents say to a body, its way to an answer, and writing it down for somebody else."""

from flask import Flask


def register(app: Flask) -> None:
    """Public pages, the moderators' desk, the relais's pages, and what a person finds in their own data."""
    from cdv_civic.bodies.voices import desk, personal, relais, replay, views, wording
    from cdv_civic.people.news import register_desk_news

    wording.register(app)
    register_desk_news(app, desk.waiting_words)
    personal.register(app)
    replay.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    app.register_blueprint(desk.organisations_blueprint)
    app.register_blueprint(relais.blueprint)

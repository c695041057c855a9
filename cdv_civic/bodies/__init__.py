"""The life of the bodies: their state, how to reach and join them, their meetings and permanences."""

from flask import Flask


def register(app: Flask) -> None:
    """Public pages, calendars, and the desk where staff keep them."""
    from cdv_civic.bodies import desk, draws, seats, views, voices, wording

    wording.register(app)
    desk.menu.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(views.files)
    app.register_blueprint(desk.blueprint)
    voices.register(app)
    seats.register(app)
    draws.register(app)

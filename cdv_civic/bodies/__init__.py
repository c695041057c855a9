"""The life of the bodies: what they are and hold, their papers and numbers; `seats` (who sits there), `draws` (of lots)
and `voices` (what residents say)."""

from flask import Flask


def register(app: Flask) -> None:
    """Public pages, calendars, and the desk where staff keep them."""
    from cdv_civic.bodies import desk, draws, replay, seats, views, voices, wording

    wording.register(app)
    desk.menu.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(views.files)
    app.register_blueprint(desk.blueprint)
    replay.register(app)
    voices.register(app)
    seats.register(app)
    draws.register(app)

"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.bodies import desk, replay, views, wording


def register(app: Flask) -> None:
    """Public pages, calendars, and the desk where staff keep them."""
    wording.register(app)
    desk.menu.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(views.files)
    app.register_blueprint(desk.blueprint)
    replay.register(app)

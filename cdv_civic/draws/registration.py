"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.draws import desk, replay, views


def register(app: Flask) -> None:
    """The desk of draws, and their public pages."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    replay.register(app)

"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.commitments import desk, replay, views


def register(app: Flask) -> None:
    """Public pages of commitments and the desk where staff keep them."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    replay.register(app)

"""What the contract promises, and how far each promise is."""

from flask import Flask


def register(app: Flask) -> None:
    """Public pages of commitments and the desk where staff keep them."""
    from cdv_civic.commitments import desk, replay, views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    replay.register(app)

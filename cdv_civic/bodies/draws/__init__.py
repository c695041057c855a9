"""Draws of lots that anybody can check: a list published before, a seed from elsewhere, a result to be found again."""

from flask import Flask


def register(app: Flask) -> None:
    """The desk of draws, and their public pages."""
    from cdv_civic.bodies.draws import desk, replay, views

    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    replay.register(app)

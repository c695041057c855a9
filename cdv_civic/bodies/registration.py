"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.bodies import presentation, replay, views, wording
from cdv_civic.bodies.desk import lists, meetings, menu, occurrences, publications  # noqa: F401  (their routes)
from cdv_civic.bodies.desk.routes import blueprint


def register(app: Flask) -> None:
    """Public pages, calendars, and the desk where staff keep them."""
    wording.register(app)
    presentation.register(app)
    menu.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(views.files)
    app.register_blueprint(blueprint)
    replay.register(app)

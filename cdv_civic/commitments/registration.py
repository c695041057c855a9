"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.commitments import replay, views
from cdv_civic.commitments.desk import (  # noqa: F401  (their routes)
    commitment,
    editing,
    linking,
    measuring,
    progress,
    publishing,
    routes,
    table,
    themes,
    translating,
    wording,
    work_list,
)


def register(app: Flask) -> None:
    """Public pages of commitments and the desk where staff keep them."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(routes.blueprint)
    replay.register(app)

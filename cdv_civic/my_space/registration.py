"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.my_space import open_sessions, views
from cdv_civic.my_space.ways_in import views as ways_in


def register(app: Flask) -> None:
    """A person's own pages."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(open_sessions.blueprint)
    app.register_blueprint(ways_in.blueprint)

"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.role_desk import desk as _desk  # noqa: F401  (its routes)
from cdv_civic.role_desk import unused as _unused  # noqa: F401
from cdv_civic.role_desk.blueprint import blueprint
from cdv_civic.role_desk.wording import words_of


def register(app: Flask) -> None:
    """The desk of accounts and roles."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["role_in_words"] = words_of

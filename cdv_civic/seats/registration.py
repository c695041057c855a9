"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.personal_parts import register_part
from cdv_civic.seats import desk, personal_data, replay


def register(app: Flask) -> None:
    """The desk of members, and a member's own part of « Mes données »."""
    app.register_blueprint(desk.blueprint)
    register_part(app, personal_data.PART)
    replay.register(app)

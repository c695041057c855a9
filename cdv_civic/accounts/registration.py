"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts import limits, personal_data, replay, sessions
from cdv_civic.core.settings import Settings


def register(app: Flask, settings: Settings) -> None:
    """Count attempts, know who acts, and say what an account keeps."""
    limits.register(app, settings)
    sessions.register(app)
    personal_data.register(app)
    replay.register(app)

"""What the application takes from funds."""

from flask import Flask

from cdv_civic.fund.archive import registration as archive


def register(app: Flask) -> None:
    """Votes of the past."""
    archive.register(app)

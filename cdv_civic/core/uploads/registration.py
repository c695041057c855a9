"""What the application takes from uploads."""

from flask import Flask

from cdv_civic.core.settings import Settings
from cdv_civic.core.uploads.stored_files import s3_store
from cdv_civic.core.web import health


def register(app: Flask, settings: Settings) -> None:
    """Watch over the bucket where files lie in one; of a folder the check of the disk tells."""
    storage = settings.s3
    if storage is not None:
        health.add_check(app, "files", lambda: s3_store(storage).trouble())

"""The WSGI entry point."""

from cdv_civic import create_app

app = create_app()

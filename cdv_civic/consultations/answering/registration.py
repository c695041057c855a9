"""What consultations take from this part."""

from flask import Flask

from cdv_civic.consultations.answering import (
    drafts,
    identity_views,
    own,
    personal_data,
    receipt_views,
    replay,
    views,
    wording,
)
from cdv_civic.participation.receipts import register_page


def register(app: Flask) -> None:
    """The form, what its receipts lead to, what a person finds in their own data."""
    wording.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(receipt_views.blueprint)
    app.register_blueprint(identity_views.blueprint)
    own.register(app)
    register_page(app, "consultations", receipt_views.followed_page)
    personal_data.register(app)
    replay.register(app)
    drafts.register(app)

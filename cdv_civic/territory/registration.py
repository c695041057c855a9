"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.territory.activities import wording as activities
from cdv_civic.territory.vocabulary import (
    BODY_KINDS,
    NATURES,
    ORGANISATION_KINDS,
    QUARTIER_KINDS,
    STATES,
    THEMES,
)


def register(app: Flask) -> None:
    """Let templates say kinds, natures, states and themes."""
    activities.register(app)
    app.jinja_env.globals.update(
        state_of=STATES.__getitem__,
        nature_of=NATURES.__getitem__,
        theme_of=THEMES.__getitem__,
        body_kind_of=BODY_KINDS.__getitem__,
        organisation_kind_of=ORGANISATION_KINDS.__getitem__,
        quartier_kind_of=QUARTIER_KINDS.__getitem__,
        STATES=STATES,
        NATURES=NATURES,
        THEMES=THEMES,
    )

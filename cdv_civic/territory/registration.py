"""What the application takes from this feature."""

from flask import Flask
from sqlalchemy import select

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.territory.activities import wording as activities
from cdv_civic.territory.models import Axis
from cdv_civic.territory.vocabulary import (
    BODY_KINDS,
    NATURES,
    ORGANISATION_KINDS,
    QUARTIER_KINDS,
    STATES,
    THEMES,
)


def register(app: Flask) -> None:
    """Let templates say kinds, natures, states and themes; declare the texts of contracts."""
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
    for kind in (
        TextKind("contract", "territory", _l("Titres des contrats"), ("title",)),
        TextKind(
            "axis",
            "territory",
            _l("Titres des orientations"),
            ("title",),
            hidden=lambda: select(Axis.id).where(Axis.retired_at.is_not(None)),
        ),
    ):
        register_text_kind(app, kind)

"""What the application takes from this feature."""

from flask import Flask
from sqlalchemy import select

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.territory.activities import wording as activities
from cdv_civic.territory.models import Axis
from cdv_civic.territory.rules import is_file_name
from cdv_civic.territory.vocabulary import NATURES, QUARTIER_KINDS, STATES, THEMES


def register(app: Flask) -> None:
    """Let templates say kinds of quartiers, natures, states and themes; declare the texts of contracts."""
    activities.register(app)
    app.jinja_env.tests["file_name"] = is_file_name
    app.jinja_env.globals.update(
        state_of=STATES.__getitem__,
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
            _l("Titres des parties du contrat"),
            ("title",),
            hidden=lambda: select(Axis.id).where(Axis.retired_at.is_not(None)),
        ),
    ):
        register_text_kind(app, kind)

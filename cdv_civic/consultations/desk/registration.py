"""What the application takes from the desk of consultations."""

from typing import Final

from flask import Flask

from cdv_civic.bodies.desk.menu import BODY_MENU
from cdv_civic.consultations.desk import (  # noqa: F401  (their routes)
    asking,
    beginning,
    correcting,
    describing,
    drafts,
    lists,
    offering,
    preview,
    publishing,
    replay,
    work,
)
from cdv_civic.consultations.desk.blueprint import blueprint
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of

_TEXTS: Final = (
    TextKind(
        "consultation_prolongation",
        "consultations",
        _l("Pourquoi des consultations durent plus"),
        ("reason",),
    ),
    TextKind(
        "consultation_correction",
        "consultations",
        _l("Pourquoi des consultations sont corrigées"),
        ("reason",),
    ),
)


def register(app: Flask) -> None:
    """The desk, its drafts, what waits there, and what a restore does again."""
    for kind in _TEXTS:
        register_text_kind(app, kind)
    app.register_blueprint(blueprint)
    replay.register(app)
    drafts.register(app)
    work.register(app)
    navigation = navigation_of(app)
    navigation.add_entry(
        DESK_MENU,
        MenuEntry(
            "consultations_desk.index",
            _l("Consultations"),
            order=35,
            icon="message-circle-question",
            action="consultation.read",
        ),
    )
    navigation.add_entry(
        BODY_MENU,
        MenuEntry(
            "consultations_desk.of_body",
            _l("Consultations"),
            order=55,
            icon="message-circle-question",
            action="consultation.edit",
        ),
    )

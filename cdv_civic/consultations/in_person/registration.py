"""What the application takes from answers given in person."""

from flask import Flask

from cdv_civic.consultations.in_person import (  # noqa: F401  (their routes)
    blueprint,
    correcting_views,
    replay,
    views,
)
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of


def register(app: Flask) -> None:
    """The pages of workshops and groups, those of a relais in the street, and what a restore does again."""
    replay.register(app)
    app.register_blueprint(blueprint.desk)
    app.register_blueprint(blueprint.street)
    navigation = navigation_of(app)
    navigation.add_destinations({"street": "consultation_street.start"})
    navigation.add_entry(
        DESK_MENU,
        MenuEntry(
            "consultation_street.start",
            _l("Faire participer"),
            order=52,
            icon="speakerphone",
            action="consultation.enter",
        ),
    )

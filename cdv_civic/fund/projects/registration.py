"""What the application takes from how projects come in."""

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.fund.projects import drafts, own_part, personal_data, relais, replay
from cdv_civic.fund.projects.views import depositing, own  # noqa: F401  (their routes)
from cdv_civic.fund.projects.views.blueprint import blueprint
from cdv_civic.participation.receipts import register_page


def register(app: Flask) -> None:
    """The form, the receipt's own page, the pages of a relais, and what a person finds in their own data."""
    drafts.register(app)
    own_part.register(app)
    personal_data.register(app)
    replay.register(app)
    register_page(app, "fund_projects", own.followed_page)
    app.register_blueprint(blueprint)
    app.register_blueprint(relais.blueprint)
    navigation = navigation_of(app)
    navigation.add_destinations(
        {"fund_deposit": "fund_projects.deposit", "projects_relais": "fund_relais.start"}
    )
    navigation.add_entry(
        DESK_MENU,
        MenuEntry(
            "fund_relais.start", _l("Écrire des projets"), order=54, icon="pencil", action="project.enter"
        ),
    )

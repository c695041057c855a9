"""What the application takes from reviews."""

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.fund.project_words import cents_text
from cdv_civic.fund.reviews import replay, work
from cdv_civic.fund.reviews.desk import blueprint as desk
from cdv_civic.fund.reviews.views import blueprint, own
from cdv_civic.fund.scopes import INSTRUCT


def register(app: Flask) -> None:
    """What carriers do, the desk, what waits for it, and what a restore does again."""
    replay.register(app)
    work.register(app)
    app.jinja_env.filters["cents"] = cents_text
    app.register_blueprint(blueprint)
    app.register_blueprint(own)
    app.register_blueprint(desk)
    navigation = navigation_of(app)
    navigation.add_destinations(
        {
            "project_review": "fund_reviews.tell",
            "project_stop": "fund_reviews.stop",
            "own_project_review": "own_reviews.tell_own",
            "own_project_stop": "own_reviews.stop_own",
            "review_desk_page": "reviews_desk.show",
        }
    )
    navigation.add_entry(
        DESK_MENU,
        MenuEntry("reviews_desk.index", _l("Bilans de projets"), order=44, icon="checkbox", action=INSTRUCT),
    )

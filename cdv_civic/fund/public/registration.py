"""What the application takes from the public pages of funds."""

from flask import Flask

from cdv_civic.core.web.navigation import navigation_of
from cdv_civic.fund.project_words import cents_text
from cdv_civic.fund.public import activities, follows, search, views, wording  # noqa: F401  (their routes)
from cdv_civic.fund.public.blueprint import blueprint


def register(app: Flask) -> None:
    """Their pages, the names by which others lead there, what is open now, search, follows, and words."""
    activities.register(app)
    follows.register(app)
    search.register(app)
    app.register_blueprint(blueprint)
    navigation_of(app).add_destinations(
        {
            "fund_page": "funds.show",
            "fund_round_page": "funds.round",
            "fund_project_page": "funds.project",
        }
    )
    app.jinja_env.globals.update(
        euros=cents_text,
        fund_round_when=wording.round_when,
        fund_days_said=wording.days_said,
        fund_stage_said=wording.stage_said,
        fund_projects_measured=wording.projects_measured,
    )

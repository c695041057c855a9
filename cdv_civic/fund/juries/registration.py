"""What the application takes from commissions."""

from flask import Flask

from cdv_civic.accounts.personal_parts import register_part
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.fund.juries import own, personal_data, work
from cdv_civic.fund.juries.desk import deciding, meetings, members, sitting  # noqa: F401  (their routes)
from cdv_civic.fund.juries.desk.blueprint import blueprint as desk
from cdv_civic.fund.juries.minutes import mean_text
from cdv_civic.fund.juries.views import blueprint
from cdv_civic.fund.juries.wording import meeting_time


def register(app: Flask) -> None:
    """The desk of commissions, the pages of whoever sits, and their minutes."""
    app.jinja_env.filters.update(mean=mean_text, meeting_time=meeting_time)
    app.register_blueprint(blueprint)
    app.register_blueprint(desk)
    register_part(app, personal_data.PART)
    own.register(app)
    work.register(app)
    navigation = navigation_of(app)
    navigation.add_destinations({"jury_minutes": "fund_juries.minutes"})
    navigation.add_entry(
        DESK_MENU,
        MenuEntry("juries_desk.index", _l("Commissions"), order=39, icon="users-group", action="fund.edit"),
    )

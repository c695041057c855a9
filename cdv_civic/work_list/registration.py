"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.personal_parts import register_part
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import DESK_MENU, LandingPage, MenuEntry, navigation_of
from cdv_civic.work_list import replay, topics, views, wording
from cdv_civic.work_list.personal_data import PERSONAL_PART
from cdv_civic.work_list.queries import badge


def register(app: Flask) -> None:
    """The first page of the desk, its number in the menu, and the reminders."""
    app.register_blueprint(views.blueprint)
    register_part(app, PERSONAL_PART)
    replay.register(app)
    topics.register(app)
    wording.register(app)
    navigation = navigation_of(app)
    navigation.add_destinations({"work_list": "work_list.show", "work_reminders": "work_list.reminders"})
    navigation.add_entry(
        DESK_MENU,
        MenuEntry("work_list.show", _l("À faire"), order=10, icon="inbox", action="work.read", waiting=badge),
    )
    # Whoever writes in the street for others begins with the form; members begin with their body.
    navigation.add_landing(LandingPage("work_list.show", actions=("desk.read", "voice.answer"), order=10))

"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.core.web.navigation import DESK_MENU, MenuEntry, navigation_of
from cdv_civic.moderation import own as own_moderation
from cdv_civic.moderation import (
    personal_data,
    replay,
    topics,
    wording,
    work,
)
from cdv_civic.moderation.appeals import desk as appeal_desk
from cdv_civic.moderation.appeals import views as appeal_views
from cdv_civic.moderation.appeals import work as appeal_work
from cdv_civic.moderation.charter import desk as charter_desk
from cdv_civic.moderation.charter import views as charter_views
from cdv_civic.moderation.desk import cases, queue  # noqa: F401  (their routes)
from cdv_civic.moderation.desk.blueprint import blueprint
from cdv_civic.moderation.hint_list import desk as hint_desk
from cdv_civic.moderation.reports import views as reporting_views
from cdv_civic.participation.receipts import register_page


def register(app: Flask) -> None:
    """Its texts, the moderators’ desk, and the public side: reports, appeals, charters and figures."""
    wording.register(app)
    replay.register(app)
    topics.register(app)
    personal_data.register(app)
    work.register(app)
    appeal_work.register(app)
    own_moderation.register(app)
    register_page(app, "moderation", reporting_views.followed_page)
    for each in (
        blueprint,
        reporting_views.blueprint,
        appeal_views.blueprint,
        charter_views.blueprint,
        appeal_desk.blueprint,
        charter_desk.blueprint,
        hint_desk.blueprint,
    ):
        app.register_blueprint(each)
    navigation = navigation_of(app)
    for entry in (
        # Whoever moderates somewhere, or answers appeals, is of the roles of this action.
        MenuEntry("moderation_desk.start", _l("Modération"), order=45, icon="shield", action="appeal.decide"),
        MenuEntry("appeals_desk.table", _l("Recours"), order=46, icon="scale", action="appeal.decide"),
        MenuEntry("charter_desk.table", _l("Chartes"), order=47, icon="list-check", action="charter.edit"),
        MenuEntry(
            "hint_list_desk.table", _l("Mots à signaler"), order=48, icon="flag", action="charter.edit"
        ),
    ):
        navigation.add_entry(DESK_MENU, entry)
    register_text_kind(app, TextKind("charter_principle", "moderation", _l("Les chartes"), ("text",)))
    # Each is for one person, who chose their language: nobody else is asked to translate them.
    register_text_kind(
        app,
        TextKind(
            "moderation_decision", "moderation", _l("Les raisons des décisions"), ("facts",), shown=False
        ),
    )
    register_text_kind(
        app,
        TextKind("moderation_appeal", "moderation", _l("Les réponses aux recours"), ("answer",), shown=False),
    )

"""What the application takes from this feature."""

from typing import Final

from flask import Flask
from sqlalchemy import select

from cdv_civic.bodies import activities, drafts, follows, presentation, replay, views, wording, work
from cdv_civic.bodies.desk import lists, meetings, menu, occurrences, publications  # noqa: F401  (their routes)
from cdv_civic.bodies.desk.blueprint import blueprint
from cdv_civic.bodies.desk.menu import BODY_MENU
from cdv_civic.bodies.models import PublicationFile
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.core.web.navigation import DESK_MENU, LandingPage, MenuEntry, navigation_of
from cdv_civic.participation.linked import register_things
from cdv_civic.participation.rules.links import ThingKind

_TEXTS: Final = (
    TextKind("body_life", "bodies", _l("Comment joindre les conseils et groupes"), ("contact", "joining")),
    TextKind("meeting", "bodies", _l("Rencontres"), ("title", "sentence", "cancelled_reason")),
    # The owner is the meeting, and the field ends with the day: "reason 2026-12-10".
    TextKind("meeting_exception", "bodies", _l("Dates annulées ou déplacées"), ("reason",)),
    TextKind("body_publication", "bodies", _l("Publications"), ("title", "summary", "withdrawn_reason")),
    TextKind("body_decision", "bodies", _l("Décisions des conseils et groupes"), ("sentence",)),
    TextKind(
        "body_publication_file",
        "bodies",
        _l("Photos et documents des conseils et groupes"),
        ("caption",),
        hidden=lambda: select(PublicationFile.id).where(PublicationFile.hidden_at.is_not(None)),
    ),
)


def register(app: Flask) -> None:
    """Public pages, calendars, and the desk where staff keep them."""
    wording.register(app)
    presentation.register(app)
    register_things(app, ThingKind.PUBLICATION, presentation.named_publications)
    menu.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(views.files)
    app.register_blueprint(blueprint)
    replay.register(app)
    for kind in _TEXTS:
        register_text_kind(app, kind)
    work.register(app)
    activities.register(app)
    drafts.register(app)
    follows.register(app)
    _lead(app)


def _lead(app: Flask) -> None:
    navigation = navigation_of(app)
    navigation.add_entry(
        DESK_MENU,
        MenuEntry(
            "bodies_desk.table", _l("Conseils et groupes"), order=30, icon="users-group", action="body.read"
        ),
    )
    navigation.add_landing(LandingPage("bodies_desk.table", actions=("body.read",), order=20))
    navigation.add_entry(
        BODY_MENU,
        MenuEntry("bodies_desk.show", _l("Rencontres"), order=10, icon="calendar-event", action="body.read"),
    )
    navigation.add_entry(
        BODY_MENU,
        MenuEntry("moderation_desk.queue", _l("Modération"), order=45, icon="shield", action="text.moderate"),
    )
    navigation.add_entry(
        BODY_MENU,
        MenuEntry("charter_desk.of_body", _l("Charte"), order=46, icon="list-check", action="charter.edit"),
    )
    navigation.add_entry(
        BODY_MENU,
        MenuEntry(
            "hint_list_desk.of_body", _l("Mots à signaler"), order=47, icon="flag", action="charter.edit"
        ),
    )
    navigation.add_entry(
        BODY_MENU,
        MenuEntry("bodies_desk.publications", _l("Publications"), order=60, icon="news", action="body.read"),
    )

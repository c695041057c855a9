"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.bodies.desk.menu import BODY_MENU
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.core.web.navigation import DESK_MENU, LandingPage, MenuEntry, navigation_of
from cdv_civic.participation.linked import register_things
from cdv_civic.participation.receipts import register_page
from cdv_civic.participation.rules.links import ThingKind
from cdv_civic.voices import (
    activities,
    addressees,
    drafts,
    moderated,
    own,
    personal_data,
    presentation,
    relais,
    replay,
    topics,
    views,
    wording,
    work,
)
from cdv_civic.voices.desk import (  # noqa: F401  (their routes)
    answering,
    detail,
    entering,
    listening,
    lists,
    organisations,
    publishing,
    sheets,
    transmitting,
)
from cdv_civic.voices.desk.blueprint import blueprint


def register(app: Flask) -> None:
    """Public pages, the moderators' desk, the relais's pages, and what a person finds in their own data."""
    wording.register(app)
    personal_data.register(app)
    replay.register(app)
    register_page(app, "voices", views.followed_page)
    register_things(app, ThingKind.VOICE, presentation.named_voices)
    register_text_kind(app, TextKind("voice_settings", "voices", _l("Qui lit les messages"), ("readers",)))
    # Answers are for one person, who chose their language: nobody else is asked to translate them.
    register_text_kind(
        app, TextKind("voice_step", "voices", _l("Réponses aux messages"), ("sentence",), shown=False)
    )
    moderated.register(app)
    work.register(app)
    activities.register(app)
    addressees.register(app)
    drafts.register(app)
    topics.register(app)
    app.register_blueprint(views.blueprint)
    own.register(app)
    app.register_blueprint(views.short)
    app.register_blueprint(blueprint)
    app.register_blueprint(organisations.blueprint)
    app.register_blueprint(relais.blueprint)
    _lead(app)


def _lead(app: Flask) -> None:
    navigation = navigation_of(app)
    navigation.add_destinations({"say_something": "voices.choose"})
    for menu, entry in (
        (
            BODY_MENU,
            MenuEntry("voices_desk.show", _l("Parole"), order=40, icon="message-2", action="voice.answer"),
        ),
        (
            BODY_MENU,
            MenuEntry("voices_desk.enter", _l("Noter"), order=50, icon="pencil", action="voice.enter"),
        ),
        (
            DESK_MENU,
            MenuEntry(
                "transmitted_desk.show", _l("Transmis"), order=40, icon="arrow-right", action="voice.reply"
            ),
        ),
        (DESK_MENU, MenuEntry("relais.start", _l("Écrire"), order=50, icon="pencil", action="voice.assist")),
    ):
        navigation.add_entry(menu, entry)
    navigation.add_landing(LandingPage("relais.start", actions=("voice.assist",), order=30))

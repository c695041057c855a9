"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.text_owners import TextKind, register_text_kind
from cdv_civic.core.web.navigation import DESK_MENU, FOOTER, MenuEntry, navigation_of
from cdv_civic.ideas import (
    activities,
    answers,
    follows,
    moderated,
    personal_data,
    relais,
    replay,
    search,
    topics,
    wording,
    work,
)
from cdv_civic.ideas.desk import boxes, grouping  # noqa: F401  (their routes)
from cdv_civic.ideas.desk.blueprint import blueprint as desk
from cdv_civic.ideas.views import own, reading, taking_part  # noqa: F401  (their routes)
from cdv_civic.ideas.views.blueprint import blueprint
from cdv_civic.participation.receipts import register_page


def register(app: Flask) -> None:
    """Public pages, the desk, what moderators read, and what a person finds in their own data."""
    wording.register(app)
    personal_data.register(app)
    replay.register(app)
    topics.register(app)
    moderated.register(app)
    activities.register(app)
    answers.register(app)
    follows.register(app)
    search.register(app)
    work.register(app)
    register_page(app, "ideas", own.followed_page)
    register_text_kind(
        app, TextKind("idea_box", "ideas", _l("Boîtes à idées"), ("title", "question", "answerer"))
    )
    register_text_kind(app, TextKind("idea_group", "ideas", _l("Groupes d’idées"), ("title", "words")))
    register_text_kind(app, TextKind("idea", "ideas", _l("Réponses aux idées"), ("answer",)))
    # For one person, who chose their language: nobody else is asked to translate them.
    register_text_kind(
        app,
        TextKind("idea_objection", "ideas", _l("Réponses aux objections"), ("answer",), shown=False),
    )
    app.register_blueprint(blueprint)
    app.register_blueprint(desk)
    app.register_blueprint(relais.blueprint)
    navigation = navigation_of(app)
    navigation.add_destinations({"ideas_relais": "ideas_relais.start"})
    navigation.add_entry(FOOTER, MenuEntry("ideas.index", _l("Boîtes à idées"), order=6))
    navigation.add_entry(
        DESK_MENU,
        MenuEntry("ideas_desk.index", _l("Idées"), order=37, icon="bulb", action="idea.group"),
    )
    navigation.add_entry(
        DESK_MENU,
        MenuEntry("ideas_relais.start", _l("Écrire des idées"), order=53, icon="pencil", action="idea.enter"),
    )

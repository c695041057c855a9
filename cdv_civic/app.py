"""The application: what it is made of, in the order in which it is put together."""

import os

from flask import Flask
from whitenoise import WhiteNoise

from cdv_civic.accounts import registration as accounts
from cdv_civic.bodies import registration as bodies
from cdv_civic.cards import registration as cards
from cdv_civic.commitments import registration as commitments
from cdv_civic.console import registration as console
from cdv_civic.consultations import registration as consultations
from cdv_civic.core import availability, db, security_log
from cdv_civic.core.folders import prepare_folders
from cdv_civic.core.forms import protection
from cdv_civic.core.i18n import registration as languages
from cdv_civic.core.policy import guard
from cdv_civic.core.settings import ROOT, Settings
from cdv_civic.core.uploads import registration as uploads
from cdv_civic.core.web import (
    assets,
    error_pages,
    first_few,
    headers,
    health,
    navigation,
    near_misses,
    page_cache,
    request_limits,
    tables,
)
from cdv_civic.core.web.application import Application
from cdv_civic.demo import registration as demo
from cdv_civic.drafts import registration as drafts
from cdv_civic.draws import registration as draws
from cdv_civic.fund import registration as fund
from cdv_civic.glossary import registration as glossary
from cdv_civic.ideas import registration as ideas
from cdv_civic.jobs import registration as jobs
from cdv_civic.language_help import registration as language_help
from cdv_civic.moderation import registration as moderation
from cdv_civic.my_space import registration as my_space
from cdv_civic.notices import registration as notices
from cdv_civic.pages import registration as pages
from cdv_civic.participation import registration as participation
from cdv_civic.role_desk import registration as role_desk
from cdv_civic.seats import registration as seats
from cdv_civic.sign_in import registration as sign_in
from cdv_civic.territory import registration as territory
from cdv_civic.translation import registration as translation
from cdv_civic.voices import registration as voices
from cdv_civic.work_list import registration as work_list


def create_app(settings: Settings | None = None) -> Flask:
    """The application.

    Raises `external_services.UnusableSetting` where it could not work as it is set, or is half restored.
    """
    settings = settings or Settings.from_environment(os.environ)
    prepare_folders(settings)
    console.refuse_unfinished_restore(settings)
    app = Application("cdv_civic", root_path=str(ROOT), template_folder="templates", static_folder=None)
    app.config.from_mapping(settings.flask_config())
    app.extensions["settings"] = settings
    navigation.register(app)

    # What every request passes through. Hooks run in this order, those after a view in the reverse one.
    db.register(app)
    availability.register(app, settings)
    languages.register(app, settings)
    assets.register(app, settings)
    first_few.register(app)
    tables.register(app)
    headers.register(app, settings)
    error_pages.register(app)
    request_limits.register(app)
    near_misses.register(app)
    guard.register(app)
    page_cache.register(app, enabled=settings.page_cache)
    languages.follow_changes(app)
    security_log.register(app)
    health.register(app)
    uploads.register(app, settings)
    protection.register(app)

    # Features, the lower ones first.
    territory.register(app)
    accounts.register(app, settings)
    notices.register(app)
    sign_in.register(app)
    my_space.register(app)
    role_desk.register(app)
    work_list.register(app)
    drafts.register(app)
    cards.register(app)
    glossary.register(app)
    language_help.register(app)
    participation.register(app)
    moderation.register(app)
    commitments.register(app)
    bodies.register(app)
    voices.register(app)
    ideas.register(app)
    seats.register(app)
    draws.register(app)
    consultations.register(app)
    fund.register(app)
    translation.register(app)
    pages.register(app)
    demo.register(app, settings)
    jobs.register(app)
    console.register(app, settings)

    _serve_built_files(app, settings)
    return app


def _serve_built_files(app: Flask, settings: Settings) -> None:
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=ROOT / "static" / "dist",
        prefix="static/",
        # While developing, a new build is served without starting again.
        autorefresh=settings.development,
        max_age=365 * 24 * 3600,
        immutable_file_test=lambda path, url: True,
        allow_all_origins=False,
        add_headers_function=headers.of_built_files(settings),
    )
    app.wsgi_app = headers.negotiated(app.wsgi_app)  # type: ignore[method-assign]

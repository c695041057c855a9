"""cdv_civic: a public space for the contrats de ville, quartier by quartier."""

import os

from flask import Flask
from whitenoise import WhiteNoise

from cdv_civic import access, bodies, cards, commitments, console, glossary, jobs, notices, pages, people
from cdv_civic.core import (
    assets,
    availability,
    db,
    headers,
    health,
    i18n,
    misspelt,
    pagecache,
    policy,
    problems,
    requests,
    security_log,
)
from cdv_civic.core.addresses import Application
from cdv_civic.core.config import ROOT, Settings
from cdv_civic.core.folders import prepare_folders


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Raises `outer.UnusableSetting` where it could not work as it is set, or is half restored."""
    settings = settings or Settings.from_environment(os.environ)
    prepare_folders(settings)
    console.refuse_unfinished_restore(settings)
    app = Application("cdv_civic", root_path=str(ROOT), template_folder="templates", static_folder=None)
    app.config.from_mapping(settings.flask_config())
    app.extensions["settings"] = settings

    db.register(app)
    availability.register(app, settings)
    i18n.register(app, settings)
    assets.register(app, settings)
    headers.register(app, settings)
    problems.register(app)
    requests.register(app)
    misspelt.register(app)
    policy.register(app)
    pagecache.register(app, enabled=settings.page_cache)
    security_log.register(app)
    health.register(app)

    people.register(app, settings)
    notices.register(app)
    access.register(app)
    cards.register(app)
    glossary.register(app)
    commitments.register(app)
    bodies.register(app)
    pages.register(app)
    jobs.register(app)
    console.register(app, settings)

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
    return app

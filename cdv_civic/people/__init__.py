"""People who sign in: accounts, roles granted for a scope, passwords and second factors, other services (OpenID
Connect), sessions; what is held about them, theirs to see and erase (`mine`); consent given to a relais."""

from flask import Flask

from cdv_civic.core.config import Settings


def register(app: Flask, settings: Settings) -> None:
    """Sign-in pages and what every request knows of who acts."""
    from cdv_civic.people import (
        csrf,
        limits,
        oidc_views,
        open_sessions,
        parts,
        second_factor_views,
        sessions,
        views,
    )
    from cdv_civic.people.mine import views as mine

    csrf.register(app)
    limits.register(app, settings)
    sessions.register(app, settings)
    parts.register(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(second_factor_views.blueprint)
    app.register_blueprint(open_sessions.blueprint)
    app.register_blueprint(mine.blueprint)
    oidc_views.register(app)

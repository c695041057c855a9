"""Ways to an account: an invitation, and a password that was lost.

It stands above `people`, which makes and takes the links, and `notices`, which carries them: an arrow to each, and
no hook by which the lower floor would call what it does not know.
"""

from flask import Flask


def register(app: Flask) -> None:
    """The pages that choose a password, and the desk's page of accounts."""
    from cdv_civic.access import unused, views
    from cdv_civic.access.personal import PERSONAL_PART
    from cdv_civic.people.personal import register_part

    app.register_blueprint(views.blueprint)
    app.register_blueprint(unused.blueprint)
    register_part(app, PERSONAL_PART)

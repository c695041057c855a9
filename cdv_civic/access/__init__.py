"""Ways to an account, and the roles it holds: for residents a link or a code, for staff an invitation, and a password
that was lost; the desk of roles.

It stands above `people`, which makes and takes the links, and `notices`, which carries them: an arrow to each, and
no hook by which the lower floor would call what it does not know.
"""

from flask import Flask


def register(app: Flask) -> None:
    """The pages by which residents come in, those that choose a password, and the desks of accounts and roles."""
    from cdv_civic.access import desk, unused, views
    from cdv_civic.access.my_ways import views as my_ways
    from cdv_civic.access.personal import PERSONAL_PART
    from cdv_civic.access.ways_in import views as _ways_in  # noqa: F401  (adds its pages to the same blueprint)
    from cdv_civic.people.personal import register_part

    app.register_blueprint(views.blueprint)
    app.register_blueprint(desk.blueprint)
    app.register_blueprint(my_ways.blueprint)
    app.register_blueprint(unused.blueprint)
    register_part(app, PERSONAL_PART)

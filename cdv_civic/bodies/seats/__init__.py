"""Who sits in a body: members by collège, substitutes, and what everybody may read of them."""

from flask import Flask


def register(app: Flask) -> None:
    """The desk of members, and a member's own part of « Mes données »."""
    from cdv_civic.bodies.seats import desk, personal, replay
    from cdv_civic.people.personal import register_part

    app.register_blueprint(desk.blueprint)
    register_part(app, personal.PART)
    replay.register(app)

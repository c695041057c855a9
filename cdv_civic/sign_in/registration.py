"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.personal_parts import register_part
from cdv_civic.sign_in import replay
from cdv_civic.sign_in.blueprint import blueprint
from cdv_civic.sign_in.by_message import views as _by_message  # noqa: F401  (its routes)
from cdv_civic.sign_in.by_message.personal_data import PERSONAL_PART
from cdv_civic.sign_in.oidc import views
from cdv_civic.sign_in.password import recovery as _recovery  # noqa: F401
from cdv_civic.sign_in.password import views as _password  # noqa: F401
from cdv_civic.sign_in.second_factor import views as second_factor


def register(app: Flask) -> None:
    """The pages of each way in, and what « Mes données » holds of the codes that were sent."""
    app.register_blueprint(blueprint)
    app.register_blueprint(second_factor.blueprint)
    views.register(app)
    register_part(app, PERSONAL_PART)
    replay.register(app)

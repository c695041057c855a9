"""What the application takes from this feature."""

from flask import Flask

from cdv_civic.accounts.personal_parts import register_part
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.web.navigation import FOOTER, MenuEntry, navigation_of
from cdv_civic.sign_in import replay
from cdv_civic.sign_in.blueprint import blueprint
from cdv_civic.sign_in.by_message import views as _by_message  # noqa: F401  (its routes)
from cdv_civic.sign_in.by_message.personal_data import PERSONAL_PART
from cdv_civic.sign_in.oidc import views as oidc
from cdv_civic.sign_in.password import recovery as _recovery  # noqa: F401
from cdv_civic.sign_in.password import views as _password  # noqa: F401
from cdv_civic.sign_in.second_factor import views as second_factor


def register(app: Flask) -> None:
    """The pages of each way in, and what « Mes données » holds of the codes that were sent."""
    app.register_blueprint(blueprint)
    app.register_blueprint(second_factor.blueprint)
    oidc.register(app)
    register_part(app, PERSONAL_PART)
    replay.register(app)
    _lead(app)


def _lead(app: Flask) -> None:
    navigation = navigation_of(app)
    navigation.add_destinations(
        {
            "sign_in": "sign_in.ways_in",
            "first_page": "sign_in.entrance",
            "leaving": "sign_in.leaving",
            "sign_out": "sign_in.sign_out",
            "stay": "sign_in.stay",
            "my_account": "sign_in.account",
            "lost_password": "sign_in.lost_password",
        }
    )
    navigation.add_entry(
        FOOTER, MenuEntry("sign_in.with_password", _l("Connexion des équipes"), order=60, follow=False)
    )

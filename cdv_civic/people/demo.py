"""The account of the demonstration: shown on the sign-in page, in development only."""

from typing import Final

from sqlalchemy import select

from cdv_civic.core.db import db
from cdv_civic.core.policy import CommandLine, Role
from cdv_civic.people.models import Account
from cdv_civic.people.operations import create_account

EMAIL: Final = "agent@demo.invalid"
PASSWORD: Final = "quatre chaises vertes au jardin"  # noqa: S105  (published on purpose)
NAME: Final = "Équipe de démonstration"
ORGANISATION: Final = "Équipe de démonstration"


def ensure_demo_account() -> Account:
    """The demo's account, made where it is missing; staff of the whole site."""
    known = db.session.execute(select(Account).where(Account.email == EMAIL)).scalar()
    if known is not None:
        return known
    return create_account(
        CommandLine(),
        email=EMAIL,
        password=PASSWORD,
        name=NAME,
        organisation_name=ORGANISATION,
        role=Role.STAFF,
    )

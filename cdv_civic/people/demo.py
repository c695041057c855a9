"""The account of the demonstration: shown on the sign-in page, in development only."""

from typing import Final

from flask import current_app
from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.config import Settings
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy import CommandLine, Role
from cdv_civic.people.models import Account, SecondFactor
from cdv_civic.people.operations import create_account
from cdv_civic.people.rules import code_at, step_at
from cdv_civic.people.second_factor import enrol

EMAIL: Final = "agent@demo.invalid"
PASSWORD: Final = "quatre chaises vertes au jardin"  # noqa: S105  (published on purpose)
#: What the telephone of the demonstration's staff holds, in base 32.
SECRET: Final = "QUATRECHAISESVERTESAUJARDINDEMO2"  # noqa: S105
NAME: Final = "Équipe de démonstration"
ORGANISATION: Final = "Équipe de démonstration"
#: Nobody outside the demonstration can have such an address.
_DOMAIN: Final = "@demo.invalid"


def ensure_demo_account() -> Account:
    """The demo's account, made where it is missing; staff of the whole site, with a known telephone."""
    account = db.session.execute(select(Account).where(Account.email == EMAIL)).scalar()
    if account is None:
        account = create_account(
            CommandLine(),
            email=EMAIL,
            password=PASSWORD,
            name=NAME,
            organisation_name=ORGANISATION,
            role=Role.STAFF,
        )
    with transaction() as session:
        if session.get(SecondFactor, account.id) is None:
            enrol(session, account.id, SECRET)
    return account


def shown() -> bool:
    """Whether this site shows how to try it."""
    settings: Settings = current_app.extensions["settings"]
    return settings.demo and settings.development


def code_of(account_id: int | None = None) -> str | None:
    """The code that opens an account of the demonstration now (that of `EMAIL` where None); None elsewhere.

    A code serves once: where this moment's did, it is the next one, which is accepted already.
    """
    if not shown():
        return None
    asked = Account.email == EMAIL if account_id is None else Account.id == account_id
    last_step = db.session.execute(
        select(SecondFactor.last_step)
        .join(Account, Account.id == SecondFactor.account_id)
        .where(asked, Account.email.endswith(_DOMAIN, autoescape=True))
    ).scalar()
    if last_step is None:
        return None
    present = step_at(clock.now())
    return code_at(SECRET, min(max(present, last_step + 1), present + 1))

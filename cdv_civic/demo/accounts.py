"""The accounts of the demonstration, one for each role: shown on the sign-in page, in development only.

In production what this module publishes opens nothing: the accounts get passwords that nobody knows, until
`flask staff password` gives them others.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from cdv_civic.accounts.models import Account, ResidentQuartier, SecondFactor
from cdv_civic.accounts.operations import create_account, new_account, reset_password
from cdv_civic.accounts.passwords import matches
from cdv_civic.accounts.rules import code_at, step_at
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import CommandLine, Role, Scope, ScopeKind
from cdv_civic.core.policy.table import FACTOR_ROLES
from cdv_civic.core.settings import current_settings
from cdv_civic.sign_in.second_factor.operations import enrol
from cdv_civic.sign_in.second_factor.sealing import new_secret
from cdv_civic.territory.models import Body, Commune, Contract, Organisation, Quartier

EMAIL: Final = "agent@demo.invalid"
PASSWORD: Final = "quatre chaises vertes au jardin"  # noqa: S105  (published on purpose)
#: What the authenticator app of the demonstration's staff keeps, in base 32.
SECRET: Final = "QUATRECHAISESVERTESAUJARDINDEMO2"  # noqa: S105
NAME: Final = "Équipe de démonstration"
ORGANISATION: Final = "Équipe de démonstration"
#: What their roles are given for.
CONTRACT: Final = "grand-orly-seine-bievre-2024-2030"
QUARTIER: Final = "orly-quartier-est"
BODY: Final = "conseil-de-quartier"
HOLDER: Final = "valophis-habitat"
RESIDENT: Final = "habitante@demo.invalid"
MODERATOR: Final = "animation@demo.invalid"
ADMINISTRATION: Final = "administration@demo.invalid"
#: Nobody outside the demonstration can have such an address.
_DOMAIN: Final = "@demo.invalid"


@dataclass(frozen=True)
class DemoAccount:
    """One account of the demonstration. `slug` names what its role is held for; empty for the whole site."""

    role: Role
    email: str
    name: str
    kind: ScopeKind = ScopeKind.SITE
    slug: str = ""


def _invented(
    role: Role, box: str, name: str, kind: ScopeKind = ScopeKind.SITE, slug: str = ""
) -> DemoAccount:
    return DemoAccount(role, box + _DOMAIN, name, kind, slug)


#: One account for each role, all with `PASSWORD`; the resident comes in by a link.
ACCOUNTS: Final = (
    DemoAccount(Role.STAFF, EMAIL, NAME),
    _invented(Role.STAFF, "ville", "Équipe de la ville (démonstration)", ScopeKind.COMMUNE, "orly"),
    _invented(Role.STATE, "etat", "Équipe du préfet (démonstration)", ScopeKind.CONTRACT, CONTRACT),
    _invented(Role.HOLDER, "porteur", "Contact d’un porteur (démonstration)", ScopeKind.ORGANISATION, HOLDER),
    DemoAccount(Role.MODERATOR, MODERATOR, "Animation (démonstration)", ScopeKind.BODY, BODY),
    _invented(Role.MEMBER, "membre", "Membre (démonstration)", ScopeKind.BODY, BODY),
    _invented(Role.RELAIS, "relais", "Relais (démonstration)", ScopeKind.QUARTIER, QUARTIER),
    _invented(Role.TRANSLATOR, "traduction", "Traduction (démonstration)", ScopeKind.LANGUAGE, "ar"),
    DemoAccount(Role.ADMINISTRATOR, ADMINISTRATION, "Administration (démonstration)"),
    DemoAccount(Role.RESIDENT, RESIDENT, "Samia (démonstration)", ScopeKind.QUARTIER, QUARTIER),
)


def ensure_demo_account() -> Account:
    """The account of the staff of the whole site, made where it is missing."""
    return _ensure(ACCOUNTS[0])


def ensure_demo_accounts() -> None:
    """All accounts, made where they are missing. `LookupError` where the demonstration's contract is not there."""
    for each in ACCOUNTS:
        _ensure(each)


def is_published() -> bool:
    """Whether passwords, codes and cards that stand in the source may open the demonstration."""
    settings = current_settings()
    return settings.environment != "production"


def _password() -> str:
    return PASSWORD if is_published() else secrets.token_urlsafe(32)


def _ensure(wanted: DemoAccount) -> Account:
    account = db.session.execute(select(Account).where(Account.email == wanted.email)).scalar()
    scope = Scope(wanted.kind, _id_of(wanted))
    if account is None and wanted.role is Role.RESIDENT:
        with transaction() as session:
            account = new_account(session, email=wanted.email, name=wanted.name)
            session.add(
                ResidentQuartier(
                    account_id=account.id, quartier_id=scope.id, chosen_at=clock.now(), verified_at=None
                )
            )
    if account is None:
        account = create_account(
            CommandLine(),
            email=wanted.email,
            password=_password(),
            name=wanted.name,
            organisation_name=ORGANISATION,
            role=wanted.role,
            scope=scope,
        )
    elif not is_published() and matches(account.password_hash, PASSWORD):
        reset_password(CommandLine(), wanted.email, _password())
    if wanted.role in FACTOR_ROLES:
        with transaction() as session:
            if session.get(SecondFactor, account.id) is None:
                enrol(session, account.id, SECRET if is_published() else new_secret())
    return account


def _id_of(wanted: DemoAccount) -> int | str | None:
    """The id behind a slug; `LookupError` where the demonstration's contract is not there."""
    if wanted.kind is ScopeKind.SITE:
        return None
    if wanted.kind is ScopeKind.LANGUAGE:
        return wanted.slug
    of_contract = select(Contract.id).where(Contract.slug == CONTRACT).scalar_subquery()
    statement = {
        ScopeKind.CONTRACT: select(Contract.id).where(Contract.slug == wanted.slug),
        ScopeKind.COMMUNE: select(Commune.id).where(Commune.slug == wanted.slug),
        ScopeKind.QUARTIER: select(Quartier.id).where(Quartier.slug == wanted.slug),
        ScopeKind.BODY: select(Body.id).where(Body.slug == wanted.slug, Body.contract_id == of_contract),
        ScopeKind.ORGANISATION: select(Organisation.id).where(
            Organisation.slug == wanted.slug, Organisation.contract_id == of_contract
        ),
    }[wanted.kind]
    found = db.session.execute(statement).scalar()
    if found is None:
        raise LookupError(f"the demonstration has no {wanted.kind.value} {wanted.slug}")
    return found


def code_of(account_id: int | None = None) -> str | None:
    """The code that opens an account of the demonstration now (that of `EMAIL` where None); None for any other.

    A code serves once: where this moment's did, it is the next one, which is accepted already.
    """
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

"""What is asked of accounts wherever one is meant."""

from sqlalchemy import select

from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.models import Account
from cdv_civic.core.db import db
from cdv_civic.core.errors import NotFound
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l


def has_password(account_id: int) -> bool:
    """Whether an account is opened by a password; residents' accounts have none. 1 statement."""
    known = db.session.execute(select(Account.password_hash).where(Account.id == account_id)).scalar()
    return bool(known)


def account_id_of(email: str) -> int:
    """The account of an e-mail address, for the command line. Raises `BadEmail`, `NotFound`."""
    found = db.session.execute(select(Account.id).where(Account.email == fold_email(email))).scalar()
    if found is None:
        raise NotFound(_l("Aucun compte n’a cette adresse e-mail."), field="email")
    return found

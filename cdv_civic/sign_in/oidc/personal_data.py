"""What is kept about a person: their number at another service, which is a way in."""

from collections.abc import Mapping, Sequence

from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from cdv_civic.accounts.models import AccountIdentity
from cdv_civic.accounts.other_ways_in import OtherWay, register_way
from cdv_civic.accounts.personal_parts import PersonalPart, register_part
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.sign_in.oidc.queries import identities_of


def _read(_session: Session, account_id: int) -> Sequence[Mapping[str, object]]:
    return [
        {"service": each.issuer, "subject": each.subject, "linked_at": each.linked_at}
        for each in identities_of(account_id)
    ]


def _erase(session: Session, account_id: int) -> None:
    session.execute(delete(AccountIdentity).where(AccountIdentity.account_id == account_id))


def register(app: Flask) -> None:
    """Say what is kept about a person, their number at another service, and that it is a way in."""
    register_part(
        app,
        PersonalPart(
            "identities",
            _l("Vos liens avec d’autres services de connexion"),
            _read,
            _erase,
            words={
                "service": _l("Service"),
                "subject": _l("Votre numéro dans ce service"),
                "linked_at": _l("Depuis"),
            },
        ),
    )
    register_way(
        app,
        OtherWay(
            "identity",
            _l("Autre service de connexion"),
            "external-link",
            lambda _session, account_id: len(identities_of(account_id)),
        ),
    )
